/**
 * The life of the first server, from `pulumi up` to the last `destroy`: each part starts from what the one before left.
 *
 * Vitest orders files by no rule of ours, and runs as many at once as there are workers; within a file it keeps the
 * order. So a life is one file, and what goes on beside it is another (second.test.ts, small.test.ts, broken.test.ts, others.test.ts).
 */
import { describe } from "vitest";

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  mailbox: () => import("./first/mailbox.ts"),
  "from nothing": () => import("./first/fromNothing.ts"),
  records: () => import("./first/records.ts"),
  "DNS columns": () => import("./first/dnsColumns.ts"),
  audit: () => import("./first/audit.ts"),
  ports: () => import("./first/ports.ts"),
  "host firewall": () => import("./first/hostFirewall.ts"),
  "looks at the host": () => import("./first/hostLooks.ts"),
  "day two": () => import("./first/dayTwo.ts"),
  "SSH keys": () => import("./first/sshKeys.ts"),
  "further records": () => import("./first/furtherRecords.ts"),
  secrets: () => import("./first/secrets.ts"),
  kept: () => import("./first/kept.ts"),
  drill: () => import("./first/drill.ts"),
  destroy: () => import("./first/destroy.ts"),
};

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
