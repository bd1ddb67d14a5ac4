/** What lets a change of the release go back: the host's script, its settings, and its step in the deploy. */
import type { Config } from "../model/config.ts";
import type { PlannedFile, PlannedImage, PlannedStep } from "../model/plan.ts";
import { dropIn, script, settingsText } from "../host/files.ts";
import { DATA, SELF_HOSTING, SETTINGS, UPGRADE_SCRIPT } from "../host/paths.ts";
import { selectServices } from "../services/activeServices.ts";
import { listening, type ListeningService } from "../services/reach.ts";
import { shellQuote } from "../values/shellQuote.ts";

/** Folders that the images write to. What the deploy writes beside them no release changes, nor upstream's own dumps. */
const WRITTEN = [DATA.mongo, DATA.redis, DATA.sqlite];

/** How a server of each protocol begins (RFC 5321 4.2, RFC 9051 7.1.1, RFC 1939 4). */
const BEGINNINGS = { SMTP: "220", IMAP: "* OK", POP3: "+OK" } as const;

/** Lines `PORT plain|tls BEGINNING` of the ports that say something by themselves. */
function greetings(services: readonly ListeningService[]): string {
  return services
    .flatMap(({ listens: { port, opens, client } }) => {
      if (client !== undefined) return [`${String(port)} tls ${BEGINNINGS[client.protocol]}`];
      return opens?.waitsForDomain === true ? [`${String(port)} plain ${BEGINNINGS.SMTP}`] : [];
    })
    .join("\n");
}

/** Settings, script, and what has Docker wait for it at boot. */
export function upgradeFiles(config: Config): readonly PlannedFile[] {
  const services = selectServices(config);
  const open = listening(services).filter(({ listens: { opens } }) => opens !== undefined);
  const databases = services.filter(({ image }) => image === "mongo" || image === "redis");
  const content = settingsText([
    ["FOLDERS", WRITTEN.map((path) => path.slice(SELF_HOSTING.length + 1)).join(" ")],
    ["DATABASES", databases.map(({ name }) => name).join(" ")],
    ["PORTS", open.map(({ listens: { port } }) => port).join(", ")],
    ["GREETINGS", greetings(open)],
  ]);
  return [
    { role: "upgrade-settings", path: `${SETTINGS}/upgrade.conf`, mode: "0644", content: [content] },
    script("upgrade-script", "upgrade.sh"),
    dropIn("docker-upgrade", "docker.service", "docker-upgrade.conf"),
  ];
}

/** A copy where there is no reflink reads and writes all mail. */
const TAKE_SECONDS = 2 * 3600;

/**
 * The last moment before containers are replaced. Without an upgrade that was announced (`mailstead upgrade`) it does nothing.
 * Its text names the images, and so it runs again whenever one of them changes.
 *
 * @param after roles of all other steps
 */
export function upgradeStep(images: readonly PlannedImage[], after: readonly string[]): PlannedStep {
  const references = images.map(({ reference }) => shellQuote(reference)).join(" ");
  const command = `${UPGRADE_SCRIPT} take ${references}`;
  return { role: "upgrade", command, files: [], after, timeoutSeconds: TAKE_SECONDS };
}
