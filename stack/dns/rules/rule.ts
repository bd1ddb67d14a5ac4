/** What a rule about DNS records is. */
import type { Grade, Issue } from "../../model/issue.ts";
import type { Break, Harm, SharedSet, UnmanagedSet, ZoneSight } from "./foreign.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import type { ZoneView } from "./zoneView.ts";

/** One record in its place among all. */
export interface Place {
  readonly record: JudgedRecord;
  /** Counts the records of the zone from 0, in the order given. */
  readonly index: number;
  /** Records of the same name that came before. Of two that clash, the later one is told of. */
  readonly before: readonly JudgedRecord[];
  readonly zone: ZoneView;
}

/** What a rule says of one record. */
export interface Complaint {
  /** Key of the record in the configuration that is wrong (`ttlSeconds`); the whole record where absent. */
  readonly key?: string;
  readonly message: string;
  readonly fix: string;
}

/**
 * Asks the DNS; handed in, so that nothing here asks by itself.
 *
 * @returns `answer` with canonical values (one joined text for TXT, `10 mx.example.com` for MX), `nxdomain`, `empty`, or
 *   any other word for no answer at all.
 */
export type LookUp = (
  name: string,
  type: "A" | "AAAA" | "MX" | "TXT",
) => Promise<{ readonly state: string; readonly values?: readonly string[] }>;

/**
 * One rule: small, with one name, one source, one fix. It judges what is declared (`judge`, `ask`), in the plan, and what
 * others have in the zone beside it (`inSet`, `unmanaged`), in preflight, preview and audit; where one fact says both, both
 * read it from one place.
 */
export interface Rule {
  /** Kebab case. */
  readonly name: string;
  readonly grade: Grade;
  readonly severity: Issue["severity"];
  /** The rule in one sentence, for people. */
  readonly title: string;
  /** RFC section or vendor page. */
  readonly source: string;
  /** Day on which the vendor's page was last read: `2026-11-24`. */
  readonly verified?: string;
  /** Where the audit tells of it, seen as things really are: a check (`spf`), or the verdict on a set (`verdict unmanaged`). */
  readonly audit?: string;
  /** One more record breaks what others of the set say: it is told before, and instead of, what is wrong in it alone. */
  readonly clash?: true;
  /** Judges what is known without asking. */
  readonly judge?: (place: Place) => Complaint | undefined;
  /** Judges with the DNS's help. A look-up without an answer is no complaint; it is named in `unanswered`. */
  readonly ask?: (place: Place, lookUp: LookUp, unanswered: Set<string>) => Promise<Complaint | undefined>;
  /** Judges values of others in a declared set: those that break it. */
  readonly inSet?: (set: SharedSet) => readonly Harm[];
  /** Names values of others in a declared set that harm nothing, and that the next write of the set takes away. */
  readonly drops?: (set: SharedSet) => readonly Harm[];
  /** Judges a set that nobody declared: what it breaks. */
  readonly unmanaged?: (unmanaged: UnmanagedSet, sight: ZoneSight) => Break | undefined;
}

/**
 * A maker of rules about what texts of one kind say.
 *
 * @param read takes the text of a record apart; undefined where the record has none of the kind, which is passed over.
 */
export function aboutText<Read>(read: (place: Place) => Read | undefined) {
  return (rule: Omit<Rule, "judge">, judge: (read: Read) => Omit<Complaint, "key"> | undefined): Rule => ({
    ...rule,
    judge: (place) => {
      const found = read(place);
      const complaint = found === undefined ? undefined : judge(found);
      return complaint === undefined ? undefined : { key: "text", ...complaint };
    },
  });
}

/** What a rule found. */
export interface RuleFinding extends Complaint {
  readonly rule: Rule;
  readonly record: JudgedRecord;
}

/** A finding as an issue at a path of the configuration. */
export function toIssue({ rule, key, message, fix }: RuleFinding, path: string): Issue {
  const { name, severity, grade, source } = rule;
  return {
    path: key === undefined ? path : `${path}.${key}`,
    severity,
    rule: name,
    message,
    fix,
    grade,
    source,
  };
}
