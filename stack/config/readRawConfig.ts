/** Takes the engine's flat map of configuration apart. */

const PREFIX = "mailstead:";

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Values under `mailstead:`, keys without the prefix.
 *
 * @param all what the engine hands over: `mailstead:domain` → text; objects and lists are JSON text.
 *   Text that looks like JSON and is none stays text, and {@link parseConfig} names its fault. The engine hands over an
 *   empty text for a key with nothing after it: such a key is as good as left out.
 */
export function readRawConfig(all: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = Object.entries(all).filter(([key, text]) => key.startsWith(PREFIX) && text !== "");
  return Object.fromEntries(entries.map(([key, text]) => [key.slice(PREFIX.length), parsed(text)]));
}
