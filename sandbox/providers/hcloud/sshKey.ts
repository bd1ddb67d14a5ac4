/** `hcloud.SshKey`. Calls: POST; GET; PUT with what changed; DELETE. */
import type { Known, ResourceHandler } from "../protocol/handler.ts";
import type { Properties } from "../protocol/value.ts";
import type { HcloudApi } from "./api.ts";
import { missing, named, refreshed } from "../protocol/inputs.ts";
import type { SshKey } from "./model.ts";
import { frameworkStep } from "./wording.ts";

/** The resource, on an API that is there once the provider is configured. */
export function sshKeyResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema: {
      inputs: ["labels", "name", "publicKey"],
      required: ["publicKey"],
      replaceOn: ["publicKey"],
      computed: ["fingerprint", "id"],
      // The API may trim the key, and the provider then wants to replace it for ever.
      comparedWithOutput: ["publicKey"],
    },
    check: (news, olds, context) => ({ inputs: named(news, olds, context), failures: [] }),
    create: (inputs, context) =>
      frameworkStep(context, async () => {
        const body = { name: inputs.name, public_key: inputs.publicKey, labels: inputs.labels ?? {} };
        const { ssh_key } = await api().request<{ ssh_key: SshKey }>(
          "POST",
          "/ssh_keys",
          context.signal,
          body,
        );
        return { id: `${ssh_key.id}`, outputs: outputsOf(ssh_key) };
      }),
    read: (id, outputs, inputs, context) =>
      frameworkStep(context, async () => {
        const found = await api().find<{ ssh_key: SshKey }>(`/ssh_keys/${id}`, context.signal);
        if (found === undefined) return missing(id, outputs);
        const now = outputsOf(found.ssh_key);
        return { id, outputs: now, inputs: refreshed(inputs, now, ["labels", "name", "publicKey"]) };
      }),
    update: (id, olds, news, context) =>
      frameworkStep(context, async () => {
        const body = changedFields(olds.inputs, news, { name: "name", labels: "labels" });
        const { ssh_key } = await api().request<{ ssh_key: SshKey }>(
          "PUT",
          `/ssh_keys/${id}`,
          context.signal,
          body,
        );
        return outputsOf(ssh_key);
      }),
    delete: (id, _olds, context) =>
      frameworkStep(context, async () => {
        await api().request("DELETE", `/ssh_keys/${id}`, context.signal);
      }),
  };
}

/** Body of a PUT: inputs that changed, under the API's names. Labels that were dropped are sent empty. */
export function changedFields(olds: Known, news: Known, names: Readonly<Record<string, string>>): Properties {
  const changed = Object.entries(names).filter(
    ([key]) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]),
  );
  return Object.fromEntries(
    changed.map(([key, name]) => [name, news[key] ?? (key === "labels" ? {} : undefined)]),
  );
}

function outputsOf(key: SshKey): Properties {
  const { fingerprint, labels, name, public_key } = key;
  return { id: `${key.id}`, fingerprint, labels, name, publicKey: public_key };
}
