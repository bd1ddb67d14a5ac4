/** What is mounted, as the kernel tells it. */

import { readFile } from "node:fs/promises";

/** Mount points at or below a folder, deepest (latest) first. */
export async function mountsBelow(folder: string): Promise<string[]> {
  return parseMounts(await readFile("/proc/self/mounts", "utf8"), folder);
}

/** The same from the text of /proc/self/mounts; the kernel writes blank, tab and newline as octal. */
export function parseMounts(text: string, folder: string): string[] {
  const points = text
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .map((point) =>
      point.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8))),
    );
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}
