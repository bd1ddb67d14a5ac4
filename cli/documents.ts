/** What `mailstead render` can print. */
export const DOCUMENTS = ["user-data", "dns", "env", "containers"] as const;
export type Document = (typeof DOCUMENTS)[number];
