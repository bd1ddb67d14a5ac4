/**
 * Proves: texts of the configuration are kept letter by letter, cut into strings of 255 bytes and escaped in zone files.
 * Cannot: prove that a text means anything; rules about policies have tests of their own.
 */
import { testRecords } from "./recordCases.ts";

testRecords("TXT", {
  good: [
    [{ text: 'say "no"' }, 'say "no"', '"say \\"no\\""'],
    [{ text: "é" }, "é", '"\\195\\169"'],
    [{ text: "x".repeat(300) }, "x".repeat(300), `"${"x".repeat(255)}" "${"x".repeat(45)}"`],
  ],
  bad: [
    [{ text: "" }, "text", "empty"],
    [{ text: '"note"' }, "text", "quoted-text"],
    [{ text: "a\nb" }, "text", "control-character"],
    [{ text: "x".repeat(2049) }, "text", "text-too-long"],
  ],
});
