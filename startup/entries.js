/** What is run from elsewhere, by the name of its file in the bundle. Plain JavaScript, as startup.js is. */
export const ENTRIES = {
  main: "cli/main.ts",
  program: "components/program.ts",
  zoneDrift: "verify/zoneDrift.ts",
};
