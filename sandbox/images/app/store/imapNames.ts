/** Names of folders as IMAP writes them (RFC 3501, 5.1.3). */

/** A name for the client. */
export function encodeName(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (found) => {
    if (found === "&") return "&-";
    const base64 = Buffer.from(found, "utf16le").swap16().toString("base64");
    return `&${base64.replace(/=+$/, "").replace(/\//g, ",")}-`;
  });
}

/** A name that a client wrote. */
export function decodeName(text: string): string {
  return text.replace(/&([^-]*)-/g, (_, base64: string) =>
    base64 === "" ? "&" : Buffer.from(base64.replace(/,/g, "/"), "base64").swap16().toString("utf16le"),
  );
}
