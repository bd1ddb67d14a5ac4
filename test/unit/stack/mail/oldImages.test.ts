/**
 * Proves: of what Docker lists, exactly the images of the plan's repositories go that no container was made from and the
 * plan does not name; one that cannot be removed fails the step, and with nothing to do it says nothing.
 * Cannot: prove what Docker lists, as a script plays it here; the sandbox's dockerd does.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeOldImages } from "../../../../stack/mail/oldImages.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { planOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

const NEW = "sha256:1111";
const OLD = "sha256:2222";
const STOPPED = "sha256:3333";

/** `docker` as a script; it writes down what it was asked. */
function playDocker(folder: string, listed: readonly string[], removes = true): void {
  const file = join(folder, "docker");
  writeFileSync(
    file,
    `#!/bin/bash
printf '%s\\n' "$*" >>${folder}/asked
case "$1 $2" in
"image inspect") echo ${NEW} ;;
"container ls") echo c1; echo c2 ;;
"container inspect") echo ${NEW}; echo ${STOPPED} ;;
"image ls") printf '%s\\n' ${listed.join(" ")} ;;
"image rm") ${removes ? "echo Deleted" : "echo 'is being used' >&2; exit 1"} ;;
esac
`,
  );
  chmodSync(file, 0o755);
}

function run(folder: string): { status: number | null; stdout: string; asked: string } {
  const { images } = planOf(rawWith({ "mail.images.redis.repository": "docker.io/library/redis" }));
  const { command } = removeOldImages(images);
  const { status, stdout } = spawnSync("bash", ["-euo", "pipefail", "-c", command], {
    encoding: "utf8",
    env: { PATH: `${folder}:/usr/bin:/bin` },
  });
  const asked = join(folder, "asked");
  return { status, stdout, asked: existsSync(asked) ? readFileSync(asked, "utf8") : "" };
}

test("what nothing uses goes, what a container has stays, also one that is stopped", () => {
  const folder = temporaryFolder();
  playDocker(folder, [NEW, OLD, STOPPED, OLD]);
  const { status, stdout, asked } = run(folder);
  expect(status).toBe(0);
  expect(stdout).toBe("1 images that nothing uses any more are removed\n");
  expect(asked.match(/^image rm .*$/gm)).toEqual([`image rm ${OLD}`]);
});

test("only images of the plan's repositories are looked at, as Docker writes them", () => {
  const folder = temporaryFolder();
  playDocker(folder, [NEW]);
  const { status, stdout, asked } = run(folder);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  expect([...asked.matchAll(/--filter reference=(\S+)/g)].map(([, name]) => name)).toEqual([
    "ghcr.io/forwardemail/forwardemail.net-selfhosted",
    "nginx",
    "mongo",
    "redis",
  ]);
});

test.each(["image inspect", "container ls", "container inspect", "image ls"])(
  "a question that has no answer (%s) ends the step before anything is removed",
  (question) => {
    const folder = temporaryFolder();
    playDocker(folder, [OLD]);
    const file = join(folder, "docker");
    writeFileSync(file, readFileSync(file, "utf8").replace(`"${question}")`, `"${question}") exit 1;`));
    const { asked, status } = run(folder);
    expect(asked).not.toContain("image rm");
    expect(status).not.toBe(0);
  },
);

test("one that cannot be removed fails the step", () => {
  const folder = temporaryFolder();
  playDocker(folder, [OLD], false);
  expect(run(folder).status).not.toBe(0);
});
