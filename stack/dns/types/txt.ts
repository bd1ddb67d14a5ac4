/** TXT: one text, which the wire cuts into strings of 255 bytes (RFC 1035 3.3.14). */
import { text } from "./field.ts";
import { recordType } from "./recordType.ts";

export const TXT = recordType("TXT", {
  text: { ...text("text", "set the text, without quotes"), late: true },
});
