/** What `mailstead render` can print. */
export const DOCUMENTS = ["user-data", "dns", "env", "containers", "audit-service", "audit-timer"] as const;
export type Document = (typeof DOCUMENTS)[number];
