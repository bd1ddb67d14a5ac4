/**
 * An image of an older version than the one that has written the data, or of one that is too new for them.
 *
 * Data on a volume outlive the server. Those on a server's disk die with it: a new generation starts with none, so any
 * version is right there.
 */
import type { ServiceName } from "../services/table.ts";
import { COMMAND } from "../values/command.ts";
import type { Issue } from "../model/issue.ts";
import { compareVersions, readVersion, type Version } from "./imageVersion.ts";
import type { ImageRole } from "../model/imageRoles.ts";
import type { Guard } from "./guard.ts";

/** What an image writes its data with, and what that means for the version that comes after. */
interface Line {
  readonly role: ImageRole;
  readonly name: string;
  /** How many numbers of the version name a line of releases that cannot be gone back on: 1 for majors. */
  readonly parts: number;
  readonly why: string;
  readonly source: string;
}

const LINES: readonly Line[] = [
  {
    role: "app",
    name: "Forward Email",
    parts: 1,
    why: "its database has been migrated, and an older major version does not know what it finds there",
    source: "https://github.com/forwardemail/forwardemail.net/releases",
  },
  {
    role: "mongo",
    name: "MongoDB",
    parts: 2,
    why: "MongoDB Community supports no downgrade of its data files",
    source: "https://www.mongodb.com/docs/manual/release-notes/8.0-downgrade/",
  },
  {
    role: "redis",
    name: "Redis",
    parts: 2,
    why: "Redis ends at once on a dump that a newer format was used for (Can't handle RDB format version)",
    source: "https://github.com/redis/redis/issues/14064",
  },
];

const UPGRADE = "https://www.mongodb.com/docs/manual/release-notes/8.0-upgrade-standalone/";
const MONGO: ServiceName = "mongodb";
const MONGOSH = `${COMMAND} ssh -- docker exec ${MONGO} mongosh --quiet --eval`;

/** Refuses to go back, and Mongo to leave a major version out. */
export const keepsImageVersions: Guard = ({ config, plan }, { images, generation, volume }) => {
  const isNewServer = generation !== undefined && generation !== plan.server.generation;
  if (isNewServer && volume === undefined) return [];
  return LINES.flatMap((line) => {
    const before = images?.[line.role];
    const { tag } = config.mail.images[line.role];
    const [was, is] = [before && readVersion(before.tag), readVersion(tag)];
    if (before === undefined || was === undefined || is === undefined) return [];
    if (compareVersions(is, was, line.parts) < 0) return [older(line, tag, before.tag, before.digests)];
    return line.role === "mongo" ? mongoGoesUp(was, is) : [];
  });
};

function writePath(role: ImageRole): string {
  return role === "app" ? "mailstead:mail.release" : `mailstead:mail.images.${role}.tag`;
}

function older(line: Line, tag: string, was: string, digests: Readonly<Record<string, string>>): Issue {
  const key = line.role === "app" ? "mail.release" : `mail.images.${line.role}.tag`;
  return {
    path: writePath(line.role),
    rule: "older-image",
    severity: "error",
    message: `${line.name} ${tag} is older than ${was}, which has run on this server's data: ${line.why}`,
    fix:
      `set ${key} back to ${was} and mail.images.${line.role}.digest to ${digests[was] ?? `that of ${was}`}, ` +
      "or take a newer version",
    source: line.source,
  };
}

/** MongoDB starts only on data whose feature compatibility version is that of the major version before, or its own. */
function mongoGoesUp(was: Version, is: Version): Issue[] {
  const [from = 0, to = 0] = [was[0], is[0]];
  if (to === from) return [];
  const at = { path: writePath("mongo"), source: UPGRADE } as const;
  const next = `${String(from + 1)}.0`;
  if (to > from + 1) {
    return [
      {
        ...at,
        rule: "mongo-leaves-out",
        severity: "error",
        message: `MongoDB goes up one major version at a time, and ${String(from)} is deployed: ${String(to)} would not start on its data`,
        fix: `set the tag and the digest of ${next} first, and run \`pulumi up\`; then raise the data: ${raise(next)}`,
      },
    ];
  }
  return [
    {
      ...at,
      rule: "mongo-goes-up",
      severity: "warning",
      message: `MongoDB ${String(to)} starts only on data of feature compatibility version ${String(from)}.0, and there is no way back`,
      fix:
        `ask before: ${MONGOSH} "'db.adminCommand({getParameter: 1, featureCompatibilityVersion: 1})'"; ` +
        `and when it has run well: ${raise(`${String(to)}.0`)}`,
    },
  ];
}

function raise(version: string): string {
  return `${MONGOSH} "'db.adminCommand({setFeatureCompatibilityVersion: \\"${version}\\", confirm: true})'"`;
}
