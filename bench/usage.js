/**
 * Loaded before a program (`node --import`): at its end `used MS KIB` on standard error, its time of the processor and
 * the most memory that it held at once. Plain JavaScript, so that it does not bring the machinery for TypeScript in.
 */
import { readFileSync, writeSync } from "node:fs";
import process from "node:process";

process.on("exit", () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  // Not the `maxRSS` of that, which counts what the process was before it became this program: its parent's memory.
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  writeSync(2, `used ${(userCPUTime + systemCPUTime) / 1000} ${peak}\n`);
});
