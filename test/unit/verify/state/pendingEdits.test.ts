/**
 * Proves: with the server still in the state every change of a preview is an edit; once it is forgotten, making it and
 * what stands on it anew is none, while an edit of a file, a container or a record beside it is.
 * Cannot prove: that the engine's previews look so; the sandbox's rebuild does.
 */
import { expect, test } from "vitest";
import { findPendingEdits, type PreviewStep } from "../../../../verify/state/pendingEdits.ts";

const step = (op: string, type: string, name: string, diffReasons?: string[]): PreviewStep => ({
  ...{ op, urn: `urn:pulumi:prod::mailstead::mailstead:components:MailServer$${type}::${name}` },
  ...(diffReasons === undefined ? {} : { diffReasons }),
});
const SERVER = "hcloud:index/server:Server";
const COMMAND = "command:remote:Command";
const CONTAINER = "docker:index/container:Container";
const RECORD = "cloudflare:index/dnsRecord:DnsRecord";

const AFTER_THE_LOSS = [
  step("create", SERVER, "server"),
  step("replace", COMMAND, "ready", ["triggers"]),
  step("create-replacement", COMMAND, "ready", ["triggers"]),
  step("delete-replaced", COMMAND, "ready"),
  step("replace", "command:local:Command", "release", ["delete", "triggers", "stdout"]),
  step("replace", CONTAINER, "web", ["image", "labels[0].value"]),
  step("same", RECORD, "apex-mx"),
];
const names = (steps: readonly PreviewStep[], isForgotten: boolean): string[] =>
  findPendingEdits(steps, isForgotten).map(({ op, name, inputs }) => [op, name, ...inputs].join(" "));

test("what follows from the loss is no edit", () => {
  expect(names(AFTER_THE_LOSS, true)).toEqual([]);
});

test("edits beside it are, each with what differs", () => {
  const edits = [
    step("update", "hcloud:index/firewall:Firewall", "firewall", ["rules"]),
    step("create", RECORD, "website"),
    step("delete", RECORD, "old"),
    step("replace", COMMAND, "file-env", ["triggers", "stdin"]),
    step("replace", CONTAINER, "smtp", ["envs"]),
  ];
  expect(names([...AFTER_THE_LOSS, ...edits], true)).toEqual([
    "update firewall rules",
    "create website",
    "delete old",
    "replace file-env triggers stdin",
    "replace smtp envs",
  ]);
});

test("addresses of a server that is gone are no edit, another input of it is", () => {
  expect(names([step("update", SERVER, "server", ["publicNets"])], false)).toEqual([]);
  expect(names([step("update", SERVER, "server", ["publicNets", "firewallIds"])], false)).toEqual([
    "update server publicNets firewallIds",
  ]);
});

test("with the server in the state nothing follows from a loss", () => {
  expect(names(AFTER_THE_LOSS, false)).toEqual([
    "create server",
    "replace ready triggers",
    "replace release delete triggers stdout",
    "replace web image labels[0].value",
  ]);
});
