/**
 * Loaded before a program (`node --import`): at its end `used MS KIB` on standard error, its time of the processor and
 * the most memory that it held at once. Plain JavaScript, so that it does not bring the machinery for TypeScript in.
 */
import { writeSync } from "node:fs";
import process from "node:process";

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeSync(2, `used ${(userCPUTime + systemCPUTime) / 1000} ${maxRSS}\n`);
});
