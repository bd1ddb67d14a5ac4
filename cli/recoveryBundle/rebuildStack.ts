/**
 * Makes a stack from a bundle, with secrets encrypted by the passphrase of this machine.
 *
 * The engine does it in a folder of its own for a moment, where it keeps ciphertext alone; values go to it by standard
 * input. The project's own file is written once, whole, when all is there.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { projectFolder, pulumi } from "../engine.ts";
import { CommandError } from "../output/terminal.ts";
import { readPlainState } from "./collect.ts";
import { engineLines, listSecure, rewriteConfiguration } from "./configuration.ts";
import type { PlainState, RecoveryBundle } from "./format.ts";

/** What a stack's secrets are encrypted by, as a state names it. */
interface Provider {
  readonly type: string;
  readonly state?: { readonly salt?: string };
}

/** A stack that is there already. */
export interface Standing {
  /** With its secrets in plain. */
  readonly state: PlainState;
  readonly provider: Provider | undefined;
}

/** The stack as the engine has it; undefined where there is none of the name. @throws CommandError where it does not open */
export async function findStanding(stack: string): Promise<Standing | undefined> {
  let exported: string;
  try {
    exported = await pulumi(["stack", "export", "--stack", stack]);
  } catch (error) {
    if (error instanceof CommandError && error.message === `there is no stack ${stack}`) return undefined;
    throw error;
  }
  const { version, deployment } = JSON.parse(exported) as PlainState & {
    deployment: { secrets_providers?: Provider };
  };
  const isEmpty = !exported.includes('"urn"');
  const state = isEmpty ? { version, deployment: {} } : await readPlainState(stack);
  return { state, provider: deployment.secrets_providers };
}

/** Whether two states hold the same resources and operations. */
export function holdSame(left: PlainState, right: PlainState): boolean {
  const parts = ({ deployment }: PlainState): unknown[] => [
    deployment.resources ?? [],
    deployment.pending_operations ?? [],
  ];
  return isDeepStrictEqual(parts(left), parts(right));
}

/** The engine in a folder with a project of the same name. */
class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), "mailstead-restore-"));
  readonly #stack: string;

  constructor(stack: string) {
    this.#stack = stack;
    copyFileSync(join(projectFolder(), "Pulumi.yaml"), join(this.#folder, "Pulumi.yaml"));
  }

  get #file(): string {
    return join(this.#folder, `Pulumi.${this.#stack}.yaml`);
  }

  pulumi(args: readonly string[], input = ""): Promise<string> {
    return pulumi(["--cwd", this.#folder, ...args, "--stack", this.#stack], input);
  }

  /** Makes the stack, or opens one that is there by what its secrets are encrypted by. */
  async begin(standing: Standing | undefined): Promise<void> {
    if (standing === undefined) {
      const init = ["stack", "init", this.#stack, "--no-select", "--secrets-provider", "passphrase"];
      await pulumi(["--cwd", this.#folder, ...init]);
      return;
    }
    const own = join(projectFolder(), `Pulumi.${this.#stack}.yaml`);
    const { salt } = standing.provider?.state ?? {};
    const lines = existsSync(own) ? engineLines(readFileSync(own, "utf8")) : "";
    writeFileSync(this.#file, salt === undefined ? lines : `encryptionsalt: ${salt}\n`);
  }

  /** New ciphertexts by the old ones. */
  async encrypt(secrets: RecoveryBundle["configuration"]["secrets"]): Promise<ReadonlyMap<string, string>> {
    const old = Object.keys(secrets);
    // The engine takes the last end of a line for whoever typed it.
    for (const [index, value] of Object.values(secrets).entries())
      await this.pulumi(["config", "set", "--secret", `restored:z${String(index)}`], `${value}\n`);
    const fresh = new Map(listSecure(this.#text()).map(({ path: [key], ciphertext }) => [key, ciphertext]));
    return new Map(
      old.map((ciphertext, index) => [ciphertext, fresh.get(`restored:z${String(index)}`) ?? ""]),
    );
  }

  async importState({ version, deployment }: PlainState, standing: Standing | undefined): Promise<void> {
    const [, salt] = /^encryptionsalt: *(\S+)/m.exec(this.lines) ?? [];
    const provider = salt === undefined ? standing?.provider : { type: "passphrase", state: { salt } };
    const state = { version, deployment: { ...deployment, secrets_providers: provider } };
    await this.pulumi(["stack", "import"], JSON.stringify(state));
  }

  /** By which the engine opens the stack's secrets. */
  get lines(): string {
    return engineLines(this.#text());
  }

  #text(): string {
    return existsSync(this.#file) ? readFileSync(this.#file, "utf8") : "";
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Makes the stack, or fills the one that is there.
 *
 * @returns text of the stack's file.
 * @throws CommandError where the engine refuses
 */
export async function rebuildStack(bundle: RecoveryBundle, standing: Standing | undefined): Promise<string> {
  const workshop = new Workshop(bundle.stack);
  try {
    await workshop.begin(standing);
    const ciphertexts = await workshop.encrypt(bundle.configuration.secrets);
    if (standing === undefined || !holdSame(standing.state, bundle.state))
      await workshop.importState(bundle.state, standing);
    return rewriteConfiguration(bundle.configuration, ciphertexts, workshop.lines);
  } finally {
    workshop.close();
  }
}
