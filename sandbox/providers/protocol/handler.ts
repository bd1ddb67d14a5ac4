/**
 * What a stand-in must say about a resource or a function; the rest (gRPC, secrets, unknowns, diffs, previews,
 * time-outs) is done by `server.ts`.
 *
 * Handlers see plain values: no secret wrappers, {@link UNKNOWN} where a value is not known yet. Outputs become secret
 * where the input of the same name (and place) was secret, and where the schema says so.
 */
import type { Properties, Value } from "./value.ts";

/** Properties as a handler gets them. */
export type Known = { readonly [key: string]: Value };

/** Severity of a message to the engine. `debug` is shown with `--debug` only. */
export type Severity = "debug" | "info" | "warning" | "error";

/** Who started the plugin: an engine, in the user's project. */
export interface StartedBy {
  /** Variables, as the program was started with them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Working directory, absolute. */
  readonly folder: string;
}

/** Reason of a signal where the plugin was killed: whatever programs it had started go on without it. */
export class PluginKilled extends Error {
  override readonly name = "PluginKilled";
}

/** What a call may use beside its arguments. */
export interface CallContext {
  readonly startedBy: StartedBy;
  /** A preview: nothing may be made, read is allowed. Handlers' create and update are not called in a preview. */
  readonly preview: boolean;
  /** The provider's configuration, defaults from the environment not applied. */
  readonly config: Known;
  /** URN of the resource; empty for functions. */
  readonly urn: string;
  /** Limit of this call: `customTimeouts`, or the schema's default. */
  readonly timeoutSeconds: number;
  /** Aborts at the limit (reason: Error "context deadline exceeded") or at Cancel (Error "context canceled") where the provider's `onCancel` is `abort`. */
  readonly signal: AbortSignal;
  /** Shows a message at the resource. Never throws. */
  log(severity: Severity, message: string): void;
}

/** An input that is refused. `property` is a path such as `rules[0].port`, or empty for the whole resource. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Facts about a resource type. */
export interface ResourceSchema {
  /** Inputs whose change replaces the resource; every other change updates it. */
  readonly replaceOn: readonly string[];
  /** All inputs the type knows; another one is refused at check. Absent: everything is taken. */
  readonly inputs?: readonly string[];
  /** Inputs that must be given. */
  readonly required?: readonly string[];
  /** Outputs the provider makes: unknown in the preview of a create. */
  readonly computed: readonly string[];
  /** Outputs that are unknown in the preview of an update and so are listed in each diff. */
  readonly unknownOnUpdate?: readonly string[];
  readonly secretOutputs?: readonly string[];
  /** Values that the outputs have where no input was given. An input equal to its default is no change. */
  readonly defaults?: Known;
  /** The replacement is made after the old one is gone, whatever the program's option says. */
  readonly deleteBeforeReplace?: boolean;
  /** Inputs whose change is no change at all. */
  readonly ignored?: readonly string[];
  /** Inputs that, when left out, keep what is deployed: dropping them, or naming what is deployed, is no change. */
  readonly optionalComputed?: readonly string[];
  /** Inputs that are compared with the output of the same name: what the vendor made of them counts. */
  readonly comparedWithOutput?: readonly string[];
  /** Paths of lists whose order means nothing: `firewallIds`, `rules`, `rules.sourceIps`. */
  readonly sets?: readonly string[];
  /**
   * Operations whose limit the program may set. The bridge to Terraform ignores others with a warning
   * (pulumi-terraform-bridge, pkg/tfshim/sdk-v2: configWithTimeouts): a resource of its older SDK takes those of its
   * `timeouts` block alone. Absent: all, as with resources of the newer framework and plugins of Pulumi's own.
   */
  readonly customTimeouts?: readonly ("create" | "update")[];
  /** Limits in seconds without `customTimeouts`. Default 20 minutes each. */
  readonly timeouts?: { readonly create?: number; readonly update?: number; readonly delete?: number };
}

/** What changed. Paths are Pulumi property paths: `labels.role`, `rules[1].port`. */
export interface DiffResult {
  readonly changed: boolean;
  /** Path → kind. */
  readonly details: Readonly<
    Record<string, "add" | "update" | "delete" | "add-replace" | "update-replace" | "delete-replace">
  >;
  /** Top-level inputs that force a replacement. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

/** Arguments of {@link ResourceHandler.diff}. */
export interface DiffArguments {
  readonly id: string;
  readonly oldInputs: Known;
  readonly oldOutputs: Known;
  readonly newInputs: Known;
}

/** What a resource is after create or read. */
export interface Deployed {
  readonly id: string;
  readonly outputs: Properties;
}

/** A resource type. */
export interface ResourceHandler {
  readonly schema: ResourceSchema;
  /**
   * Completes or refuses inputs; runs in previews too, so values may be unknown. `olds` are the inputs deployed, empty
   * before the first. Unknown and missing inputs have been looked at already, by the schema.
   */
  check?(
    news: Known,
    olds: Known,
    context: CallContext,
  ): { readonly inputs: Properties; readonly failures: readonly CheckFailure[] };
  /** Inputs in the form in which two spellings of one thing are equal; for comparing only. */
  normalise?(inputs: Known): Properties;
  /** Replaces the comparison of inputs by the schema. Call `compareInputs` of `diff.ts` to refine it. */
  diff?(change: DiffArguments, context: CallContext): DiffResult | Promise<DiffResult>;
  /** Outputs in the preview of a create; absent: inputs, defaults, and everything computed unknown. */
  previewCreate?(inputs: Known, context: CallContext): Properties | Promise<Properties>;
  create(inputs: Known, context: CallContext): Promise<Deployed>;
  /**
   * What is there now; `undefined` when it is gone. For an import `inputs` and `outputs` are empty and only the id is
   * known. `inputs` of the answer are what the program would have to say to get what is there.
   */
  read(
    id: string,
    outputs: Known,
    inputs: Known,
    context: CallContext,
  ): Promise<(Deployed & { readonly inputs: Properties }) | undefined>;
  /** Answers the new outputs. */
  update(
    id: string,
    olds: { readonly inputs: Known; readonly outputs: Known },
    news: Known,
    context: CallContext,
  ): Promise<Properties>;
  delete(
    id: string,
    olds: { readonly inputs: Known; readonly outputs: Known },
    context: CallContext,
  ): Promise<void>;
}

/** A function (`getZone` and the like). Throw to fail; arguments are known. */
export type FunctionHandler = (args: Known, context: CallContext) => Promise<Properties>;

/** A provider. */
export interface ProviderDefinition {
  /** `hcloud`. */
  readonly name: string;
  /** `1.41.0`. */
  readonly version: string;
  /**
   * What a Cancel (one Ctrl-C) does to running calls: `abort` them, the default, or let them `finish` and be saved, as
   * plugins built on the Terraform bridge were measured to do.
   */
  readonly onCancel?: "abort" | "finish";
  /** By type token: `hcloud:index/server:Server`. */
  readonly resources: Readonly<Record<string, ResourceHandler>>;
  /** By token: `hcloud:index/getServers:getServers`. */
  readonly functions?: Readonly<Record<string, FunctionHandler>>;
  /** Refuses configuration. Runs in previews; values may be unknown. */
  checkConfig?(config: Known, startedBy: StartedBy): readonly CheckFailure[];
  /** Takes the configuration; throw to refuse it. Values may be unknown in a preview. */
  configure?(config: Known, startedBy: StartedBy): void;
}

/**
 * Thrown by create or update when the thing exists but is not right: the engine keeps it in state with these outputs,
 * fails the step with the reasons, and updates it at the next `up`.
 */
export class PartialFailure extends Error {
  readonly id: string;
  readonly outputs: Properties;
  readonly inputs: Properties;

  constructor(reason: string, deployed: Deployed & { readonly inputs: Properties }) {
    super(reason);
    this.name = "PartialFailure";
    this.id = deployed.id;
    this.outputs = deployed.outputs;
    this.inputs = deployed.inputs;
  }
}
