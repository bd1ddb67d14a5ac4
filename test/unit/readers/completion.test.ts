/**
 * Proves: the scripts of `mailstead completion` are read by the shells they are for, which then offer commands, options,
 * choices, the stacks of the folder and files, where each belongs, for the command called by its path too.
 * Cannot prove: how zsh shows what it is told; what it tells its own completion system is looked at in place of that.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../../cli/commands.ts";
import { SHELLS } from "../../../cli/completion/shells.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const folder = temporaryFolder();
const command = join(import.meta.dirname, "../../../cli/mailstead.js");
for (const stack of ["one", "two"]) writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "");
mkdirSync(join(folder, "pages"));
writeFileSync(join(folder, "pages/dns.html"), "");
for (const shell of SHELLS) {
  const script = execFileSync(process.execPath, [command, "completion", shell], { encoding: "utf8" });
  writeFileSync(join(folder, `script.${shell}`), script);
}
const NAMES = COMMANDS.map((one) => one.command.name());

function has(shell: string): boolean {
  return spawnSync(shell, ["-c", "true"]).status === 0;
}

function type(shell: string, options: readonly string[], script: string): string[] {
  const { stdout, stderr, status } = spawnSync(shell, [...options, "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", HOME: folder, TERM: "dumb" },
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("\n").filter((line) => line !== "");
}

/** What is offered for the last word of a line. */
const OFFERED: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [["r"], ["render", "rebuild", "renew", "report", "restore"]],
  [
    ["render", ""],
    ["user-data", "dns", "env", "containers", "audit-service", "audit-timer", "drill-service", "drill-timer"],
  ],
  [["render", "--show"], ["--show-secrets"]],
  [
    ["render", "dns", "--stack", ""],
    ["one", "two"],
  ],
  [["status", "-s", "o"], ["one"]],
  [["import", "--out", "pages/"], ["pages/dns.html"]],
  [["completion", "z"], ["zsh"]],
  [["logs", ""], []],
];

describe("bash", () => {
  test.each(OFFERED)("after %j offers %j", (words, offered) => {
    const line = `source script.bash; COMP_WORDS=(./mailstead "$@"); COMP_CWORD=$#; compopt() { :; }
_mailstead; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", line, "bash", ...words], {
      cwd: folder,
      encoding: "utf8",
    });
    expect({
      stderr,
      words: stdout
        .split("\n")
        .filter((word) => word !== "")
        .sort(),
    }).toEqual({
      stderr: "",
      words: [...offered].sort(),
    });
  });

  test("is asked for the command by whatever path it is called", () => {
    expect(type("bash", [], "source script.bash; complete -p mailstead")).toEqual([
      "complete -F _mailstead mailstead",
    ]);
  });
});

describe.skipIf(!has("fish"))("fish", () => {
  test.each(OFFERED)("after %j offers %j", (words, offered) => {
    const line = `source script.fish; complete --do-complete '${["./mailstead", ...words].join(" ")}'`;
    const shown = type("fish", ["--no-config"], line).map((text) => text.split("\t")[0] ?? "");
    expect(shown.sort()).toEqual([...offered].sort());
  });
});

describe.skipIf(!has("zsh"))("zsh", () => {
  const told = (words: readonly string[]): string[] =>
    type(
      "zsh",
      ["-f"],
      `compdef() { :; }; source script.zsh
_describe() { print -rl -- "\${(P@)2}"; }; _arguments() { print -rl -- "$@"; }
words=(./mailstead ${words.map((word) => `'${word}'`).join(" ")}); CURRENT=${String(words.length + 1)}; _mailstead`,
    );

  test("is told every command with its description", () => {
    expect(told([""]).map((line) => line.split(":")[0])).toEqual(NAMES);
  });

  test("is told options, choices, stacks and files of a command", () => {
    const render = told(["render", ""]);
    expect(render).toContain("--show-secrets[fill secrets in from the stack]");
    expect(render).toContain(
      "*:argument:(user-data dns env containers audit-service audit-timer drill-service drill-timer)",
    );
    expect(render.filter((line) => line.endsWith(":value:_mailstead_stacks"))).toHaveLength(2);
    expect(told(["import", ""]).filter((line) => line.endsWith(":value:_files"))).toHaveLength(2);
    expect(
      type(
        "zsh",
        ["-f"],
        "compdef() { :; }; source script.zsh; _describe() { print -rl -- $stacks; }; _mailstead_stacks",
      ),
    ).toEqual(["one", "two"]);
  });

  test("knows the command once its completion system is started", () => {
    const line = "autoload -U compinit; compinit -D -u; source script.zsh; print -r -- $_comps[mailstead]";
    expect(type("zsh", ["-f"], line)).toEqual(["_mailstead"]);
  });
});
