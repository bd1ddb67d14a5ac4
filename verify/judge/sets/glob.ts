/** Globs of ignore rules. */

function escapeCharacter(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
}

/**
 * A test for texts, case-insensitive: `*` stands for any characters, dots too, `?` for one, `\` takes the meaning from
 * the next character.
 */
export function compileGlob(glob: string): (text: string) => boolean {
  const source = glob.replace(/\\([\s\S])|[\s\S]/g, (piece, literal: string | undefined) => {
    if (literal !== undefined) return escapeCharacter(literal);
    if (piece === "*") return "[\\s\\S]*";
    return piece === "?" ? "[\\s\\S]" : escapeCharacter(piece);
  });
  const expression = new RegExp(`^(?:${source})$`, "i");
  return (text) => expression.test(text);
}
