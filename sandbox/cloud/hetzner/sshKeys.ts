/** `/v1/ssh_keys`. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { takeId, timestamp } from "./actions.ts";
import { checkLimit, find, type HetznerCloud } from "./cloud.ts";
import { invalid, notUnique, parseBody } from "./errors.ts";
import { listAnswer } from "./listing.ts";
import { checkName, labelsSchema, nameSchema, newRoutes, readBody, type Routes } from "./routes.ts";
import type { SshKey } from "./state.ts";

const createSchema = z.strictObject({
  name: nameSchema,
  public_key: z.string(),
  labels: labelsSchema.optional(),
});
const updateSchema = z.strictObject({ name: nameSchema.optional(), labels: labelsSchema.optional() });

/** Create, list, read, rename, delete. */
export function sshKeyRoutes(cloud: HetznerCloud): Routes {
  const { data } = cloud.store;
  const app = newRoutes();
  app.get("/", (context) => {
    const fingerprint = context.req.query("fingerprint");
    const keys = data.sshKeys.filter((key) => fingerprint === undefined || key.fingerprint === fingerprint);
    return context.json(listAnswer("ssh_keys", keys, context.req.queries(), sshKeyAnswer));
  });
  app.post("/", async (context) => {
    const key = createKey(cloud, parseBody(createSchema, await readBody(context)));
    cloud.store.save();
    return context.json({ ssh_key: sshKeyAnswer(key) }, 201);
  });
  app.get("/:id", (context) =>
    context.json({ ssh_key: sshKeyAnswer(find(cloud, "sshKeys", context.req.param("id"))) }),
  );
  app.put("/:id", async (context) => {
    const key = find(cloud, "sshKeys", context.req.param("id"));
    const body = parseBody(updateSchema, await readBody(context));
    if (body.name !== undefined) checkName(data.sshKeys, body.name, "ssh_key", key.id);
    key.name = body.name ?? key.name;
    key.labels = body.labels ?? key.labels;
    cloud.store.save();
    return context.json({ ssh_key: sshKeyAnswer(key) });
  });
  app.delete("/:id", (context) => {
    const key = find(cloud, "sshKeys", context.req.param("id"));
    data.sshKeys.splice(data.sshKeys.indexOf(key), 1);
    cloud.store.save();
    return context.body(null, 204);
  });
  return app;
}

function createKey(cloud: HetznerCloud, body: z.infer<typeof createSchema>): SshKey {
  const { data } = cloud.store;
  const publicKey = body.public_key.trim();
  const fingerprint = fingerprintOf(publicKey);
  checkLimit(cloud, "sshKeys");
  checkName(data.sshKeys, body.name, "ssh_key");
  if (data.sshKeys.some((key) => key.fingerprint === fingerprint)) {
    throw notUnique("public_key", "SSH key with the same fingerprint");
  }
  const key: SshKey = {
    id: takeId(data, "sshKeys"),
    name: body.name,
    publicKey,
    fingerprint,
    labels: body.labels ?? {},
    created: timestamp(),
  };
  data.sshKeys.push(key);
  return key;
}

/** MD5 of the key blob, as `ssh-keygen -l -E md5` prints it. The blob names its own type (RFC 4253, 6.6). */
function fingerprintOf(publicKey: string): string {
  const [type = "", base64 = ""] = publicKey.split(/\s+/);
  const blob = Buffer.from(base64, "base64");
  const named = blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1") : "";
  if (type === "" || named !== type) throw invalid("public_key", "is not a valid SSH public key");
  return createHash("md5")
    .update(blob)
    .digest("hex")
    .replaceAll(/..(?=.)/g, "$&:");
}

function sshKeyAnswer(key: SshKey): Record<string, unknown> {
  const { id, name, publicKey, fingerprint, labels, created } = key;
  return { id, name, fingerprint, public_key: publicKey, labels, created };
}
