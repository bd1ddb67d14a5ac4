/** What is mounted, as the kernel tells it. */

import { readFile } from "node:fs/promises";

/** Mount points at or below a folder, deepest (latest) first. */
export async function mountsBelow(folder: string): Promise<string[]> {
  return parseMounts(await readFile("/proc/self/mounts", "utf8"), folder);
}

/** The same from the text of /proc/self/mounts. */
export function parseMounts(text: string, folder: string): string[] {
  const points = text.split("\n").map((line) => plain(line.split(" ")[1] ?? ""));
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}

/**
 * Mount points, as a process sees them, of a device by its numbers, such as `7:3`; the oldest first. None where the
 * process is gone.
 */
export async function mountPointsOf(pid: number, device: string): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => "");
  const lines = text.split("\n").map((line) => line.split(" "));
  return lines.filter((fields) => fields[2] === device).map((fields) => plain(fields[4] ?? ""));
}

/** The kernel writes blank, tab and newline as octal. */
function plain(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
