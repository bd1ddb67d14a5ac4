/**
 * Proves: a file that the deploy wrote on the volume is whole after a power cut the next moment, one that was there before too;
 * what was written without that is lost there, so that the cut is one. Files that are written together are there byte for byte,
 * with their modes; a script that came in part writes none, nor does one that fails at any of them, which says so.
 * Cannot: prove what a disk does that says "written" and has not.
 * The power cuts skip without root, loop devices and the tools of XFS.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { writeFileCommand, writeFilesScript } from "../../components/remoteFiles.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
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

describe("files that are written together", () => {
  function begin(text = "echo '$HOME' `date` \\\\ é\n\n") {
    const folder = temporaryFolder();
    const files = [
      { path: join(folder, "it's/new/one.sh"), mode: "0755", text },
      { path: join(folder, "two"), mode: "0600", text: "END OF another\n" },
    ];
    const run = (script: string) => spawnSync("bash", ["-s"], { input: script, encoding: "utf8" });
    return { folder, files, run };
  }

  test("are there byte for byte, with their modes, over what was there", () => {
    const { files, run } = begin();
    writeFileSync(files[1]?.path ?? "", "old");
    const { status, stdout, stderr } = run(writeFilesScript(files));
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
    for (const { path, mode, text } of files) {
      expect(readFileSync(path, "utf8")).toBe(text);
      expect((statSync(path).mode & 0o7777).toString(8)).toBe(String(Number(mode)));
    }
  });

  test("come all or not at all: no part of the script does anything", () => {
    const { folder, files, run } = begin();
    const script = writeFilesScript(files);
    for (let length = script.length - "write\n".length; length > 0; length -= 41) {
      run(script.slice(0, length));
      expect(existsSync(join(folder, "it's")), script.slice(0, length)).toBe(false);
    }
  });

  test.each([0, 1])("keep what was there where one of them cannot be written, whichever it is", (bad) => {
    const { files, run } = begin();
    const [badPath = "", otherPath = ""] = [files[bad]?.path, files[1 - bad]?.path];
    mkdirSync(join(badPath, "full"), { recursive: true });
    mkdirSync(dirname(otherPath), { recursive: true });
    writeFileSync(otherPath, "old");
    expect(run(writeFilesScript(files)).status).not.toBe(0);
    expect(readFileSync(otherPath, "utf8")).toBe("old");
  });

  test.each([["without a line break at its end"], ["with the line that ends it\nEND OF /a\n"]])(
    "refuse a text %s",
    (text) => {
      expect(() => writeFilesScript([{ path: "/a", mode: "0600", text }])).toThrow("The text of /a cannot");
    },
  );
});
