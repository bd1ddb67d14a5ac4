/** A small DNS server on loopback that says what a test tells it to, over UDP and TCP. */
import { createSocket } from "node:dgram";
import { createServer, isIPv6 } from "node:net";
import { once } from "node:events";
import * as dnsPacket from "dns-packet";
import type { Answer, DecodedPacket, Packet } from "dns-packet";

/** What was asked, as the server saw it. */
export interface Seen {
  readonly name: string;
  readonly type: string;
  readonly over: "udp" | "tcp";
  readonly packet: DecodedPacket;
}

/** A canned reply. */
export interface Said {
  readonly rcode?: number;
  readonly authoritative?: boolean;
  readonly truncated?: boolean;
  readonly recursion?: boolean;
  readonly authentic?: boolean;
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
  readonly additionals?: readonly Answer[];
  /** Sent in place of a reply. */
  readonly raw?: (query: Buffer) => readonly Buffer[];
}

/** `undefined`: silence. */
export type Script = (seen: Seen) => Said | undefined;

export interface FakeDns {
  readonly address: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

function encode(query: DecodedPacket, said: Said): Buffer {
  const packet: Packet = {
    type: "response",
    id: query.id ?? 0,
    flags:
      (said.rcode ?? 0) |
      (said.authoritative === true ? dnsPacket.AUTHORITATIVE_ANSWER : 0) |
      (said.truncated === true ? dnsPacket.TRUNCATED_RESPONSE : 0) |
      (said.recursion === true ? dnsPacket.RECURSION_AVAILABLE : 0) |
      (said.authentic === true ? dnsPacket.AUTHENTIC_DATA : 0),
    questions: query.questions ?? [],
    answers: [...(said.answers ?? [])],
    authorities: [...(said.authorities ?? [])],
    additionals: [...(said.additionals ?? [])],
  };
  return dnsPacket.encode(packet);
}

/**
 * Starts one.
 *
 * @param port 0 picks one that is free for UDP and TCP.
 */
export async function startFakeDns(address: string, port: number, script: Script): Promise<FakeDns> {
  const seen: Seen[] = [];
  const replies = (query: Buffer, over: Seen["over"]): readonly Buffer[] => {
    const packet = dnsPacket.decode(query);
    const [question] = packet.questions ?? [];
    const asked = { name: question?.name ?? "", type: question?.type ?? "", over, packet };
    seen.push(asked);
    const said = script(asked);
    if (said === undefined) return [];
    return said.raw === undefined ? [encode(packet, said)] : said.raw(query);
  };

  const tcp = createServer((connection) => {
    connection.on("error", () => undefined);
    connection.on("data", (chunk) => {
      for (const reply of replies(chunk.subarray(2), "tcp")) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        connection.write(Buffer.concat([length, reply]));
      }
    });
  });
  tcp.listen(port, address);
  await once(tcp, "listening");
  const bound = tcp.address();
  const chosen = typeof bound === "object" && bound !== null ? bound.port : port;

  const udp = createSocket(isIPv6(address) ? "udp6" : "udp4");
  udp.on("message", (query, from) => {
    for (const reply of replies(query, "udp")) udp.send(reply, from.port, from.address);
  });
  udp.bind(chosen, address);
  await once(udp, "listening");
  return {
    address,
    port: chosen,
    seen,
    close: async () => {
      await Promise.all([
        new Promise<void>((resolve) => {
          udp.close(() => {
            resolve();
          });
        }),
        new Promise<void>((resolve) => {
          tcp.close(() => {
            resolve();
          });
        }),
      ]);
    },
  };
}
