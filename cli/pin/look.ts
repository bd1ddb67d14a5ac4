/** Asks the registries for a release and today's images, and says what a stack's file would have to change for them. */
import { COMMAND } from "../../stack/values/command.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { newestRelease } from "../../verify/preflight/registry/findImage.ts";
import { Repository } from "../../verify/preflight/registry/repository.ts";
import { RegistryError } from "../../verify/preflight/registry/request.ts";
import { chooseExitCode, describeFinding } from "../output/findings.ts";
import { CommandError, print, printJson, styled } from "../output/terminal.ts";
import { readStackValues } from "../project.ts";
import { findImages } from "./images.ts";
import { LATEST, RELEASE } from "./release.ts";
import { checkServer } from "./server.ts";
import {
  findChanges,
  newerRelease,
  readWritten,
  wantedImages,
  type Change,
  type Written,
} from "./written.ts";

/** What is looked for. */
export interface Wanted {
  readonly stack: string;
  /** File of the stack, as it is named in what is said. */
  readonly file: string;
  /** A tag, or {@link LATEST}; by default the newest release. */
  readonly release?: string | undefined;
  /** Machine-readable: nothing is printed for people. */
  readonly json: boolean;
  /** Name of the command that looks. */
  readonly command: string;
}

/** The release to be pinned. @throws CommandError for a tag that is none, and where no release is to be had */
async function chooseRelease({ release, command }: Wanted, written: Written): Promise<string> {
  const answer = RELEASE.read(release ?? LATEST);
  if (answer.refused !== undefined)
    throw new CommandError(`release ${release ?? ""}: ${answer.refused}`, `${COMMAND} ${command} --help`, 2);
  if (answer.value !== LATEST) return answer.value;
  const { repository: name } = wantedImages(written, LATEST).app;
  const repository = new Repository(name);
  try {
    const newest = newestRelease((await repository.tags()) ?? []);
    if (newest !== undefined) return newerRelease(newest, written);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new CommandError(
      `the registry could not be asked: ${error.message}`,
      "run this again in some minutes",
    );
  }
  throw new CommandError(`${name} has no release at ${repository.host}`, "name one: --release TAG");
}

/** What the registries said. */
export interface Looked {
  readonly release: string;
  readonly findings: readonly Finding[];
  readonly changes: readonly Change[];
}

/** Looks at the registries. @throws CommandError where something there is in the way, after it is told */
export async function lookAtRegistries(wanted: Wanted): Promise<Looked> {
  const { stack, file, json } = wanted;
  const values = readStackValues(stack);
  const written = readWritten(values);
  const release = await chooseRelease(wanted, written);
  const looks = await findImages(wantedImages(written, release));
  const found = looks.flatMap(({ image }) => image ?? []);
  const ofServer = await checkServer(stack, values, found);
  const findings = [...looks.map(({ finding }) => finding), ...ofServer];
  if (!json) print(findings.map(describeFinding).join("\n"));
  if (chooseExitCode(findings) === 0) return { release, findings, changes: findChanges(written, found) };
  if (json) printJson({ findings, file, changes: [], written: false });
  throw new CommandError(`${file} is left as it is`, "mend what is marked above, and run it again");
}

/** Changed lines with their numbers, the old one before the new one. */
export function describeDiff(file: string, before: string, after: string): string {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  return old
    .flatMap((line, index) => {
      const now = fresh[index] ?? "";
      if (line === now) return [];
      const head = styled("dim", `${file}:${String(index + 1)}`);
      return [head, styled("red", `- ${line.trimEnd()}`), styled("green", `+ ${now.trimEnd()}`)];
    })
    .join("\n");
}
