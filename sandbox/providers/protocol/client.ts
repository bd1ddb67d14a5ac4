/** A client of a provider plugin that speaks to it as the engine does; for tests of stand-ins and of real plugins. */
import * as grpc from "@grpc/grpc-js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb.js";
import { marshal, unmarshal } from "./value.ts";
import type { Properties, Secrets, Unmarshalled } from "./value.ts";

/** A resource as the engine keeps it in state. */
export interface ResourceState {
  /** `hcloud:index/server:Server`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly id: string;
  readonly inputs: Unmarshalled["value"];
  readonly outputs: Unmarshalled["value"];
  /** Places of the outputs that are secret. */
  readonly secrets: Exclude<Secrets, true>;
}

/** Answer of a diff. */
export interface PlannedChange {
  readonly changed: boolean;
  readonly replaces: readonly string[];
  /** A replacement is made after the old one is gone, though the program does not ask for that. */
  readonly deletesFirst: boolean;
  /** Path → kind, such as `rules[0].port` → `UPDATE`. */
  readonly details: Readonly<Record<string, string>>;
}

/** Options of a call. */
export interface CallOptions {
  readonly preview?: boolean;
  readonly timeoutSeconds?: number;
  /** Places of the inputs that are secret. */
  readonly secrets?: Exclude<Secrets, true>;
}

/** The engine's side of one plugin. Every method rejects with the plugin's gRPC error. */
export class ProviderClient {
  readonly #client: InstanceType<typeof providerGrpc.ResourceProviderClient>;

  constructor(port: number) {
    this.#client = new providerGrpc.ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
  }

  close(): void {
    this.#client.close();
  }

  /** Checks and hands over the configuration; rejects with the reasons when it is refused. */
  async configure(config: Properties): Promise<void> {
    const check = new providerPb.CheckRequest().setNews(marshal(config));
    const answer = await this.#call<pb.CheckResponse>((done) => this.#client.checkConfig(check, done));
    refuse(answer);
    const request = new providerPb.ConfigureRequest().setArgs(marshal(config)).setAcceptsecrets(true);
    await this.#call((done) => this.#client.configure(request, done));
  }

  /** Inputs after check; rejects with the reasons when they are refused. */
  async check(type: string, name: string, news: Properties, olds: Properties = {}): Promise<Unmarshalled> {
    const request = new providerPb.CheckRequest()
      .setUrn(urn(type, name))
      .setNews(marshal(news))
      .setOlds(marshal(olds));
    const answer = await this.#call<pb.CheckResponse>((done) => this.#client.check(request, done));
    refuse(answer);
    return unmarshal(answer.getInputs());
  }

  /** What a change of inputs would do. */
  async diff(state: ResourceState, news: Properties): Promise<PlannedChange> {
    const request = new providerPb.DiffRequest()
      .setId(state.id)
      .setUrn(urn(state.type, state.name))
      .setOlds(marshal(state.outputs))
      .setOldInputs(marshal(state.inputs))
      .setNews(marshal(news));
    const answer = await this.#call<pb.DiffResponse>((done) => this.#client.diff(request, done));
    const kinds = Object.entries(providerPb.PropertyDiff.Kind);
    const details: Record<string, string> = {};
    answer.getDetaileddiffMap().forEach((entry: pb.PropertyDiff, path: string) => {
      details[path] = kinds.find(([, value]) => value === entry.getKind())?.[0] ?? "";
    });
    const changed = answer.getChanges() === providerPb.DiffResponse.DiffChanges.DIFF_SOME;
    const deletesFirst = answer.getDeletebeforereplace();
    return { changed, replaces: answer.getReplacesList(), deletesFirst, details };
  }

  /** Checks and makes a resource, or with `preview` says what its outputs would be. */
  async create(
    type: string,
    name: string,
    inputs: Properties,
    options: CallOptions = {},
  ): Promise<ResourceState> {
    const checked = await this.check(type, name, inputs);
    const request = new providerPb.CreateRequest()
      .setUrn(urn(type, name))
      .setProperties(marshal(checked.value, options.secrets))
      .setPreview(options.preview ?? false)
      .setTimeout(options.timeoutSeconds ?? 0);
    const answer = await this.#call<pb.CreateResponse>((done) => this.#client.create(request, done));
    const outputs = unmarshal(answer.getProperties());
    const made = { outputs: outputs.value, secrets: outputs.secrets };
    return { type, name, id: answer.getId(), inputs: checked.value, ...made };
  }

  /** State after a refresh; undefined when the resource is gone. Empty inputs and outputs make it an import. */
  async read(state: ResourceState): Promise<ResourceState | undefined> {
    const request = new providerPb.ReadRequest()
      .setId(state.id)
      .setUrn(urn(state.type, state.name))
      .setProperties(marshal(state.outputs))
      .setInputs(marshal(state.inputs));
    const answer = await this.#call<pb.ReadResponse>((done) => this.#client.read(request, done));
    if (answer.getId() === "") return undefined;
    const outputs = unmarshal(answer.getProperties());
    const found = { id: answer.getId(), outputs: outputs.value, secrets: outputs.secrets };
    return { ...state, ...found, inputs: unmarshal(answer.getInputs()).value };
  }

  /** Changes a resource in place. */
  async update(state: ResourceState, news: Properties, options: CallOptions = {}): Promise<ResourceState> {
    const checked = await this.check(state.type, state.name, news, state.inputs);
    const request = new providerPb.UpdateRequest()
      .setId(state.id)
      .setUrn(urn(state.type, state.name))
      .setOlds(marshal(state.outputs))
      .setOldInputs(marshal(state.inputs))
      .setNews(marshal(checked.value, options.secrets))
      .setPreview(options.preview ?? false)
      .setTimeout(options.timeoutSeconds ?? 0);
    const answer = await this.#call<pb.UpdateResponse>((done) => this.#client.update(request, done));
    const outputs = unmarshal(answer.getProperties());
    return { ...state, inputs: checked.value, outputs: outputs.value, secrets: outputs.secrets };
  }

  async delete(state: ResourceState, options: CallOptions = {}): Promise<void> {
    const request = new providerPb.DeleteRequest()
      .setId(state.id)
      .setUrn(urn(state.type, state.name))
      .setProperties(marshal(state.outputs))
      .setOldInputs(marshal(state.inputs))
      .setTimeout(options.timeoutSeconds ?? 0);
    await this.#call((done) => this.#client.delete(request, done));
  }

  /** Ends all running calls, and all later ones. */
  async cancel(): Promise<void> {
    await this.#call((done) => this.#client.cancel(new emptyPb.Empty(), done));
  }

  /** Calls a function such as `hcloud:index/getServers:getServers`. */
  async invoke(token: string, args: Properties): Promise<Unmarshalled["value"]> {
    const request = new providerPb.InvokeRequest().setTok(token).setArgs(marshal(args));
    const answer = await this.#call<pb.InvokeResponse>((done) => this.#client.invoke(request, done));
    return unmarshal(answer.getReturn()).value;
  }

  #call<A>(start: (done: (error: grpc.ServiceError | null, answer: A) => void) => void): Promise<A> {
    return new Promise((resolve, reject) => {
      start((error, answer) => {
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
  }
}

function urn(type: string, name: string): string {
  return `urn:pulumi:t::p::${type}::${name}`;
}

function refuse(answer: pb.CheckResponse): void {
  const reasons = answer.getFailuresList().map((failure: pb.CheckFailure) => failure.getReason());
  if (reasons.length > 0) throw new Error(reasons.join("\n"));
}
