/** What runs on the host: its files, the steps that prepare it, images and containers. */
import type { Command } from "@pulumi/command/remote/command.js";
import { Container } from "@pulumi/docker/container.js";
import { Provider } from "@pulumi/docker/provider.js";
import { RemoteImage } from "@pulumi/docker/remoteImage.js";
import { RandomBytes } from "@pulumi/random/randomBytes.js";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { MARKERS } from "../stack/model/markers.ts";
import type { Plan, PlannedContainer, PlannedImage, PlannedStep } from "../stack/model/plan.ts";
import type { SlotValues } from "./bind.ts";
import { containerArgs, inStartOrder } from "./containers.ts";
import { declareRelease } from "./release.ts";
import type { Host } from "./vendors/cloud.ts";
import {
  declareDirectories,
  declareFiles,
  declareReady,
  declareStep,
  fileText,
  type HostConnection,
  type OnHost,
} from "./remoteFiles.ts";
import { TIMEOUTS } from "./timeouts.ts";

export interface MailStackArgs {
  readonly plan: Pick<
    Plan,
    | "server"
    | "firstFiles"
    | "firstSteps"
    | "release"
    | "files"
    | "steps"
    | "images"
    | "containers"
    | "lastSteps"
  >;
  readonly host: Host;
  readonly connection: HostConnection;
  /** Options of the local `ssh`, known when its files have been written. */
  readonly sshOptions: pulumi.Output<string[]>;
  /** Declared DNS records by role, for steps that need them. */
  readonly records: ReadonlyMap<string, pulumi.CustomResource>;
  /** What else can fail and needs no container: it comes before them. */
  readonly before: readonly pulumi.Resource[];
  readonly values: SlotValues;
}

type Images = ReadonlyMap<PlannedImage["role"], RemoteImage>;

type DockerOptions = pulumi.CustomResourceOptions & { readonly provider: Provider };

/**
 * The mail stack on a host. It follows the server: when that is replaced, one plain `up` makes all of it anew,
 * whether the old machine answers or not, and nothing is deleted over SSH from a machine that is gone.
 *
 * Containers come last, after all that can fail: files, steps, every image, records, reverse names. A container is deleted
 * before it is replaced, and a fault anywhere else makes the engine stop between the two.
 */
export class MailStack extends pulumi.ComponentResource {
  readonly #args: MailStackArgs;
  readonly #hashes: ReadonlyMap<string, pulumi.Output<string>>;
  /** Declared containers by name. */
  readonly containers: ReadonlyMap<string, pulumi.Resource>;
  /** What each of the last steps printed, by its role, once it has run. */
  readonly printed: ReadonlyMap<string, pulumi.Output<string>>;
  /** Resolves, to nothing, when every image is on the host; never in an `up` that could not pull one. */
  readonly pulled: pulumi.Output<undefined>;
  /** Resolves, to nothing, when the data are where containers look for them. */
  readonly dataInPlace: pulumi.Output<undefined>;

  constructor(name: string, args: MailStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:components:MailStack", name, {}, opts);
    this.#args = args;
    const { plan, values } = args;
    this.#hashes = new Map(
      [...plan.firstFiles, ...plan.files].map((file) => [file.role, hashText(fileText(file, values))]),
    );
    const { server, attachment } = args.host;
    const onHost: OnHost = { connection: args.connection, server, attachment, parent: this };
    const ready = declareReady(onHost);
    const { sshOptions } = args;
    if (plan.release !== undefined)
      declareRelease(onHost, plan.release, { sshOptions, booted: ready.stdout });
    const known = new Map<string, pulumi.Resource>(args.records);
    const placed = this.#declareFirst(onHost, ready, known);
    this.dataInPlace = pulumi.all(placed.map(({ id }) => id)).apply(() => undefined);
    const directories = declareDirectories(onHost, plan.server.boot.directories, placed);
    const files = declareFiles(onHost, "shipped-files", plan.files, values, [directories]);
    const steps = this.#declareSteps(onHost, plan.steps, known, [directories, ...files]);
    const docker = this.#declareDocker();
    const images = this.#declareImages(docker, ready);
    this.pulled = pulumi.all([...images.values()].map(({ imageId }) => imageId)).apply(() => undefined);
    const onIt = [directories, ...files, ...steps.values(), ...images.values()];
    const prepared = this.#declarePrepared([...onIt, ...args.records.values(), ...args.before]);
    this.containers = this.#declareContainers(docker, images, prepared);
    const last = this.#declareSteps(onHost, plan.lastSteps, known, [...this.containers.values()]);
    // Marked secret where what the step reads is; it prints nothing of that.
    this.printed = new Map(Array.from(last, ([role, { stdout }]) => [role, pulumi.unsecret(stdout)]));
    this.#keepWithServer([...this.containers.values(), ...last.values()]);
    this.registerOutputs({ containers: plan.containers.map((container) => container.name) });
  }

  /**
   * All that comes before the containers. Each of them would list it otherwise, and so would the state, which the engine
   * writes whole after each step.
   */
  #declarePrepared(dependsOn: pulumi.Resource[]): pulumi.Resource {
    return new RandomBytes(MARKERS.prepared, { length: 1 }, { parent: this, dependsOn });
  }

  /**
   * Has what is on the host kept as long as the server is: `destroy --exclude-protected` keeps what a protected resource
   * depends on, and what that depends on. Files and containers cannot be protected themselves, or no change could replace them.
   *
   * A resource of the state alone does it, and not a component: the engine stops at one in a refresh of a server that is
   * gone, as it takes up a component's dependencies there.
   */
  #keepWithServer(dependsOn: pulumi.Resource[]): void {
    const protect = this.#args.plan.server.protect;
    new RandomBytes(MARKERS.kept, { length: 1 }, { parent: this, protect, dependsOn });
  }

  /** Brings the data to their place, once the host is there. Returns what all else on the host comes after. */
  #declareFirst(onHost: OnHost, ready: Command, known: Map<string, pulumi.Resource>): readonly Command[] {
    const { plan, values } = this.#args;
    const files = declareFiles(onHost, "shipped-data-files", plan.firstFiles, values, [ready]);
    const steps = this.#declareSteps(onHost, plan.firstSteps, known, [ready, ...files]);
    return [ready, ...files, ...steps.values()];
  }

  /** @param known what a step may come after, by role; the steps are added to it */
  #declareSteps(
    onHost: OnHost,
    steps: readonly PlannedStep[],
    known: Map<string, pulumi.Resource>,
    prepared: readonly pulumi.Resource[],
  ): ReadonlyMap<string, Command> {
    const declared = steps.map((step): [string, Command] => {
      const before = step.after.map((role) => need(known, role, `step ${step.role} comes after`));
      const after = [...prepared, ...before];
      const hash = this.#hashOfFiles(step.files);
      const command = declareStep(onHost, step, { hash, values: this.#args.values }, after);
      known.set(step.role, command);
      return [step.role, command];
    });
    return new Map(declared);
  }

  /** Options of what is reached through Docker: it is made anew on a new server, and dies with it. */
  #declareDocker() {
    const { host, connection, sshOptions } = this.#args;
    const address = pulumi.interpolate`ssh://root@${connection.ipv4}`;
    return {
      parent: this,
      provider: new Provider("docker", { host: address, sshOpts: sshOptions }, { parent: this }),
      deletedWith: host.server,
      replacementTrigger: host.server.id,
    };
  }

  /** @param ready the host is there. The data need not be: images come while a volume is filled or mail is moved. */
  #declareImages(docker: DockerOptions, ready: Command): Images {
    // The new image is pulled first. Deleted before, it would take each container that runs it along.
    const opts = {
      ...docker,
      customTimeouts: TIMEOUTS.dockerImage,
      dependsOn: [ready],
      deleteBeforeReplace: false,
    };
    return new Map(
      this.#args.plan.images.map(({ role, reference }) => [
        role,
        new RemoteImage(`image-${role}`, { name: reference, keepLocally: true }, opts),
      ]),
    );
  }

  #declareContainers(docker: DockerOptions, images: Images, prepared: pulumi.Resource) {
    const started = new Map<string, pulumi.Resource>();
    for (const container of inStartOrder(this.#args.plan.containers)) {
      const image = need(images, container.image, `container ${container.name} runs`);
      const before = container.startsAfter.map((name) =>
        need(started, name, `${container.name} starts after`),
      );
      const args = containerArgs(container, image.imageId, this.#readHash(container));
      const dependsOn = [prepared, ...before];
      // The plugin reports a changed health check as updated and changes nothing: replace instead.
      const replaced = { deleteBeforeReplace: true, replaceOnChanges: ["healthcheck", "init"] };
      const opts = { ...docker, ...replaced, customTimeouts: TIMEOUTS.dockerContainer, dependsOn };
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
function hashText(text: pulumi.Input<string>): pulumi.Output<string> {
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
