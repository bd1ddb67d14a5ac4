/** Takes the engine's flat map of configuration apart. */

import { nearest } from "../values/nearest.ts";

const NAMESPACE = "mailstead";
const PREFIX = `${NAMESPACE}:`;

/** A key whose namespace was most likely meant to be ours; those of the engine and its plugins are far from it. */
function isNearMiss(key: string): boolean {
  const namespace = key.split(":")[0] ?? "";
  return namespace !== NAMESPACE && nearest(namespace, [NAMESPACE]) !== undefined;
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Values under `mailstead:`, keys without the prefix. A key under what is nearly that word is kept whole, and
 * {@link parseConfig} refuses it: it would be nothing, without a word.
 *
 * @param all what the engine hands over: `mailstead:domain` → text; objects and lists are JSON text.
 *   Text that looks like JSON and is none stays text, and {@link parseConfig} names its fault. The engine hands over an
 *   empty text for a key with nothing after it: such a key is as good as left out.
 */
export function readRawConfig(all: Readonly<Record<string, string>>): Record<string, unknown> {
  const given = Object.entries(all).filter(([, text]) => text !== "");
  const ours = given.filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries([
    ...ours.map(([key, text]) => [key.slice(PREFIX.length), parsed(text)]),
    ...given.filter(([key]) => isNearMiss(key)),
  ]) as Record<string, unknown>;
}
