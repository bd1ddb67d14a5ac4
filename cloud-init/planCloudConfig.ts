/** What the first boot does, as an object. Small and stable: a change of it waits for the next generation. */
import type { PlannedBoot } from "../stack/model/plan.ts";
import { shellQuote } from "../stack/values/shellQuote.ts";
import type { CloudConfig, WriteFile } from "./cloudConfig.ts";
import { listPackages } from "./packages.ts";
import type { Sources } from "./sources.ts";

/** Settings file that `first-boot.sh` reads: data apart from the script, so that the script stays a whole file. */
function bootSettings(boot: PlannedBoot): string {
  const lines = boot.directories.map(({ path, mode }) => `${mode} ${path}`);
  return [`SWAP_MIB=${String(boot.swapMib)}`, `DIRECTORIES=${shellQuote(lines.join("\n"))}`, ""].join("\n");
}

/** The guide's `/etc/profile.d/env.sh`. Values are quoted for a POSIX shell. */
export function profileEnvironment(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
    .join("");
}

/** Whole files from `cloud-init/files/` that the first boot needs, with their place on the host. */
const ASSETS: readonly { readonly asset: string; readonly path: string; readonly permissions: string }[] = [
  { asset: "sshd.conf", path: "/etc/ssh/sshd_config.d/10-mailstead.conf", permissions: "0644" },
  { asset: "sysctl.conf", path: "/etc/sysctl.d/60-mailstead.conf", permissions: "0644" },
  { asset: "docker-daemon.json", path: "/etc/docker/daemon.json", permissions: "0644" },
  { asset: "metadata.nft", path: "/etc/mailstead/metadata.nft", permissions: "0644" },
  {
    asset: "mailstead-metadata.service",
    path: "/etc/systemd/system/mailstead-metadata.service",
    permissions: "0644",
  },
  { asset: "first-boot.sh", path: "/usr/local/lib/mailstead/first-boot.sh", permissions: "0755" },
];

/** Last and alone: of several commands cloud-init would report only the last one's status. */
const FIRST_BOOT = [["/usr/local/lib/mailstead/first-boot.sh"]];

/** A stretch of the document: some of its keys. */
export interface Part {
  readonly keys: Partial<CloudConfig>;
  /** The first key is the last one of the part before: a list, which goes on. */
  readonly goesOn?: true;
  /** Many hosts have the very same. */
  readonly isCommon?: true;
}

const ACCESS: Part = {
  keys: {
    prefer_fqdn_over_hostname: true,
    disable_root: false,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_genkeytypes: ["ed25519"],
  },
  isCommon: true,
};

/** Key of the host, and who may log in. */
function planKeys(sources: Pick<Sources, "slot">): Part {
  return {
    keys: {
      ssh_keys: {
        ed25519_private: ended(sources.slot("hostPrivateKey")),
        ed25519_public: sources.slot("hostPublicKey").trim(),
      },
      users: [
        {
          name: "root",
          lock_passwd: true,
          // The deploy's alone: those of people come and go, and the deploy writes them.
          ssh_authorized_keys: [sources.slot("deployPublicKey").trim()],
        },
      ],
    },
  };
}

function ownFiles({ environment }: PlannedBoot): readonly WriteFile[] {
  return [{ path: "/etc/profile.d/env.sh", permissions: "0755", content: profileEnvironment(environment) }];
}

function commonFiles(boot: PlannedBoot, sources: Pick<Sources, "asset">): readonly WriteFile[] {
  return [
    { path: "/etc/mailstead/boot.env", permissions: "0644", content: bootSettings(boot) },
    ...ASSETS.map(({ asset, path, permissions }) => ({ path, permissions, content: sources.asset(asset) })),
  ];
}

/** Plans the document that boots a host of ours, part by part in the order in which it is written. */
export function planParts(boot: PlannedBoot, sources: Sources): readonly Part[] {
  return [
    { keys: { hostname: boot.hostname.split(".")[0] ?? boot.hostname, fqdn: boot.hostname } },
    ACCESS,
    planKeys(sources),
    { keys: { package_update: true, packages: listPackages(boot) }, isCommon: true },
    { keys: { write_files: ownFiles(boot) } },
    { keys: { write_files: commonFiles(boot, sources), runcmd: FIRST_BOOT }, goesOn: true, isCommon: true },
  ];
}

/** OpenSSH refuses a private key without its final newline. */
function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
