/**
 * A process of plan.ts: `node planProcess.ts DOMAINS` plans so many, and then, for each message that is a number, so many
 * more; it answers with the mean one's processor time in milliseconds.
 */
import process from "node:process";
import { planMany } from "./planOne.ts";

planMany(Number(process.argv[2]));
process.on("message", (domains: number) => process.send?.(planMany(domains)));
process.send?.(0);
