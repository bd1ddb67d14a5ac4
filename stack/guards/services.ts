/** Says what a change does to the services that people and other servers use at the moment. */
import { compareContainers, containerHashes } from "../changes/containerChanges.ts";
import type { Issue } from "../model/issue.ts";
import { SERVICES } from "../services/table.ts";
import type { Guard } from "./guard.ts";

/** Containers by which people read their mail. */
const READING = SERVICES.filter(({ listens }) => listens?.client?.direction === "incoming").map(
  ({ name }) => name,
);

function note(path: string, message: string, fix: string): Issue {
  return { path, rule: "services-change", severity: "warning", message, fix };
}

function countContainers(names: readonly string[]): string {
  return `${String(names.length)} ${names.length === 1 ? "container" : "containers"}`;
}

export const tellsServices: Guard = ({ config, plan }, { containers }) => {
  if (containers === undefined) return [];
  const { removed, restarted } = compareContainers(containers, containerHashes(plan));
  const issues: Issue[] = [];
  if (removed.length > 0) {
    const storage = !config.mail.storage && READING.some((name) => removed.includes(name));
    const message = `${countContainers(removed)} will be taken away: ${removed.join(", ")}${storage ? "; nobody can read mail then" : ""}`;
    const fix = storage
      ? "mailboxes stay on the server's disk; to go on serving them: pulumi config set --path mailstead:mail.storage true"
      : "their data stay on the server's disk; pulumi up goes on";
    issues.push(note(storage ? "mailstead:mail.storage" : "mailstead:mail", message, fix));
  }
  if (restarted.length > 0) {
    const message = `${countContainers(restarted)} will stop and start again: ${restarted.join(", ")}`;
    issues.push(
      note(
        "mailstead:mail",
        message,
        "choose a quiet hour; mail from other servers waits at its senders meanwhile",
      ),
    );
  }
  return issues;
};
