/** A folder that stands for a host's root: our scripts run in it, beside programs that play a part. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { planOf, textOf } from "../stack/support/planOf.ts";
import { rawWith } from "../stack/support/validRaw.ts";

const FILES = join(import.meta.dirname, "../../../cloud-init/files");
const SCRIPTS = "usr/local/lib/mailstead";
/** Where an absolute path of the scripts begins; `/dev/null` stays what it is. */
const ROOT_PATH = /(?<![\w.}])\/(?=(etc|mnt|root|run|usr\/local|var)\/)/g;

/** How a script ended. */
interface Ended {
  readonly status: number | null;
  readonly said: string;
}

export interface HostFolder {
  readonly root: string;
  write(path: string, text: string): void;
  /** A file's text; empty where there is none. */
  read(path: string): string;
  /** Puts a program first on PATH. In its text `$root` is the folder, and `$root/calls` a good place for notes. */
  program(name: string, text: string): void;
  /** What programs noted since the last look, a line each. */
  calls(): string[];
  /** Runs one of the scripts. */
  run(script: string, args: readonly string[]): Ended;
}

const CERTIFICATE = {
  env: "certificate.env",
  scripts: ["certificate.sh", "certificate-now.sh", "certificate-hook.sh"],
};

/** Settings of the certificate script as a plan has them, with three containers that read the certificate. */
export function certificateSettings(changes: Readonly<Record<string, unknown>> = {}): string {
  const planned = textOf(planOf(rawWith(changes)), "certificate-env", String);
  return planned.replace(/^READERS=.*$/m, "READERS='imap smtp pop3'");
}

/** Makes the folder, with scripts (those of the certificate) and the settings file they read. */
export function makeHostFolder(settings: string, { env, scripts } = CERTIFICATE): HostFolder {
  const root = temporaryFolder();
  const at = (path: string): string => join(root, path);
  const host: HostFolder = {
    root,
    write(path, text) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    read: (path) => (existsSync(at(path)) ? readFileSync(at(path), "utf8") : ""),
    program(name, text) {
      host.write(`bin/${name}`, `#!/bin/bash\nroot=${root}\n${text}\n`);
      chmodSync(at(`bin/${name}`), 0o755);
    },
    calls() {
      const noted = host.read("calls").split("\n").filter(Boolean);
      host.write("calls", "");
      return noted;
    },
    run(script, args) {
      const ended = spawnSync(at(`${SCRIPTS}/${script}`), args, {
        encoding: "utf8",
        env: { PATH: [at("bin"), "/usr/bin", "/bin"].join(delimiter), LC_ALL: "C" },
        timeout: 20_000,
      });
      return { status: ended.status, said: `${ended.stdout}${ended.stderr}` };
    },
  };
  for (const name of scripts) {
    host.write(
      `${SCRIPTS}/${name}`,
      readFileSync(join(FILES, name), "utf8").replaceAll(ROOT_PATH, `${root}/`),
    );
    chmodSync(at(`${SCRIPTS}/${name}`), 0o755);
  }
  host.write(`etc/mailstead/${env}`, settings);
  for (const folder of ["run", "var/lib/mailstead"]) mkdirSync(at(folder), { recursive: true });
  return host;
}
