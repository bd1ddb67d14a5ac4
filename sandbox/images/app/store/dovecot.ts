/** imap and pop3: a real Dovecot on the mailboxes, whose list of users follows the database. */
import { spawn } from "node:child_process";
import { chmod, chown, mkdir, rename, writeFile } from "node:fs/promises";
import { openDatabase, type Database } from "../database.ts";
import { every, log } from "../process.ts";
import { readSettings, type Settings } from "../settings.ts";
import { makeFolder, MAIL_USER } from "./maildir.ts";

/** Runs Dovecot for one protocol, and ends when it ends. */
export async function serveMailboxes(protocol: "IMAP" | "POP3"): Promise<void> {
  const settings = readSettings();
  const database = await openDatabase(settings);
  const folder = `/run/dovecot-${protocol.toLowerCase()}`;
  await mkdir(folder, { recursive: true });
  await makeFolder(settings.storage);
  // The host made the folder as root; a mailbox that never got mail is made by Dovecot itself.
  await chown(settings.storage, MAIL_USER, MAIL_USER);
  let written = "";
  const follow = async (): Promise<void> => {
    const users = await usersText(database);
    if (users !== written) await writeUsers(`${folder}/users`, users);
    written = users;
  };
  await follow();
  every(1, "users", follow);
  await writeFile(`${folder}.conf`, dovecotConfig(settings, protocol, folder));
  // Dovecot's master stays in the foreground, and stops its children when it is told to end.
  const dovecot = spawn("dovecot", ["-F", "-c", `${folder}.conf`], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  dovecot.on("error", (error) => {
    log("dovecot does not start", { reason: error.message });
  });
  dovecot.on("exit", (code) => process.exit(code ?? 1));
  log("listening", { port: settings.ports[protocol] });
  process.on("SIGTERM", () => dovecot.kill("SIGTERM"));
}

async function usersText(database: Database): Promise<string> {
  const aliases = await database.aliases.find({ hasImap: true }).sort({ _id: 1 }).toArray();
  return aliases.map((alias) => `${alias._id}:${alias.passwordHash}\n`).join("");
}

/** Readable by Dovecot's authentication process alone, and whole at any moment. */
async function writeUsers(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  await writeFile(next, text, { mode: 0o600 });
  await chown(next, DOVECOT_USER, DOVECOT_USER);
  await chmod(next, 0o600);
  await rename(next, file);
}

/** The user `dovecot` of the image. */
const DOVECOT_USER = 102;

/** Configuration in the form of Dovecot 2.4. */
export function dovecotConfig(settings: Settings, protocol: "IMAP" | "POP3", folder: string): string {
  const name = protocol.toLowerCase();
  const tls = settings.tlsFiles(protocol);
  return `dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
protocols = ${name}
listen = *, ::
base_dir = ${folder}
log_path = /dev/stderr
ssl = required
ssl_server_cert_file = ${tls.certificate}
ssl_server_key_file = ${tls.key}
auth_mechanisms = plain login
mail_driver = maildir
mail_path = ${settings.storage}/%{user | domain}/%{user | username}
mail_uid = ${String(MAIL_USER)}
mail_gid = ${String(MAIL_USER)}
first_valid_uid = ${String(MAIL_USER)}
passdb passwd-file {
  passwd_file_path = ${folder}/users
}
userdb static {
  fields {
    uid = ${String(MAIL_USER)}
    gid = ${String(MAIL_USER)}
    home = ${settings.storage}/%{user | domain}/%{user | username}
  }
}
namespace inbox {
  inbox = yes
}
service ${name}-login {
  inet_listener ${name} {
    port = 0
  }
  inet_listener ${name}s {
    port = ${String(settings.ports[protocol])}
    ssl = yes
  }
}
`;
}
