/** The part of rebuild.ts that runs inside the sandbox. Prints its times as JSON. */
import process from "node:process";
import { STACK_LABEL } from "../stack/vendors/names.ts";
import { deleteHandWork, readHandWork, standUp, type HandVolume, type HandWork } from "./byHand.ts";
import { Engine, keepingStackFile, run, STACK } from "./engine.ts";
import { deleteServers, deleteVolumes, findServers, findVolumes, type Volume } from "./hetzner.ts";
import { fill, MAIL_FOLDER, makeBackup, onHost } from "./mailOnHost.ts";
import { inTurn, timed } from "./ratio.ts";
import type { RebuildTimes } from "./rebuild.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";

const REPETITIONS = 2;
const OURS = `label_selector=${STACK_LABEL}%3D%3D${STACK}`;

async function ourVolume(): Promise<Volume> {
  const [volume] = await findVolumes(OURS);
  if (volume === undefined) throw new Error("the stack has no volume");
  return volume;
}

/**
 * A volume filled from the newest snapshot, with what restic and the host's settings have for it. The mark is what the
 * deployment's own step looks for, so that it does not do the same again.
 */
const RESTORE = `
set -euo pipefail
. /etc/mailstead/data.conf
. /etc/mailstead/backup.conf
. /etc/mailstead/backup.env
export RESTIC_PASSWORD AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY RESTIC_REPOSITORY=$REPOSITORY
[ -z "$REGION" ] || export AWS_DEFAULT_REGION=$REGION
timeout 60 sh -c "until [ -b $DEVICE ]; do sleep 0.2; done"
mkfs.xfs -q -m reflink=1 -L mailstead "$DEVICE"
install -d -m 0700 /mnt/mailstead
mount -t xfs -o noatime "$DEVICE" /mnt/mailstead
restic restore latest --host "$DOMAIN" --target /mnt/mailstead
printf 'layout=1\\ndomain=%s\\nstate=ready\\n' "$DOMAIN" >/mnt/mailstead/mailstead-data
`;

/** Takes away every server, and what the hand made. */
async function loseServers(): Promise<void> {
  await deleteServers(OURS);
  await deleteHandWork();
}

async function byHand(work: HandWork, volume: HandVolume): Promise<number> {
  await loseServers();
  return timed(() => standUp(work, volume));
}

const rebuild = (): Promise<unknown> => run("node", "cli/mailstead.js", "rebuild", "--stack", STACK);

/** With the volume, and without it. */
async function measureBoth(engine: Engine, work: HandWork): Promise<Omit<RebuildTimes, "repetitions">> {
  const volume = await inTurn(
    REPETITIONS,
    async () => {
      await loseServers();
      return timed(rebuild);
    },
    async () => byHand(work, { volume: await ourVolume() }),
  );
  const bucket = await inTurn(
    REPETITIONS,
    async () => {
      await loseServers();
      await engine.run(
        "config",
        "set",
        "--path",
        "mailstead:data.lostVolume",
        String((await ourVolume()).id),
      );
      await deleteVolumes(OURS);
      return timed(rebuild);
    },
    () => byHand(work, { fill: RESTORE }),
  );
  return { volume, bucket };
}

async function measure(folder: string): Promise<RebuildTimes> {
  const engine = new Engine();
  const times = await keepingStackFile(async () => {
    await engine.setBackups("bench-rebuild");
    await engine.up();
    await fill(10, 20);
    await makeBackup();
    const work = await readHandWork(engine, folder);
    const measured = await measureBoth(engine, work);
    await deleteHandWork();
    if ((await findServers(OURS)).length === 0) await rebuild();
    await onHost(`rm -r ${MAIL_FOLDER}`);
    return measured;
  });
  // As it was found.
  await engine.up();
  return { ...times, repetitions: REPETITIONS };
}

process.stdout.write(`${JSON.stringify(await inTemporaryFolder("rebuild", measure))}\n`);
