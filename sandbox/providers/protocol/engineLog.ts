/** Messages from a plugin to the engine that started it. */
import * as grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import type { Severity } from "./handler.ts";

/** Sends one message; without a URN it belongs to the whole run. */
export interface EngineLog {
  (severity: Severity, message: string, urn: string): void;
  /** Ends the line to the engine. */
  close?(): void;
}

const { DEBUG, INFO, WARNING, ERROR } = enginePb.LogSeverity;
const LEVELS = { debug: DEBUG, info: INFO, warning: WARNING, error: ERROR } satisfies Record<
  Severity,
  unknown
>;

/** A log into the engine at `address`; without an address messages go to standard error. */
export function engineLog(address: string | undefined): EngineLog {
  if (address === undefined)
    return (severity, message) => void process.stderr.write(`${severity}: ${message}\n`);
  const client = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  const log: EngineLog = (severity, message, urn) => {
    const request = new enginePb.LogRequest();
    request.setSeverity(LEVELS[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    // A message that cannot be delivered is not worth failing a deployment.
    client.log(request, () => undefined);
  };
  log.close = () => {
    client.close();
  };
  return log;
}
