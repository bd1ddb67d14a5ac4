/**
 * Health checks of the containers.
 *
 * They look every few seconds (upstream: every 30), since what starts later waits for them. The app's image has
 * Node, and nothing else is taken for granted in it.
 */
import type { PlannedHealthCheck } from "../plan.ts";

/** Ends the process with 0 when `socket` is up, else with 1. */
const END = "s.on('error',()=>process.exit(1))";

function every(intervalSeconds: number, test: readonly string[]): PlannedHealthCheck {
  return { test, intervalSeconds, timeoutSeconds: 10, retries: 12, startPeriodSeconds: 60 };
}

function node(intervalSeconds: number, script: string): PlannedHealthCheck {
  return every(intervalSeconds, ["CMD", "node", "-e", script]);
}

/** A port on loopback takes a connection. */
export function tcpAnswers(port: number, intervalSeconds = 4): PlannedHealthCheck {
  return node(
    intervalSeconds,
    `const s=require('node:net').connect(${port},'127.0.0.1',()=>{s.destroy();process.exit(0)});${END}`,
  );
}

/** A web server on loopback answers over TLS, with anything but a fault of its own; the name is not asked. */
export function httpsAnswers(port: number, path: string, intervalSeconds = 4): PlannedHealthCheck {
  const options = `{host:'127.0.0.1',port:${port},path:'${path}',rejectUnauthorized:false}`;
  return node(
    intervalSeconds,
    `const s=require('node:https').get(${options},r=>process.exit(r.statusCode<500?0:1));${END}`,
  );
}

/** Mongo answers a ping. */
export const mongoAnswers: PlannedHealthCheck = every(4, [
  "CMD",
  "mongosh",
  "--quiet",
  "--eval",
  "db.adminCommand('ping').ok",
]);

/** Redis answers a ping; an error, as while it loads its file, counts as none (`-e`). */
export const redisAnswers: PlannedHealthCheck = every(2, ["CMD", "redis-cli", "-e", "ping"]);
