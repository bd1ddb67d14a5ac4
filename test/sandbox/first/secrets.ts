/**
 * Proves: no secret value of the stack is found in plain in state files, what the engine and the command printed in all
 * tests, the sandbox's logs, the vendors' books and request log, the host's logs, its journal and its containers' logs;
 * user-data holds the host key alone, the design's one exception. Process arguments are watched in second/generation.ts.
 * Cannot: find a secret in another encoding than plain, base64 or URL form, or what only real images would log.
 */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { shellQuote } from "../../../stack/values/shellQuote.ts";
import { runFolder } from "../../support/printed.ts";
import { inside, STACK } from "../../support/sandbox.ts";
import { forms, searchFiles, type Secret, secretsIn, stackSecrets } from "../../support/secretSearch.ts";
import { labelled } from "../../support/small.ts";

let secrets: readonly Secret[] = [];

beforeAll(async () => {
  secrets = await stackSecrets();
});

test("there are secrets to look for, each long enough to mean something", () => {
  console.log(secrets.map(({ name, value }) => `${name} ${String(value.length)}`).join(", "));
  expect(secrets.length).toBeGreaterThanOrEqual(15);
  for (const { name, value } of secrets) expect(value.length, name).toBeGreaterThanOrEqual(20);
});

test("the search finds what is there", () => {
  expect(secretsIn(`x${secrets[0]?.value ?? ""}x`, secrets)).toEqual([secrets[0]?.name]);
});

test.each([
  { place: "pulumi/state", holds: `/mailstead/${STACK}.json` },
  { place: "printed", holds: ".log" },
  { place: "logs", holds: "/deploy.log" },
  { place: "cloud", holds: "/requests.jsonl", skip: /\.token$/ },
  { place: "front/access.log", holds: "/access.log" },
])("none in $place", ({ place, holds, skip }) => {
  const searched = searchFiles(join(runFolder, place), secrets, skip);
  const bytes = searched.reduce((sum, file) => sum + file.bytes, 0);
  console.log(`${String(searched.length)} files, ${String(bytes)} bytes in ${place}`);
  expect(searched.filter(({ found }) => found.length > 0)).toEqual([]);
  expect(searched.filter(({ file, bytes }) => file.endsWith(holds) && bytes > 0)).not.toEqual([]);
});

test("user-data holds the host key, and no other secret", async () => {
  const servers = (await labelled(STACK)).filter(({ text }) => text.startsWith("servers "));
  expect(servers).toHaveLength(1);
  const seed = `hosts/server-${servers[0]?.id ?? ""}/root/var/lib/cloud/seed/nocloud/user-data`;
  const [userData] = searchFiles(join(runFolder, seed), secrets);
  console.log(`${String(userData?.bytes)} bytes of user-data: ${userData?.found.join(", ") ?? ""}`);
  expect(userData?.found).toEqual(["hostPrivateKey"]);
});

/** Each place on the host with a word that is surely in it. */
const PLACES = {
  "/var/log": { print: "find /var/log -type f -exec zcat -f {} +", word: "DataSourceNoCloud" },
  journal: { print: "journalctl --no-pager --output=export", word: "__CURSOR=" },
  "container logs": {
    print: 'for id in $(docker ps --all --quiet); do docker logs "$id" 2>&1; done',
    word: '"event":"listening"',
  },
};

/** Prints what of the lines of its standard input is in each place; they stand in no argument of a process. */
const SEARCH = [
  "values=$(cat)",
  `matches() { grep --text --only-matching --fixed-strings --file=<(printf '%s\\n' "$values") | sort -u; }`,
  ...Object.entries(PLACES).map(([place, { print }]) => `echo '== ${place}'; { ${print}; } | matches`),
].join("\n");

test("none in the logs of the host", async () => {
  const values = [...Object.values(PLACES).map(({ word }) => word), ...secrets.flatMap(forms)];
  const ssh = ["node", "cli/mailstead.js", "ssh", "--stack", STACK, "--", `bash -c ${shellQuote(SEARCH)}`];
  const { stdout, stderr } = await inside(ssh, { input: `${[...new Set(values)].join("\n")}\n` });
  const printed = new Map(
    stdout.split("== ").map((part) => [part.split("\n")[0] ?? "", part.split("\n").slice(1)]),
  );
  for (const [place, { word }] of Object.entries(PLACES)) {
    const matches = printed.get(place) ?? [];
    const found = secretsIn(matches.join("\n"), secrets);
    console.log(`${place}: ${matches.includes(word) ? "read" : "not read"}, ${String(found.length)} secrets`);
    expect(matches, `${place}: ${stderr}`).toContain(word);
    expect(found, place).toEqual([]);
  }
});
