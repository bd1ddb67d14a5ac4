/** DNS messages (RFC 1035 4, EDNS of RFC 6891): questions to bytes, bytes to replies. Pure. */
import * as dnsPacket from "dns-packet";
import type { Answer as PacketRecord, RecordType } from "dns-packet";

export type { PacketRecord };

/** A question to one server. */
export interface Question {
  /** FQDN without a final dot; the root is `.`. */
  readonly name: string;
  /** Upper-case type; one without a name as `TYPE65` (RFC 3597 5). */
  readonly type: string;
  /** Recursion desired: for resolvers, never for authoritative servers. */
  readonly recurse: boolean;
  /** Signatures are wanted, and the resolver's word on them (RFC 3225, RFC 6840 5.7). */
  readonly dnssec?: boolean;
  /** The resolver is not to validate (RFC 4035 3.2.2). */
  readonly checkingDisabled?: boolean;
}

/** Response codes that the audit tells apart (RFC 1035 4.1.1, RFC 2136 2.2). */
export const RCODE = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
  notAuthoritative: 9,
} as const;

/** What a server said. */
export interface Reply {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionAvailable: boolean;
  /** The resolver has validated the data (RFC 4035 3.2.3). */
  readonly authentic: boolean;
  readonly answers: readonly PacketRecord[];
  readonly authorities: readonly PacketRecord[];
  readonly additionals: readonly PacketRecord[];
}

/** Bytes of UDP payload that pass every path without fragments (DNS flag day 2020, RFC 9715 3). */
const UDP_PAYLOAD_BYTES = 1232;

/** Types that the packet library knows by number only. */
const NUMBERED: Readonly<Record<string, number>> = { SVCB: 64, HTTPS: 65, URI: 256 };

const HEADER_BYTES = 12;

function libraryType(type: string): RecordType {
  const number = NUMBERED[type] ?? /^TYPE(\d+)$/.exec(type)?.[1];
  return (number === undefined ? type : `UNKNOWN_${number}`) as RecordType;
}

/** The type as zone files name it. */
export function typeName(libraryName: string): string {
  const number = /^UNKNOWN_(\d+)$/.exec(libraryName)?.[1];
  if (number === undefined) return libraryName;
  return Object.entries(NUMBERED).find(([, known]) => known === Number(number))?.[0] ?? `TYPE${number}`;
}

/**
 * The bytes of a question.
 *
 * @param edns false for servers that do not understand EDNS.
 * @throws {RangeError} for a name that no message can hold (RFC 1035 2.3.4).
 */
export function encodeQuestion(question: Question, id: number, edns: boolean): Buffer {
  const { name, type, recurse, dnssec = false, checkingDisabled = false } = question;
  const labels = name === "." ? [] : name.split(".");
  const fits = labels.every((label) => label !== "" && Buffer.byteLength(label) <= 63);
  if (!fits || Buffer.byteLength(name) > 253) throw new RangeError(`${name} is no domain name`);
  return dnsPacket.encode({
    type: "query",
    id,
    flags:
      (recurse ? dnsPacket.RECURSION_DESIRED : 0) |
      (checkingDisabled ? dnsPacket.CHECKING_DISABLED : 0) |
      (dnssec ? dnsPacket.AUTHENTIC_DATA : 0),
    questions: [{ name, type: libraryType(type), class: "IN" }],
    additionals: edns
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: UDP_PAYLOAD_BYTES,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: dnssec ? dnsPacket.DNSSEC_OK : 0,
            flag_do: dnssec,
            options: [],
          },
        ]
      : [],
  });
}

/** True when the bytes are a reply to this question, whatever it says. All else on the socket is to be ignored. */
export function repliesTo(message: Buffer, sent: Buffer): boolean {
  if (message.length < HEADER_BYTES) return false;
  const isReply = (message.readUInt8(2) & 0x80) !== 0;
  if (!isReply || message.readUInt16BE(0) !== sent.readUInt16BE(0)) return false;
  // Some servers leave the question out of a refusal.
  if (message.readUInt16BE(4) === 0) return (message.readUInt8(3) & 0x0f) !== 0;
  const asked = (buffer: Buffer): string => {
    const name: number[] = [];
    let at = HEADER_BYTES;
    for (let length = buffer[at]; length !== undefined && length !== 0; length = buffer[at]) {
      name.push(...buffer.subarray(at, at + length + 1));
      at += length + 1;
    }
    const typeAndClass = buffer.subarray(at + 1, at + 5).toString("hex");
    return `${Buffer.from(name).toString("latin1").toLowerCase()} ${typeAndClass}`;
  };
  return asked(message) === asked(sent);
}

/** True when the rest did not fit (TC): the same is to be asked over TCP. */
export function isTruncated(message: Buffer): boolean {
  return (message.readUInt8(2) & 0x02) !== 0;
}

/**
 * Reads a reply.
 *
 * @throws {Error} when the bytes are no DNS message.
 */
export function decodeReply(message: Buffer): Reply {
  const packet = dnsPacket.decode(message);
  return {
    rcode: (packet.flags ?? 0) & 0x0f,
    authoritative: packet.flag_aa,
    truncated: packet.flag_tc,
    recursionAvailable: packet.flag_ra,
    authentic: packet.flag_ad,
    answers: packet.answers ?? [],
    authorities: packet.authorities ?? [],
    additionals: packet.additionals ?? [],
  };
}
