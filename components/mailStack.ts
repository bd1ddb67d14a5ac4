/** What runs on the host: its files, the steps that prepare it, images and containers. */
import { Container } from "@pulumi/docker/container.js";
import { Provider } from "@pulumi/docker/provider.js";
import { RemoteImage } from "@pulumi/docker/remoteImage.js";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import type { Plan, PlannedContainer, PlannedImage, PlannedStep } from "../stack/plan.ts";
import type { SlotValues } from "./bind.ts";
import { containerArgs, inStartOrder } from "./containers.ts";
import type { Host } from "./host/host.ts";
import {
  declareDirectories,
  declareFile,
  declareReady,
  declareStep,
  fileText,
  type HostConnection,
  type OnHost,
} from "./remoteFiles.ts";
import { TIMEOUTS } from "./timeouts.ts";

export interface MailStackArgs {
  readonly plan: Pick<Plan, "server" | "files" | "steps" | "images" | "containers">;
  readonly host: Host;
  readonly connection: HostConnection;
  /** Options of the local `ssh`, known when its files have been written. */
  readonly sshOptions: pulumi.Output<string[]>;
  /** Declared DNS records by role, for steps that need them. */
  readonly records: ReadonlyMap<string, pulumi.CustomResource>;
  readonly values: SlotValues;
}

/**
 * The mail stack on a host. It follows the server: when that is replaced, one plain `up` makes all of it anew,
 * whether the old machine answers or not, and nothing is deleted over SSH from a machine that is gone.
 */
export class MailStack extends pulumi.ComponentResource {
  readonly #args: MailStackArgs;
  readonly #hashes: ReadonlyMap<string, pulumi.Output<string>>;
  /** Declared containers by name. */
  readonly containers: ReadonlyMap<string, pulumi.Resource>;

  constructor(name: string, args: MailStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:components:MailStack", name, {}, opts);
    this.#args = args;
    const { plan, values } = args;
    this.#hashes = new Map(plan.files.map((file) => [file.role, hashOf(fileText(file, values))]));
    const onHost: OnHost = { connection: args.connection, server: args.host.server, parent: this };
    const ready = declareReady(onHost);
    const directories = declareDirectories(onHost, plan.server.boot.directories, ready);
    const files = plan.files.map((file) => declareFile(onHost, file, values, directories));
    const prepared = [directories, ...files, ...this.#declareSteps(onHost, [directories, ...files])];
    this.containers = this.#declareContainers(prepared, ready);
    this.registerOutputs({ containers: plan.containers.map((container) => container.name) });
  }

  #declareSteps(onHost: OnHost, files: readonly pulumi.Resource[]): pulumi.Resource[] {
    const known = new Map<string, pulumi.Resource>(this.#args.records);
    return this.#args.plan.steps.map((step: PlannedStep) => {
      const before = step.after.map((role) => need(known, role, `step ${step.role} comes after`));
      const declared = declareStep(onHost, step, this.#hashOfFiles(step.files), [...files, ...before]);
      known.set(step.role, declared);
      return declared;
    });
  }

  #declareContainers(prepared: readonly pulumi.Resource[], ready: pulumi.Resource) {
    const { plan, host, connection, sshOptions } = this.#args;
    const address = pulumi.interpolate`ssh://root@${connection.ipv4}`;
    const provider = new Provider("docker", { host: address, sshOpts: sshOptions }, { parent: this });
    const follows = {
      parent: this,
      provider,
      deletedWith: host.server,
      replacementTrigger: host.server.id,
      deleteBeforeReplace: true,
    };
    const images = new Map<PlannedImage["role"], RemoteImage>();
    for (const { role, reference } of plan.images) {
      const opts = { ...follows, customTimeouts: TIMEOUTS.dockerImage, dependsOn: [ready] };
      images.set(role, new RemoteImage(`image-${role}`, { name: reference, keepLocally: true }, opts));
    }
    const started = new Map<string, pulumi.Resource>();
    for (const container of inStartOrder(plan.containers)) {
      const image = need(images, container.image, `container ${container.name} runs`);
      const before = container.startsAfter.map((name) =>
        need(started, name, `${container.name} starts after`),
      );
      const args = containerArgs(container, image.imageId, this.#readHash(container));
      const dependsOn = [...prepared, ...before];
      // The plugin reports a changed health check as updated and changes nothing: replace instead.
      const replaceOnChanges = ["healthcheck", "init"];
      const opts = { ...follows, customTimeouts: TIMEOUTS.dockerContainer, dependsOn, replaceOnChanges };
      started.set(container.name, new Container(container.name, args, opts));
    }
    return started;
  }

  #readHash(container: PlannedContainer): pulumi.Output<string> | undefined {
    return container.reads.length === 0 ? undefined : this.#hashOfFiles(container.reads);
  }

  #hashOfFiles(roles: readonly string[]): pulumi.Output<string> {
    const hashes = roles.map((role) => need(this.#hashes, role, "a reader names the file"));
    return pulumi.all(hashes).apply((all) => sha256(all.join("\n")));
  }
}

/**
 * Hash of a file's text, in plain also where the text is secret: what makes these files secret are keys and
 * generated secrets of at least 128 bits, which a hash does not give away.
 */
function hashOf(text: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.unsecret(pulumi.output(text).apply(sha256));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function need<K, V>(map: ReadonlyMap<K, V>, key: K, use: string): V {
  const found = map.get(key);
  if (found === undefined)
    throw new Error(`The plan is broken: ${use} ${String(key)}, which was not declared before.`);
  return found;
}
