/**
 * Proves: user-data is valid for cloud-init's published schemas, small, deterministic and free of secrets other
 * than the host key, and parses back to what was meant.
 * Cannot: prove that a booting host acts on it; the sandbox tests do.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import AjvDraft4 from "ajv-draft-04";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  bootHash,
  renderGuideUserData,
  renderUserData,
  USER_DATA_LIMIT_BYTES,
} from "../../../cloud-init/renderUserData.ts";
import { placeholder } from "../../../cloud-init/sources.ts";
import { readAsset } from "../../../components/assets.ts";
import { planDeployKeys } from "../../../stack/host/deployKeys.ts";
import type { PlannedBoot, PlannedServer } from "../../../stack/model/plan.ts";
import { slotKind, type SlotName } from "../../../stack/values/slots.ts";
import { NEEDS_SHARED, sharedSpecs } from "../../support/shared.ts";

const boot: PlannedBoot = {
  distribution: "debian-13",
  dnsProvider: "cloudflare",
  hostname: "mx.example.com",
  swapMib: 1024,
  environment: { EMAIL: "o'neil@example.com", DOMAIN: "example.com", AUTH_BASIC_USERNAME: "admin" },
  directories: [{ path: "/root/forwardemail.net/self-hosting/ssl", mode: "0700" }],
};
const sources = { slot: placeholder, asset: readAsset };
const server: PlannedServer = {
  name: "mx.example.com",
  provider: "hetzner",
  location: "nbg1",
  type: "cx23",
  image: "debian-13",
  generation: 1,
  protect: false,
  nextHas: "nothing",
  deployKeys: planDeployKeys([1], false),
  boot,
};

interface Document {
  write_files: { path: string; content: string; permissions: string }[];
  packages: string[];
  users: { ssh_authorized_keys: string[] }[];
  ssh_keys: Record<string, string>;
}

describe("user-data of a host", () => {
  const text = renderUserData(boot, sources);
  const document = parse(text, { version: "1.1" }) as Document;

  test("begins with the header that names its format", () => {
    expect(text.startsWith("#cloud-config\n")).toBe(true);
  });

  test("is the same bytes for the same input", () => {
    expect(renderUserData(structuredClone(boot), sources)).toBe(text);
  });

  test("stays below the limit with the host key's real length", () => {
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"A".repeat(340)}\n-----END OPENSSH PRIVATE KEY-----\n`;
    const full = renderUserData(boot, { slot: () => key, asset: readAsset });
    expect(Buffer.byteLength(full)).toBeLessThan(USER_DATA_LIMIT_BYTES);
  });

  test("keeps the host key's private half whole, with its final newline", () => {
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB\n-----END OPENSSH PRIVATE KEY-----";
    const rendered = renderUserData(boot, { slot: () => key, asset: readAsset });
    expect((parse(rendered, { version: "1.1" }) as Document).ssh_keys["ed25519_private"]).toBe(`${key}\n`);
  });

  test("names no slot but the host key and the deploy key", () => {
    const named = new Set<string>();
    renderUserData(boot, { slot: (name) => (named.add(name), name), asset: readAsset });
    expect([...named].sort()).toEqual(["deployPublicKey", "hostPrivateKey", "hostPublicKey"]);
    expect([...named].filter((name) => slotKind(name as SlotName).secret)).toEqual(["hostPrivateKey"]);
  });

  test("writes each path once, with quoted permissions", () => {
    const paths = document.write_files.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const { permissions } of document.write_files) expect(permissions).toMatch(/^0[0-7]{3}$/);
  });

  test("gives env.sh of the guide to a POSIX shell, quotes and all", () => {
    const file = document.write_files.find(({ path }) => path === "/etc/profile.d/env.sh");
    expect(file?.content).toBe(
      "export EMAIL='o'\\''neil@example.com'\nexport DOMAIN='example.com'\nexport AUTH_BASIC_USERNAME='admin'\n",
    );
  });

  test("installs the client that Debian 13 split from docker.io, and not on Ubuntu", () => {
    expect(document.packages).toContain("docker-cli");
    const ubuntu = renderUserData({ ...boot, distribution: "ubuntu-24.04" }, sources);
    expect((parse(ubuntu, { version: "1.1" }) as Document).packages).not.toContain("docker-cli");
  });
});

describe("packages", () => {
  const packages = (
    dnsProvider: PlannedBoot["dnsProvider"],
    distribution: PlannedBoot["distribution"] = "ubuntu-24.04",
  ) =>
    (
      parse(renderUserData({ ...boot, distribution, dnsProvider }, sources), {
        version: "1.1",
      }) as Document
    ).packages;
  const plugins = (...of: Parameters<typeof packages>) =>
    packages(...of).filter((name) => name.startsWith("python3-certbot-"));

  test("have certbot's plugin for the provider of the zone, and no other", () => {
    expect(plugins("cloudflare")).toEqual(["python3-certbot-dns-cloudflare"]);
    expect(plugins("digitalocean")).toEqual(["python3-certbot-dns-digitalocean"]);
    expect(plugins("hetzner")).toEqual([]);
    expect(packages("hetzner")).toContain("certbot");
  });

  test("have no plugin that the distribution left out: with it the whole first boot would fail", () => {
    expect(plugins("cloudflare", "debian-13")).toEqual(["python3-certbot-dns-cloudflare"]);
    expect(plugins("digitalocean", "debian-13")).toEqual([]);
  });
});

describe("boot hash", () => {
  const hash = bootHash(server, sources);
  test("is twelve hexadecimal digits, and the same for the same server", () => {
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(bootHash(structuredClone(server), sources)).toBe(hash);
  });
  test.each([
    ["image", { ...server, image: "ubuntu-24.04" }],
    ["type", { ...server, type: "cx33" }],
    ["user-data", { ...server, boot: { ...boot, swapMib: 2048 } }],
  ])("changes with the %s", (_, changed) => {
    expect(bootHash(changed, sources)).not.toBe(hash);
  });
  test("changes with a comment in a first-boot script, and not with the generation", () => {
    expect(bootHash(server, { asset: (name) => `${readAsset(name)}# more\n` })).not.toBe(hash);
    expect(bootHash({ ...server, generation: 2 }, sources)).toBe(hash);
  });
});

const guide = renderGuideUserData(boot, { slot: placeholder });

describe("the guide's user-data", () => {
  test("has the token file at 0600, env.sh and the runcmd of the guide", () => {
    const document = parse(guide, { version: "1.1" }) as Document & { runcmd: string[][] };
    expect(document.write_files[0]).toMatchObject({
      path: "/root/.cloudflare.ini",
      permissions: "0600",
      content: 'dns_cloudflare_api_token = "<dnsApiToken>"\n',
    });
    expect(document.write_files[1]?.content).toContain("export AUTH_BASIC_PASSWORD='<authBasicPassword>'\n");
    expect(document.runcmd).toEqual([["chmod", "+x", "/etc/profile.d/env.sh"]]);
  });

  test("has no token file where the zone is elsewhere: the guide's scripts know no other", () => {
    const other = renderGuideUserData({ ...boot, dnsProvider: "digitalocean" }, { slot: placeholder });
    const { write_files: files } = parse(other, { version: "1.1" }) as Document;
    expect(files.map(({ path }) => path)).toEqual(["/etc/profile.d/env.sh"]);
    expect(other).not.toContain("dnsApiToken");
  });
});

describe.skipIf(sharedSpecs === undefined)(`cloud-init's published schemas ${NEEDS_SHARED}`, () => {
  const versions = ["cloud-config-24.1", "cloud-config-24.4", "cloud-config-25.1.4", "cloud-config"];
  test.each(versions)("%s accepts every document, and refuses an unknown key", (version) => {
    const ajv = new AjvDraft4.default({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const schema = JSON.parse(
      readFileSync(join(sharedSpecs ?? "", `${version}.schema.json`), "utf8"),
    ) as object;
    const validate = ajv.compile(schema);
    const documents = [
      renderUserData(boot, sources),
      renderUserData({ ...boot, distribution: "ubuntu-24.04", swapMib: 0 }, sources),
      guide,
    ];
    for (const text of documents) {
      validate(parse(text, { version: "1.1" }));
      expect(validate.errors).toBeNull();
    }
    expect(validate({ ...(parse(guide) as object), bogus: true })).toBe(false);
  });
});
