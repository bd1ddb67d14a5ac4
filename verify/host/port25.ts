/** Whether mail can leave: TCP to port 25 of well-known mail hosts, from the host itself, by address family. */
import { QUEUE_HOLD_MARK } from "../../stack/host/paths.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { AskHost, Finding } from "../model/finding.ts";

/** Mail hosts of large providers with addresses of both families. One answer is enough. */
export const MAIL_HOSTS = [
  "gmail-smtp-in.l.google.com",
  "mx-aol.mail.gm0.yahoodns.net",
  "outlook-com.olc.protection.outlook.com",
];

/** Where each cloud that holds mail back is asked. */
const WHERE_TO_ASK = Object.values(CLOUDS).flatMap(({ title, mailPorts }) =>
  mailPorts === undefined ? [] : [`${title}: ${mailPorts.place}`],
);

/** Seconds for one connection; a vendor that blocks the port drops packets in silence. */
const TIMEOUT_SECONDS = 5;

function writeProbe(family: 4 | 6): string {
  const database = family === 4 ? "ahostsv4" : "ahostsv6";
  return `
for host in ${MAIL_HOSTS.join(" ")}; do
  address=$(getent ${database} "$host" | awk 'NR == 1 { print $1 }')
  case $address in '' | ::ffff:*) continue ;; esac
  if timeout ${String(TIMEOUT_SECONDS)} bash -c "exec 3<>/dev/tcp/$address/25" 2>/dev/null; then echo "${String(family)} open $host"; break; fi
  echo "${String(family)} closed $host"
done
`;
}

/** While a restored queue is still to be held, the host itself lets nothing out. */
const HOLD = `[ ! -e ${QUEUE_HOLD_MARK} ] || { echo hold; exit 0; }\n`;

/** The text to send the vendor, ready to paste. */
export function writeRequest(
  domain: string,
  addresses: { readonly ipv4: string; readonly ipv6: string },
): string {
  return [
    "Please unblock outgoing port 25 (and 465) for my server.",
    `It is the mail server of ${domain}: ${addresses.ipv4} and ${addresses.ipv6}.`,
    "Reverse names, SPF, DKIM and DMARC are in place; it sends personal mail of this domain only, no bulk mail.",
  ].join("\n");
}

/** One finding a family. */
export async function checkPort25(
  ask: AskHost,
  domain: string,
  addresses: { readonly ipv4: string; readonly ipv6: string },
): Promise<Finding[]> {
  const lines = (await ask(`${HOLD}${writeProbe(4)}${writeProbe(6)}`)).split("\n");
  if (lines.includes("hold")) {
    const seen = "closed by this host until mail of the restored queue is held (above)";
    return [{ subject: "outbound port 25", state: "warn", seen, fix: "look again once that is done" }];
  }
  return ([4, 6] as const).map((family) => {
    const subject = `outbound port 25 over IPv${family}`;
    const seen = lines.filter((line) => line.startsWith(`${family} `));
    const open = seen.find((line) => line.includes(" open "));
    if (open !== undefined) return { subject, state: "ok", seen: `${open.split(" ")[2] ?? ""} answers` };
    if (seen.length === 0) {
      return {
        subject,
        state: "warn",
        seen: "no mail host has an address of this family from here",
        fix: "look at the host's resolver",
      };
    }
    return {
      subject,
      state: "bad",
      seen: `blocked: none of ${seen.length} mail hosts answers`,
      fix: `ask the vendor to open it (${WHERE_TO_ASK.join("; ")}), with this text:`,
      detail: writeRequest(domain, addresses).split("\n"),
    };
  });
}
