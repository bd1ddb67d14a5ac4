/** The part of up.ts that runs inside the sandbox. Prints its times as JSON. */
import process from "node:process";
import { deleteHandWork, readHandWork, standUp } from "./byHand.ts";
import { Engine } from "./engine.ts";
import { inTurn, timed } from "./ratio.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";
import type { UpTimes } from "./up.ts";

const REPETITIONS = 2;
async function measure(folder: string): Promise<UpTimes> {
  const engine = new Engine(folder);
  await engine.unprotect();
  await engine.up();
  const work = await readHandWork(engine, folder);
  await engine.destroy();
  const ours = async (): Promise<number> => {
    const time = await timed(() => engine.up());
    await engine.destroy();
    return time;
  };
  const theirs = async (): Promise<number> => {
    try {
      return await timed(() => standUp(work));
    } finally {
      await deleteHandWork();
    }
  };
  const taken = await inTurn(REPETITIONS, ours, theirs);
  // As it was found: with its server.
  await engine.up();
  return { ...taken, repetitions: REPETITIONS };
}

const times = await inTemporaryFolder("up", measure);
process.stdout.write(`${JSON.stringify(times)}\n`);
