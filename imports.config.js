/** Which part may import which: the table of CONTRIBUTING.md. `npm run lint` holds it. */
const MAY_IMPORT = {
  stack: [],
  "cloud-init": ["stack"],
  // How command and program are loaded; of what they are it knows nothing.
  startup: [],
  components: ["startup", "cloud-init", "stack"],
  verify: ["cloud-init", "stack"],
  cli: ["verify", "components", "startup", "cloud-init", "stack"],
  "index.ts": ["verify", "components", "startup", "cloud-init", "stack"],
  sandbox: [],
};

/** Each folder may import what stands on the lines above its own, and nothing beside it. */
const fromLines = (lines) =>
  Object.fromEntries(
    lines.flatMap((line, index) => line.map((folder) => [folder, lines.slice(0, index).flat()])),
  );

/**
 * Inside of a part: which of its folders may import which others of it, each a path below the part. What is not in a
 * part's table stands above all of it: it may import every folder, and none of them it.
 */
const WITHIN = {
  stack: fromLines([
    ["values"],
    ["dns/types", "dns/policies"],
    ["model"],
    ["host", "dns/canonical.ts"],
    ["services"],
    ["vendors"],
    ["dns/rules"],
    ["dns", "mail", "firewall", "data"],
    ["drill"],
    ["config/keys"],
    ["config"],
    ["changes"],
    ["guards"],
  ]),
  verify: {
    model: [],
    // What the engine knows, by its own types.
    state: [],
    // How a vendor is asked: of who needs it, it knows nothing.
    vendors: ["model"],
    // Neither knows the other, and none of them the report: who asks and who judges meet above, in `auditDns.ts`.
    observe: ["model", "vendors"],
    judge: ["model", "state"],
    report: ["model", "judge"],
    // Each host check asks and judges by itself: they share nothing with the DNS.
    host: ["model"],
    // Before anything is there; what it says of a zone, `judge` says.
    preflight: ["model", "state", "vendors", "judge"],
    // Takes into the state what is there already, whatever it is like.
    adopt: ["model", "state", "vendors"],
  },
};
const OURS = [...Object.keys(MAY_IMPORT), "test", "bench", "docs"];

const under = (parts) => `^(${parts.join("|").replaceAll(".", "\\.")})(/|$)`;

const directions = Object.entries(MAY_IMPORT).map(([part, others]) => ({
  name: `${part} may import ${others.join(", ") || "nothing else"} of ours`,
  severity: "error",
  from: { path: under([part]) },
  to: { path: under(OURS), pathNot: under([part, ...others]) },
}));

const layers = Object.entries(WITHIN).flatMap(([part, folders]) =>
  Object.entries(folders).map(([folder, others]) => ({
    name: `${part}/${folder} may import ${others.join(", ") || "nothing else"} of ${part}`,
    severity: "error",
    from: {
      path: under([`${part}/${folder}`]),
      // Folders inside it that are in the table themselves.
      pathNot: under(
        Object.keys(folders)
          .filter((one) => one.startsWith(`${folder}/`))
          .map((one) => `${part}/${one}`),
      ),
    },
    to: { path: under([part]), pathNot: under([folder, ...others].map((one) => `${part}/${one}`)) },
  })),
);

const ROOM = "^(stack|components|verify)/vendors/[^/]+/";

/** What is generic knows vendors by the registry of a layer alone. */
const rooms = [
  {
    name: "a vendor's room is reached by its layer's registry",
    severity: "error",
    from: { path: under(Object.keys(MAY_IMPORT)), pathNot: [ROOM, "/vendors/registry\\.ts$"] },
    to: { path: ROOM },
  },
  {
    name: "a vendor's room knows no other vendor's",
    severity: "error",
    from: { path: "^(stack|components|verify)/vendors/([^/]+)/" },
    to: { path: ROOM, pathNot: "/vendors/$2/" },
  },
  {
    name: "a vendor's SDK is known to its room",
    severity: "error",
    from: { path: under(Object.keys(MAY_IMPORT)), pathNot: ROOM },
    // All but the engine's own and what is on hosts.
    to: { path: "node_modules/@pulumi/(?!(command|docker|pulumi|random|tls)/)" },
  },
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...directions,
    ...layers,
    ...rooms,
    // Of types too: two files that know each other are one.
    { name: "no cycle", severity: "error", from: {}, to: { circular: true } },
    // What cannot be found cannot be judged: without this, a rule could pass because it sees nothing.
    { name: "every import is found", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // Types are imports too: they tell which part knows of which.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    // What runs on the host, or in an image, finds its modules there.
    exclude: { path: "^(\\.sandbox|\\.mailstead|coverage|cloud-init/files|sandbox/images/files/variants)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default"],
    },
    skipAnalysisNotInRules: true,
  },
};
