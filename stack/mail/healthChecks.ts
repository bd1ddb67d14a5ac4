/**
 * Health checks of the containers.
 *
 * They look every two seconds until the first success, since what starts later waits for it, and every other minute from then
 * on, twice before they say that one is not well. Each look starts a program: fifteen of them once a minute take nearly as much
 * of a server that nobody uses as all else on it, day and night, and only a person acts on what they tell. The app's image has Node,
 * and nothing else is taken for granted in it.
 *
 * @see https://docs.docker.com/reference/dockerfile/#healthcheck (`--start-interval`: Docker 25, API 1.44)
 */
import type { PlannedHealthCheck } from "../model/plan.ts";
import type { Listener } from "../services/service.ts";
import { ENV_IN_APP } from "../host/paths.ts";

const TIMES = {
  intervalSeconds: 120,
  timeoutSeconds: 10,
  retries: 2,
  // A failure within it counts for nothing: a small server may take so long to start a dozen programs at once.
  startPeriodSeconds: 120,
  startIntervalSeconds: 2,
};

/** `fail(why)`: what docker keeps as the check's output, and `mailstead status` shows. */
const FAIL = "const fail=why=>{console.log(why);process.exit(1)};";

/**
 * The container can read our `.env`, with its own user and rights. One that it cannot read is passed over by the app
 * without a word (`@ladjs/env` in silent mode): it would run with secrets that upstream ships for everyone to read.
 */
function readsEnv(domain: string): string {
  const fix = "then restart this container";
  return (
    `let env='';try{env=require('node:fs').readFileSync('${ENV_IN_APP}','utf8')}` +
    `catch(e){fail('${ENV_IN_APP} cannot be read ('+e.code+'), so this container may run with secrets that everyone ` +
    `knows: give the file to root with mode 0600, ${fix}')};` +
    `env.split('\\n').includes('WEB_HOST=${domain}')||fail('${ENV_IN_APP} is not that of ${domain}: run pulumi up, ${fix}');`
  );
}

/**
 * An app's container is well: it can read `.env`, and `answers` is true; without one, as for jobs that nobody can ask, the
 * first is all. What it answers tells that the process did read it: upstream's own ports are others (2525, 2587, 2993,
 * 2995), or it has no TLS.
 */
export function appIsWell(domain: string, answers = ""): PlannedHealthCheck {
  return { test: ["CMD", "node", "-e", `${FAIL}${readsEnv(domain)}${answers}`], ...TIMES };
}

/** The port answers as its row of the table says. */
export function portAnswers({ port, answers }: Listener): string {
  if (answers === undefined) return "";
  if (answers === "tcp") return tcpAnswers(port);
  return answers === "tls" ? tlsAnswers(port) : httpsAnswers(port, answers.https);
}

function silent(port: number): string {
  return `s.on('error',e=>fail('port ${port} does not answer: '+(e.code||e.message)));`;
}

/** A port on loopback takes a connection. */
export function tcpAnswers(port: number): string {
  const done = "()=>{s.destroy();process.exit(0)}";
  return `const s=require('node:net').connect(${port},'127.0.0.1',${done});${silent(port)}`;
}

/** A port on loopback speaks TLS; the name is not asked. */
export function tlsAnswers(port: number): string {
  const options = `{host:'127.0.0.1',port:${port},rejectUnauthorized:false}`;
  return `const s=require('node:tls').connect(${options},()=>process.exit(0));${silent(port)}`;
}

/** A web server on loopback answers over TLS, with anything but a fault of its own; the name is not asked. */
export function httpsAnswers(port: number, path: string): string {
  const options = `{host:'127.0.0.1',port:${port},path:'${path}',rejectUnauthorized:false}`;
  const judge = `r=>r.statusCode<500?process.exit(0):fail('port ${port} answers '+r.statusCode)`;
  return `const s=require('node:https').get(${options},${judge});${silent(port)}`;
}

/** Mongo answers a ping. */
export const mongoAnswers: PlannedHealthCheck = {
  test: ["CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok"],
  ...TIMES,
};

/** Redis answers a ping; an error, as while it loads its file, counts as none (`-e`). */
export const redisAnswers: PlannedHealthCheck = { test: ["CMD", "redis-cli", "-e", "ping"], ...TIMES };
