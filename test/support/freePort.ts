/** A port for a server that a test starts. */
import { createServer, type AddressInfo } from "node:net";

/** A TCP port that nobody has at the moment. @param host address to listen at; default every one of both families */
export async function freePort(host = "::"): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, host, ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
