/** Where things are on the host: the guide's paths, and Mailstead's own. */

/** The guide's folder, which backups and upstream's scripts know. */
export const SELF_HOSTING = "/root/forwardemail.net/self-hosting";

export const SSL = `${SELF_HOSTING}/ssl`;
export const ENV_FILE = `${SELF_HOSTING}/.env`;
/** Where the app has it, and looks for it. */
export const ENV_IN_APP = "/app/.env";

export const NGINX_CONF = `${SELF_HOSTING}/nginx.conf`;

/** What the server of small files reads; each is mounted by itself, so no folder has to be there at first boot. */
export const WELL_KNOWN_FILES = {
  conf: `${SELF_HOSTING}/well-known.conf`,
  mtaSts: `${SELF_HOSTING}/mta-sts.txt`,
  autoconfig: `${SELF_HOSTING}/autoconfig.xml`,
} as const;

/** Folders of data: all that a snapshot must hold. */
export const DATA = {
  mongo: `${SELF_HOSTING}/mongo-data`,
  mongoBackups: `${SELF_HOSTING}/mongo-backups`,
  redis: `${SELF_HOSTING}/redis-data`,
  sqlite: `${SELF_HOSTING}/sqlite-data`,
} as const;

/**
 * On the data volume, so that it outlives a server that dies in between: a restore's mark is there until the outbound queue of the
 * snapshot is held.
 */
export const QUEUE_HOLD = "/mnt/mailstead/queue-hold";
export const QUEUE_HOLD_MARK = `${QUEUE_HOLD}/pending`;

/** Mailstead's own settings and scripts. */
export const SETTINGS = "/etc/mailstead";
export const SCRIPTS = "/usr/local/lib/mailstead";
/** Counts the mail that has still to leave, in the container that sends it. */
export const WAITING_MAIL_PROGRAM = `${SCRIPTS}/waiting-mail.cjs`;
/** Takes a change of the release, and takes it back. */
export const UPGRADE_SCRIPT = `${SCRIPTS}/upgrade.sh`;

/** Name of the folder of mailboxes below `/mnt` in the containers; stored with each alias, so it never changes. */
export const SQLITE_STORAGE_PATH = "sqlite_storage";

/** Folders that must exist before a container binds them: a missing one would become a folder of root. */
export const DIRECTORIES: readonly { readonly path: string; readonly mode: string }[] = [
  { path: SELF_HOSTING, mode: "0700" },
  { path: SSL, mode: "0700" },
  ...Object.values(DATA).map((path) => ({ path, mode: "0755" })),
  { path: SETTINGS, mode: "0755" },
  { path: SCRIPTS, mode: "0755" },
];
