/** Changes values of a stack's file, and makes sure that nothing else in it changes. */
import { CommandError } from "../output/terminal.ts";
import { readProjectName, readValuesOf } from "../project.ts";
import { replaceValues } from "../stackFile/replaceValues.ts";
import { toReplacement, type Change } from "./written.ts";

/** How a value is set where the file has it in a form that is not edited here. */
function byHand({ key, to }: Change): string {
  return `pulumi config set --path 'mailstead:${key}' ${to}`;
}

/**
 * The file with the changes in it.
 *
 * @throws CommandError where a value stands there in a form that cannot be replaced by itself, or would change others
 */
export function editFile(file: string, bytes: Buffer, changes: readonly Change[]): string {
  const text = bytes.toString("utf8");
  const project = readProjectName();
  const replacements = changes.map((change) => toReplacement(change, project));
  const refuse = (what: string): CommandError =>
    new CommandError(`${file}: ${what}, so it is left as it is`, changes.map(byHand).join(" && "), 2);
  if (!Buffer.from(text).equals(bytes)) throw refuse("it is not UTF-8");
  const done = replaceValues(text, replacements);
  if (done.missing !== undefined)
    throw refuse(
      `${done.missing.path.map(([name = ""]) => name).join(".")} does not stand there on one line`,
    );
  // What stands in several places by an anchor would change in all of them.
  const [before, after] = [readValuesOf(file, bytes), readValuesOf(file, Buffer.from(done.text))];
  const { mail: wanted } = withChanges(before, changes);
  const isGood = Object.keys(after).every((key) =>
    key === "mailstead:mail" ? isSame(after[key], wanted) : after[key] === before[key],
  );
  if (!isGood) throw refuse("more than these values would change");
  return done.text;
}

/** The section `mail` with values set, as JSON. */
function withChanges(
  values: Readonly<Record<string, string>>,
  changes: readonly Change[],
): { mail: unknown } {
  const root: Record<string, unknown> = { mail: JSON.parse(values["mailstead:mail"] ?? "{}") as unknown };
  for (const { key, to } of changes) {
    const keys = key.split(".");
    const last = keys.pop() ?? "";
    const place = keys.reduce<Record<string, unknown>>(
      (at, name) => (at[name] ??= {}) as Record<string, unknown>,
      root,
    );
    place[last] = to;
  }
  return { mail: root["mail"] };
}

function isSame(text: string | undefined, value: unknown): boolean {
  return text !== undefined && JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
}
