/** What a recovery bundle holds, and its text: one JSON document, so that `age` and any JSON reader get at it too. */
import { z } from "zod";
import { CommandError } from "../output/terminal.ts";

const FORMAT = "mailstead recovery bundle";
/** Rises where a bundle could not be read as before. */
const VERSION = 1;

const stateSchema = z.object({
  version: z.number(),
  deployment: z.looseObject({
    resources: z.array(z.looseObject({ urn: z.string(), type: z.string() })).nullish(),
    pending_operations: z
      .array(z.object({ type: z.string(), resource: z.looseObject({ urn: z.string() }) }))
      .nullish(),
  }),
});

/** The state of a stack as `pulumi stack export --show-secrets` writes it, without what its secrets were encrypted by. */
export type PlainState = z.infer<typeof stateSchema>;

const bundleSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** ISO 8601, UTC. */
  created: z.iso.datetime(),
  stack: z.string().regex(/^[\w.-]{1,100}$/),
  /** Name of the project, which the state's URNs have in them. */
  project: z.string(),
  /** Of the product, the engine and its plugins, by what they are of. */
  versions: z.record(z.string(), z.string()),
  configuration: z.object({
    /** The stack's file as it stood, without the lines by which the engine opens its secrets. */
    text: z.string(),
    /** Secret values by the ciphertext that stands in `text` for them. */
    secrets: z.record(z.string(), z.string()),
  }),
  state: stateSchema,
});

export type RecoveryBundle = z.infer<typeof bundleSchema>;

/** A bundle as it goes into its file. */
export function writeBundle(bundle: Omit<RecoveryBundle, "format" | "version">): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, ...bundle });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const headSchema = z.object({ format: z.literal(FORMAT), version: z.number() });

/** Reads the text of a bundle. @throws CommandError for what is none, or one of another format */
export function readBundle(text: string): RecoveryBundle {
  const document = parse(text);
  const head = headSchema.safeParse(document);
  if (!head.success) {
    throw new CommandError(
      "the file was opened, and what is in it is no recovery bundle",
      "name a file that `bundle create` wrote",
      2,
    );
  }
  const { version } = head.data;
  if (version !== VERSION) {
    const other =
      version > VERSION ? "a newer Mailstead: take that one" : "an earlier Mailstead: take that one";
    throw new CommandError(
      `the bundle is of format ${String(version)}, and this Mailstead reads format ${String(VERSION)} alone`,
      `it was made by ${other}; \`age --decrypt FILE\` shows its versions`,
    );
  }
  const bundle = bundleSchema.safeParse(document);
  if (bundle.success) return bundle.data;
  const paths = bundle.error.issues.map(({ path }) => path.join("."));
  throw new CommandError(`the bundle is not whole: ${[...new Set(paths)].join(", ")}`, "take another one");
}
