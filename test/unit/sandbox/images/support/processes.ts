/** Processes of the app's stand-in on loopback, with a database, sessions and a DNS that the test has in its hands. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startMemoryMongo } from "../../../../support/memoryMongo.ts";
import { startMemoryRedis } from "../../../../support/memoryRedis.ts";
import { freePort } from "../../../../support/freePort.ts";
import { temporaryFolder } from "../../../../support/temporaryFolder.ts";
import { APP } from "./inApp.ts";

/** What the processes find around them. */
interface Surroundings {
  /** Answers of the DNS, by `NAME TYPE`. */
  readonly dns?: Readonly<Record<string, readonly unknown[]>>;
  /** Free bytes on the disk of the mailboxes. */
  readonly free?: number;
}

/** Everything that the processes share. */
export interface World {
  readonly mongo: Awaited<ReturnType<typeof startMemoryMongo>>;
  readonly ports: Readonly<Record<string, number>>;
  /** Says what the processes find around them from now on. */
  surround(surroundings: Surroundings): void;
  /** Starts a script of the app and waits, at most two minutes, until it is ready. */
  start(script: string, variables?: Readonly<Record<string, string>>): Promise<ChildProcess>;
  stop(): Promise<void>;
}

const NAMES = ["WEB", "API", "SMTP", "IMAP", "POP3", "SQLITE"] as const;

/** A certificate for 127.0.0.1, which who trusts it can use for its own root. */
function certificate(folder: string): { key: string; pem: string } {
  const [key, pem] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", pem],
    ],
    { stdio: "ignore" },
  );
  return { key, pem };
}

async function ready(child: ChildProcess, script: string): Promise<void> {
  let said = "";
  await new Promise<void>((done, fail) => {
    const late = setTimeout(() => {
      fail(new Error(`${script} was not ready within two minutes: ${said}`));
    }, 120_000);
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (!/"event":"(listening|ready)"/.test(said)) return;
      clearTimeout(late);
      done();
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("exit", (code) => {
      clearTimeout(late);
      fail(new Error(`${script} ended with ${code}: ${said}`));
    });
  });
}

/** Makes a world; `example.com` is the server's own domain. */
export async function makeWorld(): Promise<World> {
  const [mongo, redis] = [await startMemoryMongo(), await startMemoryRedis()];
  const folder = temporaryFolder();
  const { key, pem } = certificate(folder);
  const file = join(folder, "surroundings.json");
  const ports: Record<string, number> = {};
  for (const name of NAMES) ports[name] = await freePort();
  const children: ChildProcess[] = [];
  const surround = ({ dns = {}, free = 0 }: Surroundings): void => {
    writeFileSync(file, JSON.stringify({ dns, free }));
  };
  surround({});
  const env = {
    PATH: process.env["PATH"] ?? "",
    ...{ ENV_PATH: "/dev/null/.env", SELF_HOSTED: "true", WEB_HOST: "example.com", MONGO_URI: mongo.uri },
    ...Object.fromEntries(NAMES.map((name) => [`${name}_PORT`, String(ports[name])])),
    ...{
      REDIS_PORT: String(redis.port),
      SMTP_TRANSPORT_HOST: "127.0.0.1",
      SMTP_TRANSPORT_PASS: "transport-password-1",
    },
    ...{ HTTP_PROTOCOL: "https", WEB_SSL_KEY_PATH: key, WEB_SSL_CERT_PATH: pem, NODE_EXTRA_CA_CERTS: pem },
    ...{ SQLITE_STORAGE_ROOT: folder, SURROUNDINGS: file },
  };
  return {
    mongo,
    ports,
    surround,
    start: async (script, variables = {}) => {
      const preload = fileURLToPath(new URL("surroundings.js", import.meta.url));
      const child = spawn(process.execPath, ["--import", preload, script], {
        cwd: APP,
        env: { ...env, ...variables },
        stdio: ["ignore", "pipe", "pipe"],
      });
      children.push(child);
      await ready(child, script);
      return child;
    },
    stop: async () => {
      for (const child of children) {
        if (child.exitCode === null && child.kill()) await once(child, "exit");
      }
      await redis.stop();
      await mongo.stop();
    },
  };
}

/** What a web server answered. */
export interface Said {
  readonly status: number;
  readonly location: string | undefined;
  readonly cookie: string | undefined;
  readonly body: Record<string, unknown>;
}

/** One request over TLS, whose certificate is not looked at, with the headers as they are given and no others. */
export async function call(
  port: number | undefined,
  method: string,
  path: string,
  {
    headers = {},
    fields,
  }: { headers?: Readonly<Record<string, string>>; fields?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  const { request } = await import("node:https");
  const body = fields === undefined ? "" : new URLSearchParams(fields).toString();
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...{ host: "127.0.0.1", port, method, path, rejectUnauthorized: false, agent: false },
        headers: {
          accept: "application/json",
          "content-length": Buffer.byteLength(body),
          ...(body === "" ? {} : { "content-type": "application/x-www-form-urlencoded" }),
          ...headers,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          const isJson = (response.headers["content-type"] ?? "").includes("json");
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            cookie: response.headers["set-cookie"]?.[0]?.split(";")[0],
            body: (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>,
          });
        });
      },
    );
    asking.on("error", reject);
    asking.end(body);
  });
}
