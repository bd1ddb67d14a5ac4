/** The audit in one line. Pure. */
import type { Audit } from "../../model/observation.ts";
import { AUDIT_EXIT, auditExitCode } from "../../judge/exitCode.ts";
import type { FindingCard } from "./findings.ts";

export interface Headline {
  /** Colour and sign of the page's top. */
  readonly tone: "critical" | "warning" | "info" | "ok";
  /** A few words, without a full stop. */
  readonly words: string;
}

/** What to say first: the same judgement as the command's exit code. */
export function chooseHeadline(audit: Audit, findings: readonly FindingCard[]): Headline {
  const code = auditExitCode(audit);
  if (findings.some(({ severity }) => severity === "critical"))
    return { tone: "critical", words: "Mail stops or is refused" };
  if (code === AUDIT_EXIT.drift) return { tone: "warning", words: "Not as declared" };
  if (code === AUDIT_EXIT.couldNotTell) return { tone: "warning", words: "Not everything could be told" };
  if (code === AUDIT_EXIT.propagating) return { tone: "info", words: "Right at the source, and on its way" };
  return { tone: "ok", words: "As declared" };
}
