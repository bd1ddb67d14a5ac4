/**
 * Proves: the health check of an app's container, run as it stands, is content with our file and a process that answers as
 * the file says; it fails with what to do while `.env` cannot be read or is another's, and where the process answers as
 * upstream's shipped values have it; it prints nothing of the file.
 * Cannot prove: that upstream's processes answer so; and a job, which nobody can ask, is judged by the file alone.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer as createWebServer } from "node:https";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appIsWell, httpsAnswers, tcpAnswers, tlsAnswers } from "../../../../stack/mail/healthChecks.ts";
import { fill } from "../../../../stack/values/slots.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { planOf } from "../support/planOf.ts";
import { certificateFor, rawWith } from "../support/validRaw.ts";

const PLANS = [planOf(rawWith({})), planOf(rawWith({ "mail.storage": false }))];

const DOMAIN = "example.com";
const SECRET = "a-secret-that-nobody-may-see";
const file = join(temporaryFolder(), "env");
let open: Server[] = [];
let [plainPort, tlsPort, deadPort] = [0, 0, 0];

/** A server on a free port of loopback. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open = [...open, server];
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const { certificate: cert, privateKey: key } = certificateFor(["localhost"]);
  plainPort = await listening(
    // A check that is content hangs up without a word.
    createServer((socket) => socket.on("error", () => socket.destroy()).end("220 hello\r\n")),
  );
  tlsPort = await listening(
    createWebServer({ key, cert }, (request, response) => {
      response.writeHead(request.url === "/broken" ? 503 : 404).end();
    }),
  );
  const gone = createServer();
  deadPort = await listening(gone);
  await new Promise((resolve) => gone.close(resolve));
});
afterAll(() => {
  for (const server of open) server.close();
});

/** Runs a check as docker does, with the file of this test in the place of the app's. */
async function check(
  answers: string,
  env?: { text?: string },
): Promise<{ code: number | null; printed: string }> {
  const [, program = "", ...words] = appIsWell(DOMAIN, answers).test;
  expect(program).toBe("node");
  writeFileSync(file, env?.text ?? `# head\nWEB_HOST=${DOMAIN}\nHELPER_ENCRYPTION_KEY=${SECRET}\n`, {
    mode: 0o600,
  });
  const path = env?.text === "" ? `${file}/absent` : file;
  const args = words.map((word) => word.replaceAll("readFileSync('/app/.env'", `readFileSync('${path}'`));
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  expect(printed).not.toContain(SECRET);
  return { code, printed };
}

describe("the health check of an app's container", () => {
  test("is content with our file and a process that answers as the file says", async () => {
    for (const answers of ["", tcpAnswers(plainPort), tlsAnswers(tlsPort), httpsAnswers(tlsPort, "/v1/test")])
      expect(await check(answers)).toEqual({ code: 0, printed: "" });
  });

  test("finds the line that it looks for in every planned file", () => {
    for (const plan of PLANS) {
      const content = plan.files.find(({ role }) => role === "env")?.content;
      const text = content === undefined || "asset" in content ? "" : fill(content, (name) => `<${name}>`);
      expect(text.split("\n")).toContain(`WEB_HOST=${DOMAIN}`);
      const checked = plan.containers.filter(({ image }) => image === "app");
      for (const { healthCheck } of checked)
        expect(healthCheck?.test.join(" ")).toContain(`WEB_HOST=${DOMAIN}`);
    }
  });

  test("says why and what to do where the file cannot be read", async () => {
    const { code, printed } = await check(tcpAnswers(plainPort), { text: "" });
    expect(code).toBe(1);
    expect(printed).toBe(
      "/app/.env cannot be read (ENOTDIR), so this container may run with secrets that everyone knows: give the file to " +
        "root with mode 0600, then restart this container\n",
    );
  });

  test.each(["WEB_HOST=localhost\n", "XWEB_HOST=example.com\nWEB_HOST=example.community\n"])(
    "says so where it is another's: %j",
    async (text) => {
      const { code, printed } = await check("", { text });
      expect([code, printed]).toEqual([
        1,
        "/app/.env is not that of example.com: run pulumi up, then restart this container\n",
      ]);
    },
  );

  test("fails where nothing listens, where TLS is not spoken, and where a web server is broken", async () => {
    expect(await check(tcpAnswers(deadPort))).toEqual({
      code: 1,
      printed: `port ${deadPort} does not answer: ECONNREFUSED\n`,
    });
    for (const answers of [tlsAnswers(plainPort), httpsAnswers(plainPort, "/")]) {
      const { code, printed } = await check(answers);
      expect(code).toBe(1);
      expect(printed).toMatch(new RegExp(`^port ${plainPort} does not answer: \\S+`));
    }
    expect(await check(httpsAnswers(tlsPort, "/broken"))).toEqual({
      code: 1,
      printed: `port ${tlsPort} answers 503\n`,
    });
  });
});
