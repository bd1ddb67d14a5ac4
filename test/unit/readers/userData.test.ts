/**
 * Proves: PyYAML, which cloud-init reads user-data with, gets back every text that was written, whatever is in it, and the
 * shell that sources env.sh gets back every value.
 * Cannot: prove what cloud-init does with them; the sandbox's hosts do. Skips without Debian's python3-yaml.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CloudConfig } from "../../../cloud-init/cloudConfig.ts";
import { profileEnvironment } from "../../../cloud-init/planCloudConfig.ts";
import { renderCloudConfig, renderUserData } from "../../../cloud-init/renderUserData.ts";
import { planCloudConfig } from "../../support/cloudConfig.ts";
import { placeholder } from "../../../cloud-init/sources.ts";
import { readAsset } from "../../../components/assets.ts";
import type { PlannedBoot } from "../../../stack/model/plan.ts";
import { shellQuote } from "../../../stack/values/shellQuote.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { arbitraryRaw } from "../stack/support/arbitraryRaw.ts";
import { planOf, textOf } from "../stack/support/planOf.ts";
import { HAS, readByPython, sourced } from "./realReaders.ts";

const SEED = 11;
const SOURCES = { slot: placeholder, asset: readAsset };
const folder = temporaryFolder();

/** What YAML reads in more than one way, and what it forbids (YAML 1.1 5.1, 5.4). */
const PIECES = [
  ...[
    "=",
    "<<",
    "~",
    "null",
    "yes",
    "no",
    "on",
    "Off",
    "y",
    "1:20",
    "190:20:30",
    "0x1f",
    "0b1",
    "012",
    "1_000",
  ],
  ...[
    ".5",
    "+1",
    "1e3",
    "-.inf",
    ".NaN",
    "2001-01-01",
    "- ",
    ": ",
    " #",
    "#",
    "?",
    "|",
    ">",
    "!x",
    "&x",
    "*x",
  ],
  ...[
    "%",
    "@",
    "`",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    '"',
    "\\",
    " ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "é字",
    "😀",
    "a",
  ],
  ...[
    "\0",
    "\u0007",
    "\u001b",
    "\u007f",
    "\u0080",
    "\u0085",
    "\u0099",
    "\u00a0",
    "\u2028",
    "\u2029",
    "\ufeff",
  ],
  ...["\ufffd", "\ufffe", "\uffff", "---", "...", "\n---\n"],
];

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((all) => all.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
);

/** A document that has a text in each kind of place: alone, in a list, inside a file. */
function documentOf(text: string): CloudConfig {
  return {
    hostname: text,
    users: [{ name: "root", lock_passwd: true, ssh_authorized_keys: [text, text] }],
    write_files: [{ path: text, permissions: "0644", content: text }],
    runcmd: [[text]],
  };
}

describe.skipIf(!HAS.python)("user-data, read by PyYAML", () => {
  test("comes back as it was written, whatever is in its texts", () => {
    const texts = [...PIECES, ...fc.sample(anyText, { numRuns: 600, seed: SEED })];
    const read = readByPython<CloudConfig>("yaml", texts.map(documentOf).map(renderCloudConfig));
    for (const [index, text] of texts.entries()) expect(read[index]).toEqual({ value: documentOf(text) });
  });

  test("is whole for every configuration: each path, each package and the one command", () => {
    const boots = fc.sample(arbitraryRaw, { numRuns: 60, seed: SEED }).map((raw) => planOf(raw).server.boot);
    const read = readByPython<CloudConfig>(
      "yaml",
      boots.map((boot) => renderUserData(boot, SOURCES)),
    );
    for (const [index, boot] of boots.entries()) {
      expect(read[index]).toMatchObject({ value: { fqdn: boot.hostname, runcmd: [[expect.any(String)]] } });
    }
  });
});

function fileOf(boot: PlannedBoot, path: string): string {
  const { write_files: files } = planCloudConfig(boot, SOURCES);
  return files.find((file) => file.path === path)?.content ?? "";
}

describe.each(["bash", "dash"] as const)("shell words, read by %s", (shell) => {
  const values = fc
    .sample(fc.tuple(anyText, anyText), { numRuns: 150, seed: SEED })
    // No shell can hold the character NUL, and no program can be given it.
    .map((pair) => pair.map((text) => text.replaceAll("\0", "")));

  test("env.sh gives back each value", () => {
    const files = values.map(([EMAIL = "", DOMAIN = ""]) => profileEnvironment({ EMAIL, DOMAIN }));
    expect(sourced(shell, folder, files, ["EMAIL", "DOMAIN"])).toEqual(values);
  });

  test("a quoted word is one word", () => {
    const files = values.map(([text = ""]) => `set -- ${shellQuote(text)}; COUNT=$#; TEXT=$1\n`);
    expect(sourced(shell, folder, files, ["COUNT", "TEXT"])).toEqual(values.map(([text]) => ["1", text]));
  });

  test("boot.env and certificate.env of every configuration are read without a complaint", () => {
    const plans = fc.sample(arbitraryRaw, { numRuns: 60, seed: SEED }).map(planOf);
    const boots = plans.map(({ server }) => fileOf(server.boot, "/etc/mailstead/boot.env"));
    expect(sourced(shell, folder, boots, ["SWAP_MIB", "DIRECTORIES"])).toEqual(
      plans.map(({ server: { boot } }) => [
        String(boot.swapMib),
        boot.directories.map(({ mode, path }) => `${mode} ${path}`).join("\n"),
      ]),
    );
    const settings = plans.map(({ files }) => textOf({ files }, "certificate-env"));
    const read = sourced(shell, folder, settings, ["EMAIL", "DOMAIN", "NAMES"]);
    expect(read.map(([email, domain]) => [email, domain])).toEqual(
      plans.map(({ contact, domain }) => [contact, domain]),
    );
    for (const [index, [, , names = ""]] of read.entries())
      expect(names.split(" ")).toContain(plans[index]?.domain);
  });
});
