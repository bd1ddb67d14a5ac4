/**
 * Health checks of the containers.
 *
 * They look every two seconds until the first success, since what starts later waits for it, and every 30 from then on,
 * as upstream's do: each look starts a program, and a dozen of them every few seconds would take a fifth of a small
 * server. The app's image has Node, and nothing else is taken for granted in it.
 *
 * @see https://docs.docker.com/reference/dockerfile/#healthcheck (`--start-interval`: Docker 25, API 1.44)
 */
import type { PlannedHealthCheck } from "../plan.ts";

const TIMES = {
  intervalSeconds: 30,
  timeoutSeconds: 10,
  retries: 3,
  // A failure within it counts for nothing: a small server may take so long to start a dozen programs at once.
  startPeriodSeconds: 120,
  startIntervalSeconds: 2,
};

/** Ends the process with 0 when `socket` is up, else with 1. */
const END = "s.on('error',()=>process.exit(1))";

function node(script: string): PlannedHealthCheck {
  return { test: ["CMD", "node", "-e", script], ...TIMES };
}

/** A port on loopback takes a connection. */
export function tcpAnswers(port: number): PlannedHealthCheck {
  return node(
    `const s=require('node:net').connect(${port},'127.0.0.1',()=>{s.destroy();process.exit(0)});${END}`,
  );
}

/** A web server on loopback answers over TLS, with anything but a fault of its own; the name is not asked. */
export function httpsAnswers(port: number, path: string): PlannedHealthCheck {
  const options = `{host:'127.0.0.1',port:${port},path:'${path}',rejectUnauthorized:false}`;
  return node(`const s=require('node:https').get(${options},r=>process.exit(r.statusCode<500?0:1));${END}`);
}

/** Mongo answers a ping. */
export const mongoAnswers: PlannedHealthCheck = {
  test: ["CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok"],
  ...TIMES,
};

/** Redis answers a ping; an error, as while it loads its file, counts as none (`-e`). */
export const redisAnswers: PlannedHealthCheck = { test: ["CMD", "redis-cli", "-e", "ping"], ...TIMES };
