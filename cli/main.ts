/** The command `mailstead`: thin commands over `stack/` and `verify/`. */
import process from "node:process";
import { Argument, Command, CommanderError, Option } from "commander";
import { COMMAND } from "../stack/values/command.ts";
import { nearest } from "../stack/values/nearest.ts";
import { DOCUMENTS, type Document } from "./documents.ts";
import { COMMAND_EXAMPLES, PROGRAM_HELP } from "./examples.ts";
import { CommandError, hasPrinted, printJson, styled } from "./terminal.ts";
import { printableLines } from "../stack/values/printable.ts";
import { VendorError } from "../verify/vendors/http.ts";
import { LOOK_AT_PROVIDER } from "../verify/judge/fixes/fixes.ts";

type Run = (code: Promise<number>) => Promise<void>;

function addHostCommands(program: Command, run: Run): void {
  program
    .command("rebuild")
    .description("make a server that was deleted at the vendor anew")
    .option("-s, --stack <name>", "stack (default: the selected one)")
    .option("--with-edits", "do what else waits in the configuration too")
    .action((options: object) => run(import("./commands/rebuild.ts").then((m) => m.rebuildCommand(options))));
  program
    .command("teardown")
    .description("what a destroy would keep, take and leave to be billed; changes nothing")
    .option("-s, --stack <name>", "stack (default: the selected one)")
    .option("--json", "machine-readable")
    .action((options: object) =>
      run(import("./commands/teardown.ts").then((m) => m.teardownCommand(options))),
    );
  program
    .command("ssh")
    .description("open a shell on the host, or run a command there")
    .argument("[command...]")
    .option("-s, --stack <name>", "stack (default: the selected one)")
    .action((command: string[], options: object) =>
      run(import("./commands/host.ts").then((m) => m.sshCommand(command, options))),
    );
  program
    .command("logs")
    .description("show a container's log")
    .argument("<name>", "container, such as smtp")
    .option("-f, --follow", "go on as it grows")
    .option("-n, --lines <count>", "lines from the end", "100")
    .option("-s, --stack <name>", "stack (default: the selected one)")
    .action((name: string, options: object) =>
      run(import("./commands/host.ts").then((m) => m.logsCommand(name, options))),
    );
}

function addReadingCommands(program: Command, run: Run): void {
  program
    .command("init")
    .description("write the stack's file of a new mail server, with what has to be set marked")
    .argument("<domain>", "mail domain, such as example.com")
    .option("-s, --stack <name>", "stack (default: the domain with hyphens)")
    .action((domain: string, options: object) =>
      run(import("./commands/init.ts").then((m) => m.initCommand(domain, options))),
    );
  program
    .command("render")
    .description("print a document of the plan; needs no stack and no account")
    .addArgument(new Argument("<document>").choices(DOCUMENTS))
    .option("-s, --stack <name>", "stack (default: the only one here, else the selected one)")
    .option("--show-secrets", "fill secrets in from the stack")
    .option("--json", "machine-readable")
    .action((document: Document, options: object) =>
      run(import("./commands/render.ts").then((m) => m.renderCommand(document, options))),
    );
  program
    .command("status")
    .description("what should be and is not, asked of the host itself")
    .option("-s, --stack <name>", "stack (default: the selected one)")
    .option("--json", "machine-readable")
    .action((options: object) => run(import("./commands/status.ts").then((m) => m.statusCommand(options))));
  program
    .command("preflight")
    .description("look at tokens, zone, location, type, image and orphans before anything is made")
    .option("-s, --stack <name>", "stack (default: the selected one)")
    .option("--fix", "do the cures that are named, after asking")
    .option("-y, --yes", "with --fix: do not ask")
    .option("--json", "machine-readable")
    .action((options: object) =>
      run(import("./commands/preflight.ts").then((m) => m.preflightCommand(options))),
    );
}

/** For an option that may be given again. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function addAudit(program: Command, run: Run): void {
  program
    .command("audit")
    .description("what DNS says of the domain, from every side, and what to do about it")
    .option("-s, --stack <name>", "stack (default: the only one here, else the selected one)")
    .option("--columns <list>", "whom to ask, of: api,authoritative,resolvers (default: all)")
    .option("--resolver <address>", "ask this resolver; may be given again", collect)
    .addOption(new Option("--json", "machine-readable").conflicts(["markdown", "html"]))
    .addOption(new Option("--markdown", "tables in GitHub Flavored Markdown").conflicts("html"))
    .option(
      "--notify <place>",
      "tell mail:ADDRESS or webhook:URL when findings change; may be given again",
      collect,
    )
    .option("--html [file]", "one page for a browser, into a file or on standard output")
    .action((options: object) => run(import("./commands/audit.ts").then((m) => m.auditCommand(options))));
}

function addImport(program: Command, run: Run): void {
  program
    .command("import")
    .description("write the file for `pulumi import --file`: takes over what is there already")
    .option("-s, --stack <name>", "stack (default: the selected one)")
    .option("-o, --out <file>", "file to write (default: .mailstead/STACK/import.json)")
    .option("--adopt <set>", 'also a record in the way, such as "A example.com"; may be given again', collect)
    .option("--json", "machine-readable")
    .action((options: object) => run(import("./commands/import.ts").then((m) => m.importCommand(options))));
}

/** Prints a fault of the command line, with the word that was probably meant only where it is near. */
function outputError(text: string, write: (text: string) => void): void {
  const [, word = "", words = ""] =
    /unknown \w+ '([^']+)'\n\(Did you mean (?:one of )?(.+)\?\)/.exec(text) ?? [];
  const isNear = nearest(word, words.split(", ")) !== undefined;
  write(isNear ? text : text.replace(/\n\(Did you mean .*\?\)/, ""));
}

/** What a wrong command line ends with. Of an audit 2 says drift, which nobody has seen then. */
function usageFault([command]: readonly string[]): number {
  return command === "audit" ? 1 : 2;
}

/** Faults of this machine, by their code, that a command may meet anywhere. */
const MACHINE: Readonly<Record<string, string>> = {
  EACCES: "look at who may read and write there",
  EPERM: "look at who may read and write there",
  EROFS: "the folder is read-only: run it in one that is not",
  ENOSPC: "the disk is full: make room",
  EISDIR: "name a file: this is a folder",
  ENOTDIR: "name a folder that is there",
  ENOENT: "name a folder that is there",
};

/** What went wrong, as an error with a next step. @throws what is a fault of our own, whose stack is wanted */
function told(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof VendorError) return new CommandError(error.message, error.fix ?? LOOK_AT_PROVIDER);
  const { code, path } = error as NodeJS.ErrnoException;
  const next = MACHINE[code ?? ""];
  if (next === undefined) throw error;
  return new CommandError(`${path ?? "a file"}: ${code ?? ""}`, next);
}

/** Whether the command was asked for JSON, also where its command line is wrong. What `ssh` hands on is not for us. */
function wantsJson(program: Command, args: readonly string[]): boolean {
  const command = program.commands.find((one) => one.name() === args[0]);
  return command?.options.some(({ long }) => long === "--json") === true && args.includes("--json");
}

/** The same for a program that reads standard output, where nothing stands there yet. */
function reportJson(message: string, nextStep: string): void {
  if (!hasPrinted()) printJson({ error: { message, nextStep } });
}

function report(error: unknown, program: Command, args: readonly string[]): number {
  const json = wantsJson(program, args);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const message = error.message.replace(/^error: /, "").split("\n")[0] ?? "";
    if (json) reportJson(message, `${COMMAND} ${args[0] ?? ""} --help`);
    return usageFault(args);
  }
  const { message, nextStep, exitCode } = told(error);
  if (json) reportJson(message, nextStep);
  const head = styled("red", "error:", process.stderr);
  process.stderr.write(printableLines(`${message}\nNext step: ${nextStep}\n`).replace(/^/, `${head} `));
  return exitCode;
}

/**
 * Runs the command line.
 *
 * @param args what follows the program's name.
 * @returns the exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const run: Run = async (code) => {
    exitCode = await code;
  };
  const program = new Command(COMMAND)
    .description("Own a mail server whose identity outlives its machine.")
    .addHelpText("after", PROGRAM_HELP)
    .showSuggestionAfterError()
    .exitOverride();
  addReadingCommands(program, run);
  addAudit(program, run);
  addImport(program, run);
  addHostCommands(program, run);
  program
    .configureOutput({ outputError })
    .showHelpAfterError(`Next step: ${COMMAND} --help lists the commands`);
  for (const command of program.commands) {
    command.exitOverride().showSuggestionAfterError().configureOutput({ outputError });
    command.showHelpAfterError(`Next step: ${COMMAND} ${command.name()} --help`);
    command.addHelpText("after", `\nExamples:\n${COMMAND_EXAMPLES[command.name()] ?? ""}`);
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error, program, args);
  }
}
