/** Looks at a drill's server, and at the DNS for the key that it has. */
import { readAsset } from "../../components/assets.ts";
import { dkimName } from "../../stack/dns/dkim.ts";
import { drillStack } from "../../stack/drill/drillStack.ts";
import type { Config } from "../../stack/model/config.ts";
import { findPort } from "../../stack/services/table.ts";
import {
  askRestored,
  judgeDkim,
  judgeRestored,
  type Login,
  type Restored,
} from "../../verify/host/restored.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { createDnsClient } from "../../verify/observe/lookUp/dnsClient.ts";
import {
  createRecursion,
  findReachable,
  listSystemResolvers,
  PUBLIC_RESOLVERS,
} from "../../verify/observe/lookUp/resolvers.ts";
import { readOutputs } from "../engine.ts";
import { remoteAt, runScript } from "../remote.ts";

/** Selector of the server's own key, which is the one that a snapshot holds as a file. */
const OWN_SELECTOR = "default";
const DNS_LIMIT_MS = 20_000;

/** Texts of the record; undefined where nobody answered. Public resolvers first: they say what the world sees. */
async function askKey(name: string): Promise<readonly string[] | undefined> {
  const client = createDnsClient({ limitMs: DNS_LIMIT_MS });
  const { resolvers } = await findReachable(client, PUBLIC_RESOLVERS);
  const answer = await createRecursion(client, [...resolvers, ...listSystemResolvers()]).answer(name, "TXT");
  if (answer.state === "answer") return answer.values;
  return answer.state === "nxdomain" || answer.state === "empty" ? [] : undefined;
}

/** Logs in and reads. @throws CommandError where the host does not answer */
export async function askDrill(stack: string, logins: readonly Login[], config: Config): Promise<Restored> {
  const name = drillStack(stack);
  const { addresses } = (await readOutputs(name)) as { addresses: { ipv4: string } };
  const remote = remoteAt(name, addresses.ipv4);
  const port = findPort(config.mail.storage ? "imap" : "smtp");
  return askRestored((script) => runScript(remote, script), readAsset("drill-look.py"), logins, port);
}

/** Every check. */
export async function judgeDrill(restored: Restored, config: Config): Promise<Finding[]> {
  const name = dkimName(OWN_SELECTOR, config.domain);
  return [...judgeRestored(restored, new Date()), judgeDkim(restored, name, await askKey(name))];
}
