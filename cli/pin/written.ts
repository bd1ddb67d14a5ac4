/** Release and images as a stack's file has them, and what would have to change in it for them to be the registries'. */
import { IMAGES } from "../../stack/config/keys/schema.ts";
import { readRawConfig } from "../../stack/config/readRawConfig.ts";
import { compareVersions, readVersion } from "../../stack/guards/imageVersion.ts";
import { IMAGE_ROLES, type ImageRole } from "../../stack/model/imageRoles.ts";
import type { Replacement } from "../stackFile/replaceValues.ts";
import type { PinnedImage, WantedImage } from "./images.ts";

/** One image as the file has it; what it leaves out is absent. */
interface WrittenImage {
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** What a file says of release and images, whether it is a good configuration or not. */
export interface Written {
  readonly release?: string;
  readonly images: Readonly<Record<ImageRole, WrittenImage>>;
}

/** A value that changes. */
export interface Change {
  /** Path below `mailstead:`, such as `mail.images.app.digest`. */
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function texts(value: unknown): Readonly<Record<string, string>> {
  const found = Object.entries(object(value)).filter(([, one]) => typeof one === "string");
  return Object.fromEntries(found) as Readonly<Record<string, string>>;
}

/** @param values of a stack's file, by their whole keys. */
export function readWritten(values: Readonly<Record<string, string>>): Written {
  const { mail } = readRawConfig(values);
  const images = object(object(mail)["images"]);
  const { app, nginx, mongo, redis } = images;
  const { release } = texts(mail);
  return {
    ...(release === undefined ? {} : { release }),
    images: { app: texts(app), nginx: texts(nginx), mongo: texts(mongo), redis: texts(redis) },
  };
}

/** Images to be asked for. @param release of the app; the others keep their tags. */
export function wantedImages({ images }: Written, release: string): Readonly<Record<ImageRole, WantedImage>> {
  const rows = IMAGE_ROLES.map((role) => {
    const preset = IMAGES[role];
    const repository = images[role].repository ?? preset.repository.default.value;
    const usual = "default" in preset.tag ? preset.tag.default.value : release;
    return [role, { repository, tag: role === "app" ? release : (images[role].tag ?? usual) }] as const;
  });
  return Object.fromEntries(rows) as Readonly<Record<ImageRole, WantedImage>>;
}

/** Numbers of a whole release. */
const PARTS = 3;

/** The newest release, unless the file has a newer one already. */
export function newerRelease(newest: string, { release }: Written): string {
  const [one, other] = [readVersion(newest), readVersion(release ?? "")];
  if (release === undefined || one === undefined || other === undefined) return newest;
  return compareVersions(other, one, PARTS) > 0 ? release : newest;
}

/** What is to change. */
export function findChanges(written: Written, found: readonly PinnedImage[]): Change[] {
  const app = found.find(({ role }) => role === "app");
  // Where the file names a tag of its own for the app, that one counts.
  const tags =
    app === undefined
      ? []
      : [
          { key: "mail.release", from: written.release, to: app.tag },
          ...(written.images.app.tag === undefined
            ? []
            : [{ key: "mail.images.app.tag", from: written.images.app.tag, to: app.tag }]),
        ];
  const digests = found.map(({ role, digest }) => {
    return { key: `mail.images.${role}.digest`, from: written.images[role].digest, to: digest };
  });
  return [...tags, ...digests].flatMap(({ key, from = "", to }) => (from === to ? [] : [{ key, from, to }]));
}

/** A change as a place in the file. @param project which the engine puts before a key without a namespace. */
export function toReplacement({ key, to }: Change, project: string): Replacement {
  const [section = "", ...rest] = key.split(".");
  const names = [`mailstead:${section}`, `mailstead:config:${section}`];
  const top = project === "mailstead" ? [...names, section] : names;
  return { path: [["config"], top, ...rest.map((name) => [name])], value: to };
}
