/**
 * Proves: with all outputs gone, as after an `up` that failed early, domain and images are known by the state's resources,
 * and the guards judge by them; what the outputs say counts first; a state without such resources tells nothing.
 * Cannot prove: that the engine drops outputs and hands resources over; the sandbox does.
 */
import { expect, test } from "vitest";
import { readDeployed } from "../../../../stack/guards/deployed.ts";
import { checkChange } from "../../../../stack/guards/checkChange.ts";
import { configOf, planOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

const DIGEST = `sha256:${"cd".repeat(32)}`;

function resource(type: string, name: string, outputs: Readonly<Record<string, unknown>>) {
  return { urn: `urn:pulumi:prod::mailstead::${type}::${name}`, type, outputs };
}

const STATE = [
  resource("hcloud:index/rdns:Rdns", "reverse-v4", { dnsPtr: "mx.example.net" }),
  resource("docker:index/remoteImage:RemoteImage", "image-mongo", { name: `mongo:8.2@${DIGEST}` }),
  resource("docker:index/remoteImage:RemoteImage", "image-app", {
    name: `ghcr.io:443/forwardemail/app:v3.1.0@${DIGEST}`,
  }),
];

test("domain and images come from the resources where no output is left", () => {
  expect(readDeployed({}, STATE)).toEqual({
    domain: "example.net",
    images: {
      mongo: { tag: "8.2", digests: { "8.2": DIGEST } },
      app: { tag: "v3.1.0", digests: { "v3.1.0": DIGEST } },
    },
  });
});

test("the guards judge by them: another domain and an older Mongo are refused", () => {
  const raw = rawWith({ "mail.images.mongo.tag": "8.0" });
  const issues = checkChange(
    { config: configOf(raw), plan: planOf(raw) },
    readDeployed({}, STATE.slice(0, 2)),
  );
  const faults = issues.filter(({ severity }) => severity === "error").map(({ path }) => path);
  expect(faults).toContain("mailstead:domain");
  expect(faults).toContain("mailstead:mail.images.mongo.tag");
});

test("what the outputs say counts first", () => {
  expect(readDeployed({ deployed: { domain: "example.org" } }, STATE).domain).toBe("example.org");
});

test("other resources tell nothing", () => {
  const others = [
    resource("hcloud:index/rdns:Rdns", "reverse-v4", { dnsPtr: "static.10.113.0.203.example" }),
    resource("docker:index/remoteImage:RemoteImage", "image-mongo", { name: "mongo" }),
    resource("docker:index/remoteImage:RemoteImage", "something", { name: `mongo:8.2@${DIGEST}` }),
    { urn: "urn:pulumi:prod::mailstead::pulumi:pulumi:Stack::x", type: "pulumi:pulumi:Stack" },
  ];
  expect(readDeployed({}, others)).toEqual({});
});
