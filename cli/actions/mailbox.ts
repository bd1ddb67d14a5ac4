/** `mailstead mailbox password NAME`: the password that the stack has becomes that of a mailbox which has another. */
import { readAsset } from "../../components/assets.ts";
import { mailboxNames } from "../../stack/mail/onboarding.ts";
import { hostName } from "../../stack/services/names.ts";
import { findPort } from "../../stack/services/table.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { SlotName } from "../../stack/values/slots.ts";
import { readOutputs, stackName } from "../engine.ts";
import { mailboxName, passwordSlot } from "../mailboxes/ownPassword.ts";
import { askSecret } from "../output/askSecret.ts";
import { CommandError, mark, print } from "../output/terminal.ts";
import { loadPlan } from "../project.ts";
import { findRemote, runScript } from "../remote.ts";

interface Options {
  readonly stack?: string | undefined;
}

/** Pieces of the program that runs in the container, in their order. */
const PIECES = ["onboarding-guard.cjs", "onboarding-look.cjs", "mailbox-password.cjs"];

/** The name alone, and the slot of its password. @throws CommandError where the stack has none for it */
function findSlot(given: string, plan: Plan): { name: string; slot: SlotName } {
  const { onboarding } = plan;
  const name = mailboxName(given, plan);
  if (onboarding === undefined) {
    const next = "change the password in the web interface, with the old one";
    throw new CommandError("the stack has no passwords of mailboxes: mailstead:onboarding is by-hand", next);
  }
  const slot = passwordSlot(name, plan);
  if (slot !== undefined) return { name, slot };
  const names = mailboxNames(onboarding);
  throw new CommandError(
    `mailstead:mailboxes has no mailbox ${name}`,
    names.length === 0 ? "list it there, and run `pulumi up`" : `take one of ${names.join(", ")}`,
  );
}

/** What the host runs. It goes there by standard input, and on to the container by standard input. */
function writeScript(settings: object): string {
  const program = PIECES.map(readAsset).join("");
  const call = `globalThis.mailstead.changePassword(${JSON.stringify(settings)});`;
  return `docker exec --interactive web node - 2>/dev/null <<'END_OF_PROGRAM'\n${program}${call}\nEND_OF_PROGRAM\n`;
}

const WORDS: Readonly<Record<string, (about: string) => readonly [what: string, next: string]>> = {
  "no-address": (about) => [`the server has no address ${about}`, "pulumi up makes it"],
  "wrong-password": (about) => [
    `that is not the password of ${about}; nothing was changed`,
    "try again with the one that its mail program has",
  ],
  refused: (about) => [`the server refuses: ${about}`, "mend what it names, and try again"],
};

/** Runs the command. @throws CommandError where the password stays as it is */
export async function mailboxCommand(_action: "password", given: string, options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { plan } = loadPlan(stack);
  const { name, slot } = findSlot(given, plan);
  const outputs = await readOutputs(stack, true);
  const slots = (outputs["slots"] ?? {}) as Partial<Record<SlotName, string>>;
  const [newPassword, keyDigest] = [slots[slot], slots.helperKeyDigest];
  if (newPassword === undefined || keyDigest === undefined)
    throw new CommandError(`the stack has no password for ${name} yet`, "run `pulumi up` first");
  const remote = await findRemote(stack);
  const { domain, contact } = plan;
  const password = await askSecret(`Password that ${name}@${domain} has now`);
  const api = { host: hostName("api", domain), port: findPort("api") };
  const settings = { webHost: domain, keyDigest, email: contact, domain, address: name, api };
  const printed = await runScript(remote, writeScript({ ...settings, password, newPassword }));
  const [, said = ""] = /^mailstead (.*)$/m.exec(printed) ?? [];
  if (said === "changed" || said === "same") {
    const how = said === "same" ? "has" : "now has";
    print(mark("ok", `${name}@${domain} ${how} the password that the stack has for it`));
    return 0;
  }
  const [, code = "", about = ""] = /^left ([a-z-]+) ?(.*)$/.exec(said) ?? [];
  const [what, next] = WORDS[code]?.(about) ?? [
    `the password was not changed: ${about === "" ? "the container web has no answer" : about}`,
    `${COMMAND} status`,
  ];
  throw new CommandError(what, next);
}
