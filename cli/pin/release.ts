/** The release of Forward Email as it is asked for. */
import { MAIL } from "../../stack/config/keys/schema.ts";
import { readTag } from "../../stack/config/keys/readValues.ts";
import type { Reading } from "../../stack/values/reading.ts";
import type { Answer } from "../output/questions.ts";

/** Stands for the newest release that is published. */
export const LATEST = "latest";

/** One text that is asked for, on the command line or at a terminal. */
export interface Asked {
  readonly option: string;
  readonly example: string;
  readonly meaning: string;
  readonly read: (text: string) => Answer<string>;
}

/** What a reader of the configuration says, as an answer. */
export function answered<T>(read: Reading<T>): Answer<T> {
  const { fault } = read;
  return fault === undefined ? { value: read.value } : { refused: `${fault.message}: ${fault.fix}` };
}

/** A tag, or {@link LATEST}. */
export const RELEASE: Asked = {
  ...{ option: "--release", example: LATEST, meaning: MAIL.release.meaning },
  read: (text) => (text === LATEST ? { value: LATEST } : answered(readTag(text))),
};
