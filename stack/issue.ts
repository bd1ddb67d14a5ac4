/** A fault or a warning found before anything is made. */
export interface Issue {
  /** Where in the configuration, as `mailstead:dns.records[2].ttlSeconds`. */
  readonly path: string;
  /** Name of the rule, kebab case. */
  readonly rule: string;
  readonly severity: "error" | "warning";
  /** What is wrong, one sentence. */
  readonly message: string;
  /** What to set or do. */
  readonly fix: string;
  /** RFC section or vendor page behind the rule. */
  readonly source?: string;
}
