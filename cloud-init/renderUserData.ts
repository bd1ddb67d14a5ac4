/** Renders user-data: the first boot of our hosts, and the guide's own for any other cloud. */
import { createHash } from "node:crypto";
import { Document, Scalar, Schema, type ScalarTag, type Tags } from "yaml";
import type { PlannedBoot, PlannedServer } from "../stack/model/plan.ts";
import { DNS_PROVIDERS } from "../stack/vendors/registry.ts";
import type { CloudConfig, WriteFile } from "./cloudConfig.ts";
import { planParts, profileEnvironment, type Part } from "./planCloudConfig.ts";
import { placeholder, type Sources } from "./sources.ts";

/**
 * Largest user-data in bytes. Hetzner takes 32 KiB and DigitalOcean 64 KiB. The configuration bounds everything in it
 * that people may write, their own keys above all, so that no server is refused for it after its addresses are made.
 */
export const USER_DATA_LIMIT_BYTES = 16 * 1024;

/**
 * Characters that may not stand as they are: those that YAML 1.1 5.1 forbids, for which PyYAML refuses the whole
 * document; those that it takes for line ends (5.4) or for a mark at the beginning; and the line end of old Macs.
 */
const TO_ESCAPE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/gu;

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}

/**
 * Texts that PyYAML misreads where they stand without quotes: YAML 1.1's types "value" and "merge", and one line with a
 * tab in it. In the lines of a block, tabs are as good as any character.
 */
const ALONE = /^(=|<<|[^\n]*\t[^\n]*)$/;

/** Whether a text would be misread where no quotes are. What else wants quotes the library knows. */
function isMisread(text: string): boolean {
  return text.search(TO_ESCAPE) >= 0 || ALONE.test(text);
}

/** Writes a text that would be misread in double quotes: the one style that has escapes (YAML 1.1 5.6). */
function quotingMisread(tag: ScalarTag): ScalarTag {
  return {
    ...tag,
    stringify: (item, ...context) => {
      if (typeof item.value === "string" && isMisread(item.value)) item.type = Scalar.QUOTE_DOUBLE;
      return tag.stringify?.(item, ...context) ?? "";
    },
  };
}

/** The library's types, but "<<": its own writer of that heeds no quotes. */
function chooseTags(tags: Tags): Tags {
  return tags.flatMap<Tags[number]>((tag) => {
    if (typeof tag === "string" || tag.collection !== undefined) return [tag];
    if (tag.tag === "tag:yaml.org,2002:merge") return [];
    return [tag.tag === "tag:yaml.org,2002:str" ? quotingMisread(tag) : tag];
  });
}

const SCHEMA = new Schema({ schema: "yaml-1.1", customTags: chooseTags });
const FORM = { lineWidth: 0, blockQuote: "literal", directives: false } as const;
const FIRST_LINE = "#cloud-config\n";

/** Text of some keys of the document. */
function writeKeys(keys: Partial<CloudConfig>): string {
  const yaml = new Document(keys, { version: "1.1", schema: SCHEMA });
  return yaml.toString(FORM).replace(TO_ESCAPE, escaped);
}

/** `#cloud-config` text of a document: YAML 1.1, as cloud-init's parser (PyYAML) reads it, whatever is in its texts. */
export function renderCloudConfig(document: CloudConfig): string {
  return `${FIRST_LINE}${writeKeys(document)}`;
}

/** Texts of common parts, by what is in them: a few for each distribution and DNS provider. */
const COMMON = new Map<string, string>();

function writeOnce(keys: Part["keys"]): string {
  const name = JSON.stringify(keys);
  const text = COMMON.get(name) ?? writeKeys(keys);
  COMMON.set(name, text);
  return text;
}

/** A mapping's text is that of its keys, one after the other, and a list's that of its items. */
function writePart({ keys, isCommon, goesOn }: Part): string {
  const text = isCommon === true ? writeOnce(keys) : writeKeys(keys);
  return goesOn === true ? text.slice(text.indexOf("\n") + 1) : text;
}

/** User-data of a host: deterministic in `boot` and `sources`. Secret, since it carries the SSH host key. */
export function renderUserData(boot: PlannedBoot, sources: Sources): string {
  return [FIRST_LINE, ...planParts(boot, sources).map(writePart)].join("");
}

/**
 * Hash of what waits for the next generation: user-data without late values, image and type. 12 hex digits.
 *
 * It is kept with the server as a label, so that a preview knows what the deployed one was made from.
 */
export function bootHash(server: PlannedServer, sources: Pick<Sources, "asset">): string {
  const text = renderUserData(server.boot, { slot: placeholder, asset: (name) => sources.asset(name) });
  return createHash("sha256")
    .update(JSON.stringify([text, server.image, server.type]))
    .digest("hex")
    .slice(0, 12);
}

/** The token file that the guide's own scripts read; nothing at a provider that they do not know. */
function guideCredentials(
  { dnsProvider }: Pick<PlannedBoot, "dnsProvider">,
  sources: Pick<Sources, "slot">,
): WriteFile[] {
  const { authenticator } = DNS_PROVIDERS[dnsProvider];
  if (authenticator?.isInGuide !== true) return [];
  return [
    {
      path: authenticator.credentials,
      owner: "root:root",
      permissions: "0600",
      content: `${authenticator.tokenKey} = "${sources.slot("dnsApiToken")}"\n`,
    },
  ];
}

/**
 * The guide's complete user-data, for a cloud that Mailstead does not drive.
 *
 * @param boot its environment has EMAIL, DOMAIN and AUTH_BASIC_USERNAME.
 * @see Forward Email's self-hosting guide, "Cloud-init / user-data"
 */
export function renderGuideUserData(
  boot: Pick<PlannedBoot, "environment" | "dnsProvider">,
  sources: Pick<Sources, "slot">,
): string {
  return renderCloudConfig({
    write_files: [
      ...guideCredentials(boot, sources),
      {
        path: "/etc/profile.d/env.sh",
        owner: "root:root",
        permissions: "0755",
        content: profileEnvironment({
          ...boot.environment,
          AUTH_BASIC_PASSWORD: sources.slot("authBasicPassword"),
        }),
      },
    ],
    runcmd: [["chmod", "+x", "/etc/profile.d/env.sh"]],
  });
}
