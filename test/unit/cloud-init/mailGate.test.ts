/**
 * Proves: the gate opens as soon as the server says that it knows the domain, closes where it says that it does not, and
 * changes nothing where nobody can tell; the date of a state stays as long as the state does; a state of another domain
 * does not count.
 * Cannot prove: that the question is answered right by the server; the sandbox asks the stand-in's database and DNS.
 */
import { describe, expect, test } from "vitest";
import { makeHostFolder } from "./hostFolder.ts";

const SETTINGS = "DOMAIN='example.com'\nPREFIX='p='\nDATABASE='d'\nCACHE='127.0.0.1:6379'\n";
const STATE = "var/lib/mailstead/mail-gate.json";

interface State {
  readonly domain: string;
  readonly state: string;
  readonly since: string;
  readonly answer: string;
}

/** A host whose `docker` gives these answers, one a call, and ends the watch after them. */
function host(answers: readonly string[], before?: Partial<State>) {
  const folder = makeHostFolder(SETTINGS, { env: "mail-gate.env", scripts: ["mail-gate.sh"] });
  folder.write("usr/local/lib/mailstead/mail-gate-question.cjs", "");
  folder.write("answers", answers.map((answer) => `${answer}\n`).join(""));
  folder.program(
    "docker",
    [
      'cat >/dev/null; echo "docker ${*:4}" >>$root/calls',
      'answer=$(head -n 1 $root/answers); sed -i 1d $root/answers; echo "$answer" >>$root/given',
      // The watch has no end of its own.
      'if [ -z "$answer" ]; then kill $(cat $root/watch); exit 1; fi',
      'if [ "$answer" = fails ]; then echo "no such container" >&2; exit 1; fi',
      'echo "$answer"',
    ].join("\n"),
  );
  folder.program("sleep", 'echo "sleep $1" >>$root/calls');
  folder.write("usr/local/lib/mailstead/firewall.sh", "");
  folder.program("firewall", 'echo "$1" >>$root/calls');
  if (before !== undefined) folder.write(STATE, `${JSON.stringify(before)}\n`);
  const state = (): State => JSON.parse(folder.read(STATE)) as State;
  return { ...folder, state };
}

/** Runs the watch until its answers are used up; what it did, without the questions. */
function watched(answers: readonly string[], before?: Partial<State>) {
  const one = host(answers, before);
  one.program("start", `echo $$ >$root/watch; exec "$@"`);
  const script = `${one.root}/usr/local/lib/mailstead/mail-gate.sh`;
  const firewall = `${one.root}/usr/local/lib/mailstead/firewall.sh`;
  one.program("../usr/local/lib/mailstead/firewall.sh", `exec ${one.root}/bin/firewall "$@"`);
  one.program("../usr/local/lib/mailstead/run.sh", `exec ${one.root}/bin/start ${script} watch`);
  expect(firewall).toContain(one.root);
  const ended = one.run("run.sh", []);
  return { ...one, ended, did: one.calls().filter((line) => !line.startsWith("docker")) };
}

const OPEN = { domain: "example.com", state: "open", since: "2026-01-01T00:00:00Z", answer: "known 3" };
const CLOSED = { ...OPEN, state: "closed", answer: "unknown no-domain" };

describe("the gate's watch", () => {
  test("on a new server: closed at once, with the reason as it changes, and open with the first answer that says known", () => {
    const { did, state } = watched(["unknown no-domain", "unknown no-alias", "known 1"]);
    expect(did).toEqual(["mail-closes", "mail-closes", "mail-closes", "mail-opens", "sleep 300"]);
    expect(state()).toMatchObject({ domain: "example.com", state: "open", answer: "known 1" });
  });

  test("what cannot be told leaves an open gate open, and a closed one closed", () => {
    const open = watched(["fails", "what?", "fails"], OPEN);
    expect(open.did.filter((line) => line.startsWith("mail"))).toEqual([]);
    expect(open.state()).toEqual(OPEN);
    const closed = watched(["fails", "fails"], CLOSED);
    expect(closed.did.filter((line) => line.startsWith("mail"))).toEqual([]);
    expect(closed.state()).toEqual(CLOSED);
  });

  test("an open gate closes where the server says that it no longer knows the domain", () => {
    const { did, state } = watched(["known 3", "unknown no-domain"], OPEN);
    expect(did).toEqual(["mail-opens", "sleep 300", "mail-closes"]);
    expect(state()).toMatchObject({ state: "closed", answer: "unknown no-domain" });
    expect(state().since).not.toBe(OPEN.since);
  });

  test("the date stays as long as the state does, whatever else is answered", () => {
    const { state } = watched(["known 4"], OPEN);
    expect(state()).toEqual({ ...OPEN, answer: "known 4" });
  });

  test("the state of another domain is none", () => {
    const { did, state } = watched(["fails"], { ...OPEN, domain: "example.net" });
    expect(did[0]).toBe("mail-closes");
    expect(state()).toMatchObject({ domain: "example.com", state: "closed" });
  });
});

describe("the look before the rules are loaded for the first time", () => {
  test("a server that knows the domain begins open", () => {
    const one = host(["known 2"]);
    expect(one.run("mail-gate.sh", ["once"]).status).toBe(0);
    expect(one.state()).toMatchObject({ state: "open", answer: "known 2" });
  });

  test.each(["unknown no-domain", "fails"])("one that answers %s begins without a state", (answer) => {
    const one = host([answer]);
    expect(one.run("mail-gate.sh", ["once"]).status).toBe(0);
    expect(one.read(STATE)).toBe("");
  });
});
