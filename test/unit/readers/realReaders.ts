/**
 * The programs that read what Mailstead writes, each asked about many documents at once: PyYAML (cloud-init's), BIND,
 * nginx, a shell, Python's XML reader (expat, which Thunderbird has too), age. `make test` installs them as root; where one is
 * missing, what needs it is skipped, and the closing line says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Debian's own, whatever else is on PATH: its PyYAML is the one that cloud-init has. */
const PYTHON = "/usr/bin/python3";
const NGINX = "/usr/sbin/nginx";
const STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** A network and a host name of its own, so that a test of ports and names touches nothing of the machine. */
const APART = [
  "unshare",
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
  ...["--net", "--uts"],
];

/** Which of them this machine has. */
export const HAS = {
  python: runs(PYTHON, ["-c", "import yaml"]),
  age: runs("age", ["--version"]) && runs("age-keygen", ["--version"]),
  checkZone: runs("named-checkzone", ["-v"]),
  namespace: runs(APART[0] ?? "", [...APART.slice(1), "true"]),
  nginx: existsSync(NGINX) && existsSync(STREAM_MODULE) && runs(APART[0] ?? "", [...APART.slice(1), "true"]),
};

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], input = ""): Ended {
  return spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

/** Runs a command in namespaces of its own. */
export function runApart(command: readonly string[]): Ended {
  return run(APART[0] ?? "", [...APART.slice(1), ...command]);
}

/** What a reader made of a document: its value, or what it complained of. */
export type Read<T> = { readonly value: T } | { readonly fault: string };

const PYTHON_READERS = {
  // cloudinit.util.load_yaml decodes the text and hands it to safe_load.
  yaml: "yaml.safe_load(text.encode('utf-8'))",
  xml: "tree(xml.etree.ElementTree.fromstring(text.encode('utf-8')))",
} as const;

function pythonScript(reader: keyof typeof PYTHON_READERS): string {
  return `
import json, sys, xml.etree.ElementTree, yaml
def tree(node):
    return [node.tag, (node.text or "").strip(), [tree(child) for child in node]]
def read(text):
    try:
        return {"value": ${PYTHON_READERS[reader]}}
    except Exception as fault:
        return {"fault": str(fault)}
print(json.dumps([read(text) for text in json.load(sys.stdin)], default=str))
`;
}

/** Reads documents in one process. An XML element is `[tag, text, children]`. */
export function readByPython<T>(
  reader: keyof typeof PYTHON_READERS,
  documents: readonly string[],
): Read<T>[] {
  const ended = run(PYTHON, ["-c", pythonScript(reader)], JSON.stringify(documents));
  if (ended.status !== 0) throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as Read<T>[];
}

/** Writes documents into files of a folder, each named by its place. */
function writeAll(folder: string, documents: readonly string[]): string[] {
  mkdirSync(folder, { recursive: true });
  return documents.map((text, index) => {
    const file = join(folder, String(index));
    writeFileSync(file, text);
    return file;
  });
}

/**
 * Sources files that set variables, each in a shell of its own, after they were parsed alone (`-n`).
 *
 * @returns for each file the values of the variables asked for; throws with the first complaint.
 */
export function sourced(
  shell: "bash" | "dash",
  folder: string,
  documents: readonly string[],
  names: readonly string[],
): string[][] {
  const files = writeAll(folder, documents);
  const values = names.map((name) => `"$${name}"`).join(" ");
  const script = files.map((file) => `(set -eu; . ${file}; printf '%s\\0' ${values}) || exit 1`).join("\n");
  // Whole commands each, so what one leaves open, the next runs into.
  const parsed = run(shell, ["-n"], documents.join("\n"));
  if (parsed.status !== 0 || parsed.stderr !== "") throw new Error(parsed.stderr);
  const ended = run(shell, [], script);
  if (ended.status !== 0 || ended.stderr !== "") throw new Error(ended.stderr);
  const all = ended.stdout.split("\0");
  return documents.map((_, index) => all.slice(index * names.length, (index + 1) * names.length));
}

/** A zone as BIND reads it, back as text: one record a line, whole names. Throws with BIND's complaint. */
export function readByBind(zone: string, folder: string, text: string): string {
  const [file = ""] = writeAll(folder, [text]);
  const loose = ["-i", "none", "-k", "ignore", "-M", "ignore", "-S", "ignore", "-T", "ignore"];
  const ended = run("named-checkzone", [...loose, "-s", "full", "-D", "-o", "-", zone, file]);
  if (ended.status !== 0) throw new Error(`${ended.stdout}\n${ended.stderr}`);
  return ended.stdout;
}

/** A new identity of age, as `age-keygen` writes it, and its recipient. */
export function makeIdentity(): {
  readonly file: string;
  readonly identity: string;
  readonly recipient: string;
} {
  const { stdout: file } = run("age-keygen", []);
  const [identity = ""] = /^AGE-SECRET-KEY-1\S+$/m.exec(file) ?? [];
  return { file, identity, recipient: run("age-keygen", ["-y"], file).stdout.trim() };
}

/** Runs age over a file's bytes. @returns what it wrote; throws with its complaint. */
export function runAge(args: readonly string[], bytes: Uint8Array): Buffer {
  const ended = spawnSync("age", args, { input: bytes, maxBuffer: 64 * 1024 * 1024 });
  if (ended.status !== 0) throw new Error(ended.stderr.toString());
  return ended.stdout;
}

/** Opens a file with age, which asks for the passphrase on a terminal. @returns all that the terminal showed. */
export function readByAgeOnTerminal(file: string, passphrase: string): string {
  const ended = run(
    "script",
    ["--quiet", "--return", "--command", `age --decrypt '${file}'`, "/dev/null"],
    `${passphrase}\n`,
  );
  return ended.stdout;
}

/** What nginx says of a configuration; empty where it takes it without a word but its own two lines. */
export function nginxComplaints(folder: string, text: string): string {
  const [file = ""] = writeAll(folder, [text]);
  const globals = `load_module ${STREAM_MODULE}; pid ${join(folder, "pid")};`;
  const test = `ip link set lo up && exec ${NGINX} -t -e stderr -c ${file} -g '${globals}'`;
  const ended = runApart(["sh", "-c", test]);
  const ours = /^nginx: (the configuration file .* syntax is ok|configuration file .* test is successful)$/gm;
  const said = ended.stderr.replace(ours, "").trim();
  return ended.status === 0 ? said : `ended with ${String(ended.status)}: ${said}`;
}
