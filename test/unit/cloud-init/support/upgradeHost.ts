/**
 * A host with a real XFS volume and the upgrade's script: containers are files that say their image and whether they run, and
 * rules are checked by the real nft before they count as loaded.
 */
import { fill } from "../../../../stack/values/slots.ts";
import { planOf } from "../../stack/support/planOf.ts";
import { rawWith } from "../../stack/support/validRaw.ts";
import { makeDataHost, type DataHost } from "./dataHost.ts";

export const HOME = "root/forwardemail.net/self-hosting";
const SCRIPT = "usr/local/lib/mailstead/upgrade.sh";
const LIST = `cd ${HOME} && find . -type f -printf '%P %m %U %s ' -exec sha256sum {} \\; | sed 's, /.*,,' | sort`;

/** Old and new release of the app; the databases' images stay. */
export const OLD = "sha256:app@1";
export const NEW = "sha256:app@2";
const DATABASE = "sha256:mongo@1";

const DOCKER = `
d=$root/docker; verb=$1; shift
[ ! -e "$root/docker-fails" ] || exit 1
# In one move: a kill leaves no half of it.
set_state() { read -r image _ <"$d/$2" || exit 1; echo "$image $1" >"$root/state.$$"; mv "$root/state.$$" "$d/$2"; }
case "$verb" in
ps) for f in "$d"/*; do
    read -r image state <"$f"
    case "$* $state" in *--all*|*running) ;; *) continue ;; esac
    case "$*" in *--quiet*) echo "id-\${f##*/}" ;; *) echo "\${f##*/}" ;; esac
  done ;;
inspect) shift 2; for id; do read -r image _ <"$d/\${id#id-}"; echo "$id $image /\${id#id-}"; done ;;
stop) for name; do set_state stopped "$name"; done; echo "stop $*" >>"$root/calls" ;;
start) for name; do set_state running "$name"; done; echo "start $*" >>"$root/calls" ;;
image) case "$1" in
  inspect) shift 3; for reference; do echo "sha256:$reference"; done ;;
  rm) ! grep -q "^$2 " "$d"/* || exit 1; echo "rm $2$([ ! -e "$root/doors" ] || echo ', with closed ports')" >>"$root/calls" ;;
  esac ;;
esac`;

const NFT = `
case "$*" in
*--file*) text=$(cat); unshare --net /usr/sbin/nft --check --file - <<<"$text" || exit 1; echo "$text" >"$root/doors" ;;
list*) [ -e "$root/doors" ] ;;
delete*) rm "$root/doors" ;;
esac`;

export interface UpgradeHost extends DataHost {
  /** Runs a verb; after `killAfter` milliseconds it is killed. */
  upgrade(line: string, killAfter?: number): { readonly status: number | null; readonly said: string };
  /** What `look` says. */
  look(): { phase: string; from: string; to: string; reflink: boolean; closed: boolean; changes: unknown };
  /** Every file of the data, with rights, owner, size and hash. */
  files(): string;
  /** Names of the containers with their image, those that run. */
  running(): string[];
  /** As the engine does: containers of the app are made anew from an image, and what they write is another. */
  replaceApps(names: readonly string[]): void;
  /** The power goes, comes, and Docker starts what nobody had stopped. */
  reboot(): void;
}

/** A host with data, two databases, and three containers of the app. */
export function makeUpgradeHost(): UpgradeHost {
  const host = makeDataHost(["upgrade.sh"]);
  const { files } = planOf(rawWith({}));
  const settings = files.find(({ role }) => role === "upgrade-settings")?.content;
  if (settings === undefined || "asset" in settings) throw new Error("the plan has no settings");
  host.write(
    "etc/mailstead/upgrade.conf",
    fill(settings, () => ""),
  );
  host.program("docker", DOCKER);
  host.program("nft", NFT);
  for (const name of ["mongodb", "redis"]) host.write(`docker/${name}`, `${DATABASE} running\n`);
  for (const name of ["mx", "smtp", "web"]) host.write(`docker/${name}`, `${OLD} running\n`);
  const it: UpgradeHost = {
    ...host,
    upgrade: (line, killAfter) =>
      host.shell(
        `${killAfter === undefined ? "" : `timeout -s KILL ${String(killAfter / 1000)} `}${SCRIPT} ${line}`,
      ),
    look: () => JSON.parse(it.upgrade("look").said) as ReturnType<UpgradeHost["look"]>,
    files: () => host.shell(LIST).said,
    running: () =>
      host
        .shell("cd docker && grep -H running * | sed 's/ running//'")
        .said.trim()
        .split("\n")
        .filter(Boolean),
    replaceApps(names) {
      for (const name of names) host.write(`docker/${name}`, `${NEW} running\n`);
      host.shell(`echo changed >>${HOME}/sqlite-data/box-1; rm ${HOME}/sqlite-data/box-2`);
      host.shell(`echo more >${HOME}/mongo-data/new; echo changed >>${HOME}/mongo-data/users`);
      // The deploy writes it before it replaces containers.
      host.shell(`echo RELEASE=new >${HOME}/.env`);
    },
    reboot() {
      host.cutPower();
      host.shell("rm -f doors docker-runs");
      // As the units do, in this order.
      for (const line of ["data.sh boot", "upgrade.sh boot"]) {
        const { status, said } = host.shell(`usr/local/lib/mailstead/${line}`);
        if (status !== 0) throw new Error(`${line}: ${said}`);
      }
      host.write("docker-runs", "");
      host.shell("usr/local/lib/mailstead/upgrade.sh started");
    },
  };
  host.data(["mount"]);
  host.calls();
  host.shell(`mkdir -p ${HOME}/{mongo-data,redis-data,sqlite-data,ssl}; echo RELEASE=old >${HOME}/.env`);
  host.shell(`for n in $(seq 40); do head -c 60000 /dev/urandom >${HOME}/sqlite-data/box-$n; done`);
  host.shell(`head -c 9000 /dev/urandom >${HOME}/mongo-data/users; chown -R 999 ${HOME}/sqlite-data`);
  host.shell(`echo KEY=1 >${HOME}/.env; chmod 0600 ${HOME}/.env`);
  return it;
}
