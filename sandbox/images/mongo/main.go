// Command mongod stands in for the MongoDB server: FerretDB on SQLite behind the arguments that the mail stack gives.
// Called as mongosh, it answers the health check by a real ping.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	log.SetFlags(0)
	if filepath.Base(os.Args[0]) == "mongosh" {
		shell(os.Args[1:])
		return
	}
	serve(os.Args[1:])
}

func serve(args []string) {
	flags := flag.NewFlagSet("mongod", flag.ExitOnError)
	bind := flags.String("bind_ip", "0.0.0.0", "address to listen on")
	port := flags.String("port", "27017", "port to listen on")
	path := flags.String("dbpath", "/data/db", "folder of the data")
	cache := flags.Float64("wiredTigerCacheSizeGB", 0.25, "memory for data; this one keeps none, but takes what mongod takes")
	_ = flags.Parse(args)
	if *cache < 0.25 || *cache > 10000 {
		log.Fatal("storage.wiredTiger.engineConfig.cacheSizeGB must be greater than or equal to 0.25 and less than or equal to 10000")
	}
	// mongod takes a list; one listener is what the stand-in has, and the first address is the one that counts.
	address := net.JoinHostPort(strings.Split(*bind, ",")[0], *port)
	database, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: address},
		Handler:   "sqlite",
		SQLiteURL: "file:" + strings.TrimSuffix(*path, "/") + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log.Printf("mongod stand-in listens on %s", address)
	if err := database.Run(ctx); err != nil {
		log.Fatal(err)
	}
}

func shell(args []string) {
	flags := flag.NewFlagSet("mongosh", flag.ExitOnError)
	_ = flags.Bool("quiet", false, "print the result alone")
	host := flags.String("host", "127.0.0.1", "address of the server")
	port := flags.String("port", "27017", "port of the server")
	expression := flags.String("eval", "", "only a ping is understood")
	_ = flags.Parse(args)
	if !strings.Contains(*expression, "ping") {
		log.Fatal("this mongosh is a stand-in: it can only ping, as in --eval \"db.adminCommand('ping').ok\"")
	}
	if err := ping(net.JoinHostPort(*host, *port)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(1)
}
