/** What `mailstead render` can print. */
export const DOCUMENTS = [
  ...(["user-data", "dns", "env", "containers"] as const),
  ...(["audit-service", "audit-timer", "drill-service", "drill-timer"] as const),
] as const;
export type Document = (typeof DOCUMENTS)[number];
