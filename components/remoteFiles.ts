/** Files and commands on the host, over the pinned SSH connection. */
import { Command } from "@pulumi/command/remote/command.js";
import * as pulumi from "@pulumi/pulumi";
import { dirname } from "node:path/posix";
import type { PlannedBoot, PlannedFile, PlannedStep } from "../stack/model/plan.ts";
import { isSecret, type Template } from "../stack/values/slots.ts";
import { readAsset } from "./assets.ts";
import { bind, type SlotValues } from "./bind.ts";
import { shellQuote } from "../stack/values/shellQuote.ts";

/** Seconds that reaching a host may take: 60 tries of at most 5 s each, with pauses between. */
const REACH_SECONDS = 600;

/** How the host is reached. */
export interface HostConnection {
  readonly ipv4: pulumi.Output<string>;
  readonly deployPrivateKey: pulumi.Output<string>;
  readonly hostPublicKey: pulumi.Output<string>;
}

/** What every command on a host shares: it runs anew on a new server, and dies with it. */
export interface OnHost {
  readonly connection: HostConnection;
  readonly server: pulumi.CustomResource;
  /** Another data volume has nothing of what was written to the last one: all is written anew. */
  readonly attachment?: pulumi.CustomResource | undefined;
  readonly parent: pulumi.Resource;
}

/** Text of a planned file, its slots filled. */
export function fileText(file: PlannedFile, values: SlotValues): pulumi.Input<string> {
  return isTemplate(file.content) ? bind(file.content, values) : readAsset(file.content.asset);
}

/** Waits, with limits, until the host has booted well. */
export function declareReady(host: OnHost): Command {
  // The script goes by standard input: the plugin prints a failed command whole.
  return declare(
    host,
    "ready",
    { create: "bash -s", stdin: readAsset("wait-for-host.sh") },
    [host.server],
    800,
  );
}

/** Makes the directories that first boot would make, for those that were planned after it. */
export function declareDirectories(
  host: OnHost,
  directories: PlannedBoot["directories"],
  after: readonly pulumi.Resource[],
): Command {
  const lines = directories.map(({ path, mode }) => {
    const quoted = shellQuote(path);
    return `[ -d ${quoted} ] || install -d -m ${mode} ${quoted}`;
  });
  return declare(host, "directories", { create: ["set -e", ...lines].join("\n") }, [...after], 60);
}

/**
 * The commands that write files: each is a draft beside its place first, and all have their names once all are on the disk.
 *
 * @param files those without a text are what is read.
 */
function writeSteps(files: readonly DraftedFile[]): readonly string[] {
  const drafts = files.map(({ path: to, mode, text }) => {
    const path = shellQuote(to);
    const draft = shellQuote(`${to}.new`);
    const read = `install -m ${mode} /dev/stdin ${draft}`;
    return {
      draft,
      folder: shellQuote(dirname(to)),
      // A container that was started before its file was there leaves an empty directory in its place.
      clear: `{ [ ! -d ${path} ] || rmdir ${path}; }`,
      write: text === undefined ? read : `${read} ${hereDocument(to, text)}`,
      rename: `mv -fT ${draft} ${path}`,
    };
  });
  const folders = [...new Set(drafts.map(({ folder }) => folder))].join(" ");
  return [
    `mkdir -p ${folders}`,
    ...drafts.flatMap(({ clear, write }) => [clear, write]),
    `sync ${drafts.map(({ draft }) => draft).join(" ")}`,
    ...drafts.map(({ rename }) => rename),
    `sync ${folders}`,
  ];
}

/** @throws Error where the text has no line break at its end, or the line that would end it */
function hereDocument(path: string, text: string): string {
  const end = `END OF ${path}`;
  if (!text.endsWith("\n") || text.split("\n").includes(end))
    throw new Error(`The text of ${path} cannot be written with others.`);
  return `<<${shellQuote(end)}\n${text}${end}`;
}

/**
 * The command that writes what it reads as a file, in one piece, and runs what has to follow a change of it.
 *
 * It ends when the file is on the disk: XFS may keep a new name through a power cut and lose the content, and no later
 * deploy would write a file again that the engine holds for written.
 */
export function writeFileCommand({
  afterChange,
  ...file
}: Pick<PlannedFile, "path" | "mode" | "afterChange">): string {
  const after = afterChange === undefined ? [] : [`{ ${afterChange}; }`];
  return [...writeSteps([file]), ...after].join(" && ");
}

/**
 * The script that writes files together: none has its name before all are on the disk. The shell reads all of it before it
 * begins, so that one that came in part does nothing.
 *
 * @param files texts end with a line break.
 */
export function writeFilesScript(files: readonly WholeFile[]): string {
  return ["set -euo pipefail", "write() {", ...writeSteps(files), "}", "write", ""].join("\n");
}

type DraftedFile = Pick<PlannedFile, "path" | "mode"> & { readonly text?: string };

/** A file and its text. */
interface WholeFile extends Pick<PlannedFile, "path" | "mode"> {
  readonly text: string;
}

/**
 * Declares files on the host: one with text of this stack by itself, so that a preview tells which one changes, and those that
 * come with the program as they are in one resource, as a connection for each would take longer than all else that is done
 * with files.
 *
 * @param name of that one resource.
 */
export function declareFiles(
  host: OnHost,
  name: string,
  files: readonly PlannedFile[],
  values: SlotValues,
  after: readonly pulumi.Resource[],
): readonly Command[] {
  const shipped = files.flatMap(({ content, ...file }) =>
    isTemplate(content) ? [] : [{ ...file, text: readAsset(content.asset) }],
  );
  const own = files.filter(({ content }) => isTemplate(content));
  return [
    ...own.map((file) => declareFile(host, file, values, after)),
    ...(shipped.length === 0 ? [] : [declareShipped(host, name, shipped, after)]),
  ];
}

function declareShipped(
  host: OnHost,
  name: string,
  files: readonly (WholeFile & Pick<PlannedFile, "afterChange">)[],
  after: readonly pulumi.Resource[],
): Command {
  // Once for all that ask for it.
  const last = new Set(files.flatMap(({ afterChange }) => afterChange ?? []));
  const text = {
    create: ["bash -s", ...last].join(" && "),
    stdin: writeFilesScript(files),
    logging: "none",
  } as const;
  return declare(host, name, text, [...after], 120);
}

function declareFile(
  host: OnHost,
  file: PlannedFile,
  values: SlotValues,
  after: readonly pulumi.Resource[],
): Command {
  const secret = isTemplate(file.content) && isSecret(file.content);
  return declare(
    host,
    `file-${file.role}`,
    { create: writeFileCommand(file), stdin: fileText(file, values), logging: "none" },
    [...after],
    120,
    {
      ...(secret ? { additionalSecretOutputs: ["stdout", "stderr"] } : {}),
    },
  );
}

/** What a step reads: its files, by their hash, and the values that its input names. */
export interface StepReads {
  readonly hash: pulumi.Input<string>;
  readonly values: SlotValues;
}

/** Runs one step, anew whenever what it reads changes. */
export function declareStep(
  host: OnHost,
  step: PlannedStep,
  { hash, values }: StepReads,
  after: readonly pulumi.Resource[],
): Command {
  const create = `timeout --kill-after=10 ${String(step.timeoutSeconds)} bash -euo pipefail -c ${shellQuote(step.command)}`;
  return declare(
    host,
    `step-${step.role}`,
    {
      create,
      ...(step.input === undefined ? {} : { stdin: bind(step.input, values) }),
      triggers: [hash, ...(step.run === undefined ? [] : [String(step.run)])],
    },
    [...after],
    step.timeoutSeconds,
  );
}

interface CommandText {
  readonly create: string;
  readonly stdin?: pulumi.Input<string>;
  readonly logging?: "none";
  readonly triggers?: readonly pulumi.Input<string>[];
}

function declare(
  host: OnHost,
  name: string,
  text: CommandText,
  dependsOn: pulumi.Resource[],
  timeoutSeconds: number,
  opts: pulumi.CustomResourceOptions = {},
): Command {
  const limit = `${String(timeoutSeconds + REACH_SECONDS)}s`;
  return new Command(
    name,
    {
      ...text,
      connection: {
        host: host.connection.ipv4,
        user: "root",
        privateKey: host.connection.deployPrivateKey,
        hostKey: host.connection.hostPublicKey,
        dialErrorLimit: 60,
        perDialTimeout: 5,
      },
      addPreviousOutputInEnv: false,
      triggers: [
        host.server.id,
        ...(host.attachment === undefined ? [] : [host.attachment.id]),
        ...(text.triggers ?? []),
      ],
    },
    {
      parent: host.parent,
      dependsOn,
      deletedWith: host.server,
      customTimeouts: { create: limit, update: limit, delete: limit },
      ...opts,
    },
  );
}

function isTemplate(content: PlannedFile["content"]): content is Template {
  return Array.isArray(content);
}
