/** Errors as the engine reads them off gRPC. */
import * as grpc from "@grpc/grpc-js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import { PartialFailure } from "./handler.ts";
import { marshal } from "./value.ts";
import type { Secrets } from "./value.ts";

/** Places in inputs and outputs that are secret, for a failure that carries properties. */
export interface FailureSecrets {
  readonly inputs: Exclude<Secrets, true>;
  readonly outputs: Exclude<Secrets, true>;
}

/** The gRPC form of whatever a handler threw. A {@link PartialFailure} carries its state in the status details. */
export function grpcError(
  thrown: unknown,
  secrets: FailureSecrets = { inputs: {}, outputs: {} },
): grpc.ServiceError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const metadata = new grpc.Metadata();
  if (thrown instanceof PartialFailure) {
    metadata.set("grpc-status-details-bin", Buffer.from(initFailed(thrown, secrets).serializeBinary()));
  }
  return Object.assign(new Error(message), { code: grpc.status.UNKNOWN, details: message, metadata });
}

function initFailed(failure: PartialFailure, secrets: FailureSecrets): InstanceType<typeof statusPb.Status> {
  const detail = new providerPb.ErrorResourceInitFailed();
  detail.setId(failure.id);
  detail.setProperties(marshal(failure.outputs, secrets.outputs));
  detail.setInputs(marshal(failure.inputs, secrets.inputs));
  detail.setReasonsList([failure.message]);
  const packed = new anyPb.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusPb.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(failure.message);
  status.addDetails(packed);
  return status;
}
