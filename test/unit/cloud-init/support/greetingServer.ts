/** A server with TLS in a process of its own, which greets, and then waits for what the other side says. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

const PROGRAM = `
const [, key, cert, greeting] = process.argv;
const { readFileSync } = await import("node:fs");
const { createServer } = await import("node:tls");
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
  socket.on("error", () => undefined);
  socket.write(greeting + "\\r\\n");
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

/** Starts it. @returns its port on 127.0.0.1; it ends with the scope. */
export async function greetingServer(greeting: string) {
  const folder = temporaryFolder();
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mail", "-days", "1"];
  spawnSync("openssl", [...request, "-keyout", key, "-out", certificate]);
  const args = ["--input-type=module", "--eval", PROGRAM, key, certificate, greeting];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return {
    port: Number(port.toString()),
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, "close");
    },
  };
}
