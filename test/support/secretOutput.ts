/** Secret outputs of a stack, as `pulumi stack output --show-secrets` tells them. */
import { readStateOutputs } from "./stateFile.ts";
import { checkout, STACK, succeed } from "./sandbox.ts";

/** By what stands in the state: a value that changes is encrypted anew. */
const decrypted = new Map<string, unknown>();

/** The engine is asked once for each value, as tests ask before each call to the web interface. */
export async function secretOutput(name: string, stack = STACK, folder = checkout): Promise<unknown> {
  const encrypted = `${stack} ${name} ${JSON.stringify(readStateOutputs(stack)[name])}`;
  if (!decrypted.has(encrypted)) {
    const command = ["pulumi", "stack", "output", name, "--show-secrets", "--json", "--stack", stack];
    decrypted.set(encrypted, JSON.parse(await succeed(command, { cwd: folder })));
  }
  return decrypted.get(encrypted);
}
