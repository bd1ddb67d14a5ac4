/** The names in SPF policies (RFC 7208 7.1): letters with macros between, ending in a top-level label or a macro. */

/** What is wrong, and what to write instead. */
export interface SpfFault {
  readonly message: string;
  readonly fix: string;
  /** Section of RFC 7208. */
  readonly source: string;
}

/** `%{ir.}`, `%%`, `%_` and `%-`, with the letter, the digits and what is left of them. */
const MACRO = /%(?:\{([a-z])(\d*)r?[.\-+,/_=]*\}|[%_-])/iy;
/** RFC 7208 7.2: for domains. */
const LETTERS = "slodiphv";
/** RFC 7208 7.2: for the text of an explanation alone. */
const EXPLAINING = "crt";

const MACRO_FIX = "write a macro such as %{i}, or %% for a percent sign";

function macroFault(found: RegExpExecArray): SpfFault | undefined {
  const [text, letter, digits] = found;
  const source = "RFC 7208 7.2";
  if (letter === undefined) return undefined;
  const lower = letter.toLowerCase();
  if (!`${LETTERS}${EXPLAINING}`.includes(lower))
    return { message: `there is no macro ${text}`, fix: MACRO_FIX, source };
  if (EXPLAINING.includes(lower))
    return { message: `${text} is for the text of an explanation alone`, fix: "use another macro", source };
  return digits !== "" && Number(digits) === 0
    ? { message: `${text} keeps none of the labels`, fix: "count from 1", source: "RFC 7208 7.3" }
    : undefined;
}

/** What comes after the last macro. */
interface Read {
  readonly rest: string;
  readonly hasMacro: boolean;
}

function readMacros(text: string): SpfFault | Read {
  let rest = "";
  let hasMacro = false;
  for (let at = 0; at < text.length;) {
    const letter = text.charAt(at);
    if (letter === "%") {
      MACRO.lastIndex = at;
      const found = MACRO.exec(text);
      if (found === null) {
        const message = `${JSON.stringify(text.slice(at))} begins like a macro and is none`;
        return { message, fix: MACRO_FIX, source: "RFC 7208 7.1" };
      }
      const fault = macroFault(found);
      if (fault !== undefined) return fault;
      [rest, hasMacro, at] = ["", true, MACRO.lastIndex];
    } else if (letter >= "!" && letter <= "~") {
      rest += letter;
      at += 1;
    } else {
      const message = `${JSON.stringify(letter)} is no letter for a name`;
      return { message, fix: "write the name in its ASCII form", source: "RFC 7208 7.1" };
    }
  }
  return { rest, hasMacro };
}

const TOP_LABEL = /^(?!\d+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;

/** Why a text is no macro-string, as the values of modifiers that nobody knows are. */
export function faultOfMacroString(text: string): SpfFault | undefined {
  const read = readMacros(text);
  return "message" in read ? read : undefined;
}

/** Why a text is no domain-spec; undefined for one that is. */
export function faultOfDomainSpec(text: string): SpfFault | undefined {
  const source = "RFC 7208 7.1";
  if (text === "") return { message: "the name is missing", fix: "write the whole name behind it", source };
  const read = readMacros(text);
  if ("message" in read) return read;
  const { rest, hasMacro } = read;
  if (hasMacro && rest === "") return undefined;
  const labels = rest.replace(/\.$/, "").split(".");
  const top = labels.at(-1) ?? "";
  const fix = "write a whole name, such as _spf.example.net";
  if (labels.length < 2) return { message: `${text} has no dot before its last label`, fix, source };
  if (TOP_LABEL.test(top)) return undefined;
  const message = /^\d+$/.test(top)
    ? `the last label of ${text} is a number`
    : `${JSON.stringify(top)} is no top-level label`;
  return { message, fix, source };
}

/** Whether the DNS can hold a name; with a macro in it, only a receiver can tell. */
export function canBeName(text: string): boolean {
  if (text.includes("%")) return true;
  const labels = text.replace(/\.$/, "").split(".");
  return text.length <= 254 && labels.every((label) => label.length <= 63 && /^[a-z0-9_-]+$/i.test(label));
}
