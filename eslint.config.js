import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** Imports point one way: index, cli → components, verify → cloud-init → stack; the sandbox stands apart. */
const FORBIDDEN = {
  stack: ["cloud-init", "components", "verify", "cli", "sandbox", "test"],
  "cloud-init": ["components", "verify", "cli", "sandbox", "test"],
  components: ["verify", "cli", "sandbox", "test"],
  verify: ["components", "cli", "sandbox", "test"],
  cli: ["sandbox", "test"],
  sandbox: ["components", "verify", "cli", "stack", "cloud-init", "test"],
};

const zones = Object.entries(FORBIDDEN).map(([target, from]) => ({
  target: `./${target}`,
  from: from.map((folder) => `./${folder}`),
}));

/** The pure folders: no clock, randomness, network, environment, file or engine. */
const EFFECTS = [
  { group: ["@pulumi/*"], message: "stack/ and cloud-init/ are pure: components/ declares." },
  {
    group: [
      "node:fs",
      "node:fs/*",
      "node:net",
      "node:http",
      "node:https",
      "node:dns",
      "node:dns/*",
      "node:child_process",
      "node:os",
    ],
    message: "stack/ and cloud-init/ are pure: hand the value in.",
  },
];

export default tseslint.config(
  { ignores: ["**/node_modules/", ".sandbox/", ".mailstead/", "coverage/", "sandbox/images/app/"] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "cli/*.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js"] })] },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "max-lines": ["error", { max: 320, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["stack/**", "cloud-init/**"],
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
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
