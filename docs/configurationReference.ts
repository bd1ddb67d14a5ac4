/** The configuration reference as Markdown, from the tables that the program itself reads with. */
import { z } from "zod";
import { COMMON_FIELDS, RECORD_FIELDS } from "../stack/config/extraRecord.ts";
import { IMAGES } from "../stack/config/keys/schema.ts";
import type { Because, Field, Fields } from "../stack/values/field.ts";
import { changeEffect } from "./changeEffects.ts";
import { IMAGE_ROLES } from "../stack/model/imageRoles.ts";
import { openedBy, OPEN_VALUE, PROTECTED_PARTS } from "../stack/model/protection.ts";
import { LENGTHS, type Length } from "../stack/values/lengths.ts";
import { pathOfKey, TABLES } from "../stack/config/tables.ts";
import { OWN_ALIAS_NAMES } from "../stack/services/ownAliases.ts";
import { CLOUDS, DNS_PROVIDERS } from "../stack/vendors/registry.ts";

const MTA_STS_ABOUT =
  "MTA-STS: a record whose id is a hash of the policy, and the policy at `https://mta-sts.DOMAIN`, which a container of " +
  "Mailstead's own serves. It names every MX of the domain, your own too. A changed policy is served before its record " +
  "changes. Way up: `testing` with `dns.tlsReports`, then `enforce`; way out: `none` for as long as `maxAgeSeconds`, then `off`.";

const CAA_ABOUT =
  "CAA at the domain, which counts for every name below it. Wildcards stay allowed where the certificate has one " +
  "(`dns-01`, `manual`, `provided`), and are forbidden with `http-01`.";

const SPF_ABOUT =
  "The SPF policy of the domain. A name has one such policy: other senders go into ours, `v=spf1 a … -all`, so that no " +
  "second record makes both worthless.";

const IGNORE_ABOUT =
  "A list: what the audit leaves to others. A rule without `types` hides nothing that breaks a declared record, one " +
  "without `target` nothing beside a declared value; a declared record is never hidden. A rule that matches nothing is told.";

const MAILBOXES_ABOUT =
  "A list: addresses of the domain that the deploy makes (`onboarding: automatic`). What is there already stays as it is: a " +
  "password is set once and never again, as it encrypts the mailbox. An entry that is taken out leaves the address and its mail. " +
  `${OWN_ALIAS_NAMES.map((name) => `\`${name}\``).join(", ")} are there anyway, and forward to \`email\`.`;

const BACKUPS_ABOUT =
  "Backups to an S3-compatible bucket (docs/guides/backups.md). Without the section there are none, and what was backed up " +
  "before stays in the bucket.";

/** What each section is; the records of the owner's have a section of their own form. */
const ABOUT: Readonly<Record<Exclude<keyof typeof TABLES, "dns.records">, string>> = {
  "": "At the top.",
  server: "The machine, and who may reach it.",
  dns: "The zone and its records.",
  "dns.spf": SPF_ABOUT,
  "dns.dmarc": "The DMARC record.",
  "dns.dkim":
    "A list: DKIM keys that the running server made for its domains. They stand beside the key that the deploy makes (`onboarding: automatic`).",
  "dns.mtaSts": MTA_STS_ABOUT,
  "dns.caa": CAA_ABOUT,
  "dns.ignore": IGNORE_ABOUT,
  mail: "Forward Email.",
  "mail.images.ROLE": `One for each role: ${IMAGE_ROLES.join(", ")}.`,
  mailboxes: MAILBOXES_ABOUT,
  certificates: "How the certificate is had.",
  backups: BACKUPS_ABOUT,
  upgrades:
    "What the server does by itself at night (docs/guides/new-release.md). `./mailstead status` shows when it last did, and what " +
    "waits. A new release of Forward Email is never installed unasked.",
  data:
    "Where mail, databases, `.env` and certificates live. A volume belongs to the stack as its keys and addresses do: it is " +
    "protected, a new server mounts it, and `./mailstead import` finds it.",
};

/** A cell: a pipe would end it. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function shown(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** What the schema says of itself; of a text, whose checks are code, what to set. */
function allowed({ schema, fix }: Field<unknown>): string {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return describeSchema(json) ?? fix;
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function describeSchema(schema: JsonSchema): string | undefined {
  if (schema.enum !== undefined) return schema.enum.map(shown).join(", ");
  if (schema.const !== undefined) return shown(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map(describeSchema).join(", or ");
  if (schema.type === "boolean") return "`true`, `false`";
  return schema.type === "integer"
    ? `whole number, ${String(schema.minimum)} to ${String(schema.maximum)}`
    : undefined;
}

/** What counts without the key, and why. */
function withoutIt(field: Field<unknown>): Because<string> | undefined {
  return (field.default && { ...field.default, value: shown(field.default.value) }) ?? field.follows;
}

function presence(path: string, field: Field<unknown>): string {
  if (field.required === true) return "**required**";
  // These depend on the role.
  if (path.startsWith("mail.images.")) return "see below";
  const instead = withoutIt(field);
  return instead === undefined ? "none" : `${instead.value}: ${instead.reason}`;
}

function rows(path: string, fields: Fields): string[] {
  return Object.entries(fields).map(([key, field]) => {
    const whole = pathOfKey(path, key);
    const name = `\`${whole}\`${field.secret === true ? " (secret)" : ""}`;
    return `| ${[name, field.meaning, allowed(field), presence(whole, field), changeEffect(whole)].map(cell).join(" | ")} |`;
  });
}

const HEAD = [
  "| key | meaning | value | default, and why | what a change does to a running server |",
  "| --- | --- | --- | --- | --- |",
];

function section(path: keyof typeof ABOUT): string[] {
  return [
    `## ${path === "" ? "`mailstead:`" : `\`mailstead:${path}\``}`,
    "",
    ABOUT[path],
    "",
    ...HEAD,
    ...rows(path, TABLES[path]),
    "",
  ];
}

/** Defaults of the images, which depend on the role. */
function imageDefaults(): string[] {
  const fields = Object.entries(IMAGES).flatMap(([role, keys]) =>
    Object.entries<Field<unknown>>(keys).map(
      ([key, field]) => [`mail.images.${role}.${key}`, field] as const,
    ),
  );
  const following = fields.filter(([, { follows }]) => follows !== undefined);
  const writeRows = (some: typeof fields) =>
    some.flatMap(([path, field]) => {
      const instead = withoutIt(field);
      return instead === undefined ? [] : [`| \`${path}\` | ${instead.value} | ${cell(instead.reason)} |`];
    });
  return [
    "Without a `repository` or `tag` of your own:",
    "",
    "| key | default | why |",
    "| --- | --- | --- |",
    ...writeRows(following),
    ...writeRows(fields.filter((row) => !following.includes(row))),
    "",
  ];
}

/** Keys of an own record: those of every type once, then what each type adds. */
function recordSection(): string[] {
  const added = Object.entries(RECORD_FIELDS).flatMap(([type, fields]) =>
    Object.entries(fields)
      .filter(([key]) => !Object.hasOwn(COMMON_FIELDS, key))
      .map(([key, field]) => `| ${type} | \`${key}\` | ${cell(field.meaning)} | ${cell(allowed(field))} |`),
  );
  return [
    "## `mailstead:dns.records`",
    "",
    `A list: records of your own in the same zone. \`type\` is one of ${Object.keys(RECORD_FIELDS).join(", ")}.`,
    "",
    ...HEAD,
    ...rows("dns.records", COMMON_FIELDS),
    "",
    "| type | key | meaning | value |",
    "| --- | --- | --- | --- |",
    ...added,
    "",
  ];
}

/** What cannot be deleted by mistake, and the switch that opens each. */
function protectionSection(): string[] {
  const openers = [...new Set(Object.values(PROTECTED_PARTS).map(({ opener }) => opener))];
  return [
    "## What is protected",
    "",
    "Each part is opened by its one switch, by the `up` after it is set, and by nothing else. A destroy for good needs both.",
    "",
    "| switch | set to | opens |",
    "| --- | --- | --- |",
    ...openers.map(
      (opener) =>
        `| \`${opener}\` | \`${String(OPEN_VALUE[opener])}\` | ${cell(openedBy(opener).join("; "))} |`,
    ),
    "",
  ];
}

/** How long things may be, and what becomes of longer ones. */
function lengthSection(): string[] {
  return [
    "## Lengths",
    "",
    "Lengths that others set, in bytes, and what becomes of longer ones. All of it is known before anything is made.",
    "",
    "| of the | most | source | longer |",
    "| --- | --- | --- | --- |",
    ...Object.values<Length>(LENGTHS).map(
      ({ most, of, source, kept }) => `| ${of} | ${String(most)} | ${source} | ${kept} |`,
    ),
    "",
  ];
}

/** Where each vendor's token is given; one that opens server and zone stands once. */
function listTokens(): string {
  const vendors = [...Object.values(CLOUDS), ...Object.values(DNS_PROVIDERS)];
  const places = new Map(
    vendors.map(({ title, token }) => [token.key, { title, variable: token.variables[0] }]),
  );
  return Array.from(places, ([key, { title, variable }]) => `\`${key}\` or \`${variable}\` (${title})`).join(
    ", ",
  );
}

/** The whole page; the formatter has still to align its tables. */
export function configurationReference(): string {
  const lines = [
    "# Configuration",
    "",
    "Everything that may stand in `Pulumi.STACK.yaml` under `mailstead:`. `./mailstead init DOMAIN` writes one to begin with;",
    "[`Pulumi.dev.yaml`](../../Pulumi.dev.yaml), the sandbox's, has them all. Every fault is reported at once, with its key and what to set, and an",
    "unknown key is a fault. Beside it stand the tokens, each as a secret of the stack or in the environment:",
    `${listTokens()}.`,
    "See [DNS providers](../guides/dns-providers.md).",
    "",
    "The last column is the difference of two plans, before and after one example of a change (`docs/changeExamples.ts`).",
    "A change that restarts containers keeps mail waiting at its senders for that time; `pulumi preview` names them.",
    "",
    "This page is made from `stack/config/`: change it there, then `npm run docs`.",
    "",
    ...(Object.keys(ABOUT) as (keyof typeof ABOUT)[]).flatMap((path) => [
      ...section(path),
      ...(path === "mail.images.ROLE" ? imageDefaults() : []),
    ]),
    ...recordSection(),
    ...protectionSection(),
    ...lengthSection(),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
