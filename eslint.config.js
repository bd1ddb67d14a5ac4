import tseslint from "typescript-eslint";

/** No clock, randomness, network, environment, file or engine. */
const PURE = ["stack/**", "cloud-init/**", "verify/model/**", "verify/state/**", "verify/judge/**"];

/** What the pure folders import nothing of. */
const EFFECTS = [
  { group: ["@pulumi/*"], message: "this folder is pure: components/ declares." },
  {
    group: [
      "node:fs",
      "node:fs/*",
      "node:net",
      "node:http",
      "node:https",
      "node:dns",
      "node:dns/*",
      "node:dgram",
      "node:child_process",
      "node:os",
    ],
    message: "this folder is pure: hand the value in.",
  },
];

export default tseslint.config(
  { ignores: ["**/node_modules/", ".sandbox/", ".mailstead/", "coverage/"] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "cli/*.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "max-lines": ["error", { max: 320, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: PURE,
    rules: {
      "no-restricted-imports": ["error", { patterns: EFFECTS }],
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout"],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "pure: hand the time in" },
        { object: "Math", property: "random", message: "pure: hand the value in" },
      ],
    },
  },
  { files: ["test/**"], rules: { "max-lines-per-function": "off", "max-lines": "off" } },
  {
    // Mongoose gives what describes a field, and what is found by, the type of a class, and takes plain objects.
    files: ["sandbox/images/app/**"],
    rules: { "@typescript-eslint/no-unsafe-class-instance-assignment": "off" },
  },
  {
    files: ["**/*.{js,cjs}"],
    extends: [tseslint.configs.disableTypeChecked],
  },
  // What Node loads before anything else, and takes from standard input, is CommonJS.
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  {
    // Runs inside of a container.
    files: ["cloud-init/files/*.cjs"],
    rules: {
      "no-restricted-globals": "off",
      "no-restricted-properties": "off",
    },
  },
);
