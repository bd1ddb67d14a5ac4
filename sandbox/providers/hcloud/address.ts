/** Addresses and CIDR blocks as Go's net package writes them. */

/** Canonical spelling of an address; an IPv4 address stays as it is. */
export function canonicalAddress(address: string): string {
  return address.includes(":") ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

/** Base address of a block: `2001:db8:a::/64` gives `2001:db8:a::`. */
export function blockBase(cidr: string): string {
  return cidr.split("/")[0] ?? cidr;
}

/** First address after the base of a block: `2001:db8:a::/64` gives `2001:db8:a::1`. */
export function firstHost(cidr: string): string {
  const base = blockBase(cidr);
  return base === "" ? "" : canonicalAddress(base.endsWith("::") ? `${base}1` : base);
}

/** What is wrong with a CIDR block, in the real provider's words; `undefined` if nothing. */
export function cidrFault(cidr: string): string | undefined {
  const [address = "", length] = cidr.split("/");
  const bits = address.includes(":") ? 128 : 32;
  const value = toNumber(address);
  if (value === undefined || length === undefined || !/^\d+$/.test(length) || Number(length) > bits) {
    return `invalid CIDR address: ${cidr}`;
  }
  const hostBits = BigInt(bits - Number(length));
  const base = (value >> hostBits) << hostBits;
  if (base === value) return undefined;
  return `${cidr} is not the start of the cidr block ${toText(base, bits)}/${length}`;
}

function toNumber(address: string): bigint | undefined {
  if (address.includes(":")) {
    if (!URL.canParse(`http://[${address}]`)) return undefined;
    const [head = "", tail] = canonicalAddress(address).split("::");
    const left = head === "" ? [] : head.split(":");
    const right = tail === undefined || tail === "" ? [] : tail.split(":");
    const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
    return [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
  }
  const parts = address.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}

function toText(value: bigint, bits: number): string {
  const size = bits === 32 ? 8n : 16n;
  const mask = (1n << size) - 1n;
  const parts = Array.from(
    { length: bits / Number(size) },
    (_, index) => (value >> (size * BigInt(index))) & mask,
  );
  parts.reverse();
  return bits === 32 ? parts.join(".") : canonicalAddress(parts.map((part) => part.toString(16)).join(":"));
}
