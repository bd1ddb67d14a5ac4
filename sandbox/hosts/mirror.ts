/** Where this machine gets its Debian packages: taken from apt's configuration, whatever that is. */
import { run } from "../process/command.ts";

export interface Mirror {
  /** Base of `dists/trixie`, without a final slash. */
  readonly main: string;
  /** Base of `dists/trixie-security`, without a final slash. */
  readonly security: string;
}

/**
 * The mirrors of this machine's apt. A machine without Debian sources gets Debian's own names.
 * @see apt-get(8), indextargets
 */
export async function machineMirror(): Promise<Mirror> {
  const listing = await run("apt-get", ["indextargets", "--format", "$(REPO_URI) $(SUITE)"]);
  const bases = listing
    .split("\n")
    .map((line) => (line.split(" ")[0] ?? "").replace(/\/+$/, ""))
    .filter((base) => /^https?:/.test(base));
  return {
    main: bases.find((base) => base.endsWith("/debian")) ?? "http://deb.debian.org/debian",
    security:
      bases.find((base) => base.endsWith("/debian-security")) ?? "http://security.debian.org/debian-security",
  };
}

/** Lines of a sources.list for Debian 13 from a mirror, checked with a keyring file. */
export function sourcesList(mirror: Mirror, keyring: string): string {
  const line = (base: string, suite: string) => `deb [signed-by=${keyring}] ${base} ${suite} main\n`;
  return (
    line(mirror.main, "trixie") +
    line(mirror.main, "trixie-updates") +
    line(mirror.security, "trixie-security")
  );
}
