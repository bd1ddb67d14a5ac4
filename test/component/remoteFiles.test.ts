/**
 * Proves: a file that the deploy wrote on the volume is whole after a power cut the next moment, one that was there before too;
 * what was written without that is lost there, so that the cut is one.
 * Cannot: prove what a disk does that says "written" and has not.
 * Skips without root, loop devices and the tools of XFS.
 */
import { describe, expect, onTestFinished, test } from "vitest";
import { writeFileCommand } from "../../components/remoteFiles.ts";
import { hasVolumes, makeDataHost } from "../unit/cloud-init/support/dataHost.ts";

/** The volume at `v`, mounted again after a power cut. */
function makeVolume() {
  const host = makeDataHost();
  onTestFinished(() => {
    host.end();
  });
  const run = (line: string): string => {
    const { status, said } = host.shell(line);
    expect(status, said).toBe(0);
    return said;
  };
  run(`mkfs.xfs -q ${host.device()}; mkdir v; mount ${host.device()} v`);
  return {
    run,
    cutPower: () => {
      host.cutPower();
      run(`mount ${host.device()} v`);
    },
    write: (path: string, text: string) =>
      run(`printf %s '${text}' | { ${writeFileCommand({ path, mode: "0600" })}; }`),
  };
}

describe.skipIf(!hasVolumes)("a power cut after a file was written", () => {
  test("the file is there, and whole", () => {
    const { run, write, cutPower } = makeVolume();
    write("v/self-hosting/.env", "WEB_HOST=old.example");
    cutPower();
    expect(run("cat v/self-hosting/.env")).toBe("WEB_HOST=old.example");
    write("v/self-hosting/.env", "WEB_HOST=new.example");
    cutPower();
    expect(run("cat v/self-hosting/.env; stat --format ' %a' v/self-hosting/.env")).toBe(
      "WEB_HOST=new.example 600\n",
    );
  });

  test("another one is not: the cut loses what was not synced", () => {
    const { run, cutPower } = makeVolume();
    run("sync -f v; printf text >v/file; mv v/file v/name");
    cutPower();
    expect(run("cat v/name 2>/dev/null || true")).toBe("");
  });
});
