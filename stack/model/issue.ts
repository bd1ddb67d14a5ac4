/** How a rule of the DNS is bound: by how it is written, by the standards, by what works best, by the vendor. */
export type Grade = "syntax" | "rfc" | "best-practice" | "provider-limit";

/** A fault or a warning found before anything is made. */
export interface Issue {
  /** Where in the configuration, as `mailstead:dns.records[2].ttlSeconds`. */
  readonly path: string;
  /** Name of the rule, kebab case. */
  readonly rule: string;
  readonly severity: "error" | "warning";
  /** Of a rule about records. */
  readonly grade?: Grade;
  /** What is wrong, one sentence. */
  readonly message: string;
  /** What to set or do. */
  readonly fix: string;
  /** RFC section or vendor page behind the rule. */
  readonly source?: string;
}
