package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"time"
)

// opMsg is the operation code of OP_MSG in the MongoDB wire protocol.
const opMsg = 2013

// ping sends {ping: 1, $db: "admin"} and is content with {ok: 1}.
func ping(address string) error {
	connection, err := net.DialTimeout("tcp", address, 2*time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := connection.Write(pingMessage()); err != nil {
		return err
	}
	header := make([]byte, 16)
	if _, err := io.ReadFull(connection, header); err != nil {
		return err
	}
	length := binary.LittleEndian.Uint32(header)
	if length < 16 || length > 1<<20 {
		return errors.New("the answer is not of the MongoDB wire protocol")
	}
	body := make([]byte, length-16)
	if _, err := io.ReadFull(connection, body); err != nil {
		return err
	}
	good := append([]byte("\x01ok\x00"), binary.LittleEndian.AppendUint64(nil, math.Float64bits(1))...)
	if !bytes.Contains(body, good) {
		return errors.New("the server did not answer ok: 1")
	}
	return nil
}

func pingMessage() []byte {
	fields := append([]byte("\x10ping\x00"), 1, 0, 0, 0)
	fields = append(fields, []byte("\x02$db\x00\x06\x00\x00\x00admin\x00\x00")...)
	document := binary.LittleEndian.AppendUint32(nil, uint32(len(fields)+4))
	document = append(document, fields...)
	message := binary.LittleEndian.AppendUint32(nil, uint32(16+4+1+len(document)))
	for _, value := range []uint32{1, 0, opMsg, 0} {
		message = binary.LittleEndian.AppendUint32(message, value)
	}
	return append(append(message, 0), document...)
}
