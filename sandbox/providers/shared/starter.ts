/** The process that asks for a plugin, as the kernel knows it. */
import { readFileSync, readlinkSync } from "node:fs";
import type { StartedBy } from "../protocol/handler.ts";

/** What it was started with. @throws where there is no such process */
export function readStarter(pid: number): StartedBy {
  const variables = readFileSync(`/proc/${String(pid)}/environ`, "utf8")
    .split("\0")
    .filter(Boolean);
  const environment = variables.map((variable) => {
    const at = variable.indexOf("=");
    return [variable.slice(0, at), variable.slice(at + 1)] as const;
  });
  return { environment: Object.fromEntries(environment), folder: readlinkSync(`/proc/${String(pid)}/cwd`) };
}

/** Id of its parent; undefined where it is gone. */
export function readParent(pid: number): number | undefined {
  try {
    // proc_pid_stat(5): the name, in brackets, may hold anything.
    const [, parent] =
      readFileSync(`/proc/${String(pid)}/stat`, "utf8")
        .split(") ")
        .at(-1)
        ?.split(" ") ?? [];
    return Number(parent);
  } catch {
    return undefined;
  }
}
