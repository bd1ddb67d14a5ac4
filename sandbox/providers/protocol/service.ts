/** The ResourceProvider service of one provider definition, method by method. */
import * as grpc from "@grpc/grpc-js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb.js";
import { compareInputs } from "./diff.ts";
import { engineLog } from "./engineLog.ts";
import type { EngineLog } from "./engineLog.ts";
import { grpcError } from "./failure.ts";
import type { FailureSecrets } from "./failure.ts";
import { PluginKilled } from "./handler.ts";
import type {
  CallContext,
  Known,
  ProviderDefinition,
  ResourceHandler,
  ResourceSchema,
  StartedBy,
} from "./handler.ts";
import { checkResponse, diffResponse, knownInputs } from "./responses.ts";
import { outputSecrets, plannedCreate, plannedUpdate } from "./preview.ts";
import { hasUnknown, marshal, unmarshal } from "./value.ts";

const DEFAULT_TIMEOUT_SECONDS = 20 * 60;

type Request =
  | pb.CheckRequest
  | pb.DiffRequest
  | pb.CreateRequest
  | pb.ReadRequest
  | pb.UpdateRequest
  | pb.DeleteRequest;
type Unary<Q, A> = (call: { request: Q }, callback: grpc.sendUnaryData<A>) => void;

/** A duration as Go writes it: `10m0s`. */
function goDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const head = hours > 0 ? `${String(hours)}h${String(minutes)}m` : minutes > 0 ? `${String(minutes)}m` : "";
  return `${head}${String(seconds % 60)}s`;
}

/** One provider's answers to the engine. All calls may run side by side. */
export class ProviderService {
  readonly #provider: ProviderDefinition;
  readonly #startedBy: StartedBy;
  readonly #cancelled = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #log: EngineLog;
  #config: Known = {};

  constructor(provider: ProviderDefinition, log: EngineLog, startedBy: StartedBy) {
    this.#provider = provider;
    this.#log = log;
    this.#startedBy = startedBy;
  }

  /** Resolves when no call is running. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Leaves all calls where they are, as the end of a process does. */
  kill(): void {
    this.#cancelled.abort(new PluginKilled("the plugin was killed"));
    this.#log.close?.();
  }

  /** Handlers for `server.addService`. What is not here (Handshake, Parameterize, ...) is unimplemented. */
  methods(): grpc.UntypedServiceImplementation {
    return {
      getPluginInfo: this.#unary(() => new pluginPb.PluginInfo().setVersion(this.#provider.version)),
      checkConfig: this.#unary((request: pb.CheckRequest) => this.#checkConfig(request)),
      diffConfig: this.#unary((request: pb.DiffRequest) => this.#diffConfig(request)),
      configure: this.#unary((request: pb.ConfigureRequest) => this.#configure(request)),
      check: this.#unary((request: pb.CheckRequest) => this.#check(request)),
      diff: this.#unary((request: pb.DiffRequest) => this.#diff(request)),
      create: this.#unary((request: pb.CreateRequest) => this.#create(request)),
      read: this.#unary((request: pb.ReadRequest) => this.#read(request)),
      update: this.#unary((request: pb.UpdateRequest) => this.#update(request)),
      delete: this.#unary((request: pb.DeleteRequest) => this.#delete(request)),
      invoke: this.#unary((request: pb.InvokeRequest) => this.#invoke(request)),
      cancel: this.#unary(() => {
        if (this.#provider.onCancel !== "finish") this.#cancelled.abort(new Error("context canceled"));
        return new emptyPb.Empty();
      }),
      attach: this.#unary((request: { getAddress(): string }) => {
        this.#log = engineLog(request.getAddress());
        return new emptyPb.Empty();
      }),
    };
  }

  #unary<Q, A>(answer: (request: Q) => A | Promise<A>): Unary<Q, A> {
    return ({ request }, callback) => {
      const running = Promise.resolve()
        .then(() => answer(request))
        .then(
          (value) => {
            callback(null, value);
          },
          (thrown: unknown) => {
            callback(isGrpcError(thrown) ? thrown : grpcError(thrown));
          },
        )
        .finally(() => this.#running.delete(running));
      this.#running.add(running);
    };
  }

  #checkConfig(request: pb.CheckRequest): pb.CheckResponse {
    const failures = this.#provider.checkConfig?.(unmarshal(request.getNews()).value, this.#startedBy) ?? [];
    return checkResponse(failures).setInputs(request.getNews());
  }

  #diffConfig(request: pb.DiffRequest): pb.DiffResponse {
    const change = {
      id: request.getId(),
      oldInputs: unmarshal(request.getOldInputs() ?? request.getOlds()).value,
      oldOutputs: unmarshal(request.getOlds()).value,
      newInputs: unmarshal(request.getNews()).value,
    };
    // No setting of a provider makes its resources anew.
    return diffResponse(
      compareInputs({ schema: { replaceOn: [], computed: [], ignored: ["version"] } }, change),
    );
  }

  #configure(request: pb.ConfigureRequest): pb.ConfigureResponse {
    const variables: Record<string, string> = {};
    request.getVariablesMap().forEach((value, key) => {
      variables[key.split(":").at(-1) ?? key] = value;
    });
    this.#config = { ...variables, ...unmarshal(request.getArgs()).value };
    this.#provider.configure?.(this.#config, this.#startedBy);
    const response = new providerPb.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setAcceptresources(true);
    response.setAcceptoutputs(true);
    response.setSupportspreview(true);
    return response;
  }

  async #check(request: pb.CheckRequest): Promise<pb.CheckResponse> {
    const handler = this.#handler(request);
    const { value: news, secrets } = unmarshal(request.getNews());
    const failures = [...knownInputs(handler, news)];
    const checked = await this.#within(request, false, DEFAULT_TIMEOUT_SECONDS, (context) =>
      Promise.resolve(handler.check?.(news, unmarshal(request.getOlds()).value, context)),
    );
    failures.push(...(checked?.failures ?? []));
    return checkResponse(failures, request.getUrn()).setInputs(marshal(checked?.inputs ?? news, secrets));
  }

  async #diff(request: pb.DiffRequest): Promise<pb.DiffResponse> {
    const handler = this.#handler(request);
    const news = unmarshal(request.getNews()).value;
    const oldOutputs = unmarshal(request.getOlds()).value;
    const oldInputs = request.hasOldInputs() ? unmarshal(request.getOldInputs()).value : oldOutputs;
    const change = { id: request.getId(), oldInputs, oldOutputs, newInputs: news };
    const result = await this.#within(request, true, DEFAULT_TIMEOUT_SECONDS, (context) =>
      Promise.resolve(handler.diff?.(change, context) ?? compareInputs(handler, change)),
    );
    return diffResponse({ deleteBeforeReplace: handler.schema.deleteBeforeReplace ?? false, ...result });
  }

  async #create(request: pb.CreateRequest): Promise<pb.CreateResponse> {
    const handler = this.#handler(request);
    const { schema } = handler;
    const { value: inputs, secrets } = unmarshal(request.getProperties());
    const hidden = { inputs: secrets, outputs: outputSecrets(schema, secrets) };
    const preview = request.getPreview();
    const limit = this.#limitOf(request, schema, "create");
    const response = new providerPb.CreateResponse();
    const outputs = await this.#within(
      request,
      preview,
      limit,
      async (context) => {
        if (preview) return (await handler.previewCreate?.(inputs, context)) ?? plannedCreate(schema, inputs);
        const made = await handler.create(inputs, context);
        response.setId(made.id);
        return made.outputs;
      },
      hidden,
    );
    return response.setProperties(marshal(outputs, hidden.outputs));
  }

  async #read(request: pb.ReadRequest): Promise<pb.ReadResponse> {
    const handler = this.#handler(request);
    const inputs = unmarshal(request.getInputs());
    const outputs = unmarshal(request.getProperties());
    const hidden = outputSecrets(handler.schema, outputs.secrets, inputs.secrets);
    const limit = request.getTimeout() || DEFAULT_TIMEOUT_SECONDS;
    const found = await this.#within(request, false, limit, (context) =>
      handler.read(request.getId(), outputs.value, inputs.value, context),
    );
    // An answer without an id says that the resource is gone.
    const response = new providerPb.ReadResponse();
    if (found === undefined) return response;
    response.setId(found.id);
    response.setProperties(marshal(found.outputs, hidden));
    return response.setInputs(marshal(found.inputs, inputs.secrets));
  }

  async #update(request: pb.UpdateRequest): Promise<pb.UpdateResponse> {
    const handler = this.#handler(request);
    const { schema } = handler;
    const { value: news, secrets } = unmarshal(request.getNews());
    const olds = {
      inputs: unmarshal(request.getOldInputs()).value,
      outputs: unmarshal(request.getOlds()).value,
    };
    const hidden = { inputs: secrets, outputs: outputSecrets(schema, secrets) };
    const preview = request.getPreview();
    const limit = this.#limitOf(request, schema, "update");
    const outputs = await this.#within(
      request,
      preview,
      limit,
      async (context) =>
        preview || hasUnknown(news)
          ? plannedUpdate(schema, olds.inputs, olds.outputs, news)
          : handler.update(request.getId(), olds, news, context),
      hidden,
    );
    return new providerPb.UpdateResponse().setProperties(marshal(outputs, hidden.outputs));
  }

  async #delete(request: pb.DeleteRequest): Promise<InstanceType<typeof emptyPb.Empty>> {
    const handler = this.#handler(request);
    const olds = {
      inputs: unmarshal(request.getOldInputs()).value,
      outputs: unmarshal(request.getProperties()).value,
    };
    const limit = request.getTimeout() || (handler.schema.timeouts?.delete ?? DEFAULT_TIMEOUT_SECONDS);
    await this.#within(request, false, limit, (context) => handler.delete(request.getId(), olds, context));
    return new emptyPb.Empty();
  }

  async #invoke(request: pb.InvokeRequest): Promise<pb.InvokeResponse> {
    const call = this.#provider.functions?.[request.getTok()];
    if (call === undefined)
      throw new Error(`${this.#provider.name}: this stand-in has no function ${request.getTok()}`);
    const { value: args, secrets } = unmarshal(request.getArgs());
    const result = await this.#within(undefined, false, DEFAULT_TIMEOUT_SECONDS, (context) =>
      call(args, context),
    );
    return new providerPb.InvokeResponse().setReturn(marshal(result, secrets));
  }

  /** Limit in seconds. One that the resource does not take is ignored with the bridge's warning, in previews too. */
  #limitOf(
    request: pb.CreateRequest | pb.UpdateRequest,
    { customTimeouts, timeouts }: ResourceSchema,
    operation: "create" | "update",
  ): number {
    const given = request.getTimeout();
    const byDefault = timeouts?.[operation] ?? DEFAULT_TIMEOUT_SECONDS;
    if (given === 0) return byDefault;
    if (customTimeouts?.includes(operation) !== false) return given;
    const ignored = `${operation}=${goDuration(given)}`;
    this.#log("warning", `Resource does not support customTimeouts, ignoring: ${ignored}`, request.getUrn());
    return byDefault;
  }

  #handler(request: Request): ResourceHandler {
    const type = request.getUrn().split("::")[2]?.split("$").at(-1) ?? "";
    const handler = this.#provider.resources[type];
    if (handler === undefined)
      throw new Error(`${this.#provider.name}: this stand-in has no resource ${type}`);
    return handler;
  }

  async #within<T>(
    request: Request | undefined,
    preview: boolean,
    timeoutSeconds: number,
    work: (context: CallContext) => Promise<T>,
    secrets?: FailureSecrets,
  ): Promise<T> {
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort(new Error("context deadline exceeded"));
    }, timeoutSeconds * 1000);
    const urn = request?.getUrn() ?? "";
    const signal = AbortSignal.any([limit.signal, this.#cancelled.signal]);
    try {
      signal.throwIfAborted();
      return await work({
        startedBy: this.#startedBy,
        preview,
        config: this.#config,
        urn,
        timeoutSeconds,
        signal,
        log: (severity, message) => {
          this.#log(severity, message, urn);
        },
      });
    } catch (thrown) {
      throw grpcError(thrown, secrets);
    } finally {
      clearTimeout(timer);
    }
  }
}

function isGrpcError(thrown: unknown): thrown is grpc.ServiceError {
  return thrown instanceof Error && "metadata" in thrown && "code" in thrown;
}
