/**
 * Proves: server, firewall, containers, files and steps of the plan are what upstream's stack and the design want.
 * Cannot prove: that they run; the sandbox does.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { QUEUE_HOLD } from "../../../stack/host/paths.ts";
import { EXCLUDED, FIXED, UNSET } from "../../../stack/mail/upstreamVariables.ts";
import type { Plan } from "../../../stack/model/plan.ts";
import { isSecret, findSlots } from "../../../stack/values/slots.ts";
import { planOf, textOf } from "./support/planOf.ts";
import { certificateFor, DIGEST, rawWith, validRaw } from "./support/validRaw.ts";

const SENDER =
  "sh -c trap 'exit 0' TERM; while [ -e /mailstead/queue-hold/pending ]; do sleep 1; done; exec node smtp-bree.js";
const plan = planOf(validRaw());
const small = planOf(rawWith({ "mail.storage": false }));

function envOf(of: Plan): Record<string, string> {
  const rows = textOf(of, "env")
    .split("\n")
    .filter((row) => row !== "" && !row.startsWith("#"));
  return Object.fromEntries(
    rows.map((row) => [row.slice(0, row.indexOf("=")), row.slice(row.indexOf("=") + 1)]),
  );
}

describe("server", () => {
  test("is asked for as configured, under the name of the MX", () => {
    expect(plan.server).toMatchObject({
      name: "mx.example.com",
      provider: "hetzner",
      location: "nbg1",
      type: "cx23",
      image: "ubuntu-24.04",
      generation: 1,
      protect: false,
    });
    expect(plan.server.boot).toMatchObject({
      distribution: "ubuntu-24.04",
      hostname: "mx.example.com",
      swapMib: 2048,
      environment: { EMAIL: "ops@example.org", DOMAIN: "example.com", AUTH_BASIC_USERNAME: "admin" },
    });
  });

  test("is protected as long as mail would be lost with it", () => {
    const protects = (changes: Record<string, unknown>) =>
      planOf(rawWith({ "data.kind": "disk", ...changes })).server.protect;
    expect(protects({})).toBe(true);
    // The mail is on a volume, which outlives it.
    expect(protects({ "data.kind": "volume" })).toBe(false);
    expect(protects({ "server.disposable": true })).toBe(false);
    // Nothing but its own switch opens it.
    expect(protects({ protect: false })).toBe(true);
  });

  test("every folder that a container binds is made at first boot", () => {
    const made = plan.server.boot.directories.map(({ path }) => path);
    const files = new Set(plan.files.map(({ path }) => path));
    const bound = plan.containers.flatMap(({ mounts }) => mounts.map(({ hostPath }) => hostPath));
    // On the volume, which is not there then: the script that mounts it makes this one.
    made.push(QUEUE_HOLD);
    for (const path of bound) expect(made.includes(path) || files.has(path), path).toBe(true);
  });
});

describe("firewall", () => {
  const ports = (of: Plan) => of.firewall.map(({ protocol, port }) => port ?? protocol);

  test("opens what is used, and SSH to admin networks alone", () => {
    expect(ports(plan)).toEqual([22, 25, 80, 443, 465, 993, 995, "icmp"]);
    expect(ports(small)).toEqual([22, 25, 80, 443, 465, "icmp"]);
    for (const { port, sources } of plan.firewall) {
      expect(sources).toEqual(port === 22 ? ["203.0.113.0/24"] : ["0.0.0.0/0", "::/0"]);
    }
  });
});

describe("containers", () => {
  const names = (of: Plan) => of.containers.map(({ name }) => name);
  const by = (name: string) => plan.containers.find((container) => container.name === name);

  test("are fifteen, or nine without mailboxes", () => {
    expect(names(plan)).toEqual(
      [
        "sni-router",
        "web",
        "api",
        "bree",
        "smtp",
        "smtp_bree",
        "mx",
        "sqlite",
        "sqlite_bree",
        "imap",
        "pop3",
      ].concat(["caldav", "carddav", "mongodb", "redis"]),
    );
    expect(names(small)).toEqual([
      "sni-router",
      "web",
      "api",
      "bree",
      "smtp",
      "smtp_bree",
      "mx",
      "mongodb",
      "redis",
    ]);
  });

  test.each([
    ["web", "node web.js", "example.com", [3000], ["mongodb", "redis", "smtp"]],
    ["api", "node api.js", "api.example.com", [4000], ["mongodb", "redis", "smtp"]],
    ["bree", "node bree.js", undefined, [], ["mongodb", "redis", "smtp"]],
    ["smtp", "node smtp.js", "smtp.example.com", [465], ["mongodb", "redis"]],
    ["smtp_bree", SENDER, "smtp.example.com", [], ["mongodb", "redis", "smtp"]],
    ["mx", "node mx.js", "mx.example.com", [25], ["mongodb", "redis", "smtp"]],
    ["sqlite", "node sqlite.js", "sqlite.example.com", [3456], ["mongodb", "redis", "smtp"]],
    ["sqlite_bree", "node sqlite-bree.js", "sqlite.example.com", [], ["mongodb", "redis", "sqlite"]],
    ["imap", "node imap.js", "imap.example.com", [993], ["mongodb", "redis", "sqlite"]],
    ["pop3", "node pop3.js", "pop3.example.com", [995], ["mongodb", "redis", "sqlite"]],
    ["caldav", "node caldav.js", "caldav.example.com", [5000], ["mongodb", "redis", "sqlite"]],
    ["carddav", "node carddav.js", "carddav.example.com", [6000], ["mongodb", "redis", "sqlite"]],
  ])("%s", (name, command, hostname, ports, startsAfter) => {
    const container = by(name);
    expect(container).toMatchObject({ image: "app", ports, startsAfter, environment: {} });
    expect(container?.command.join(" ")).toBe(command);
    expect(container?.hostname).toBe(hostname);
    expect(container?.healthCheck?.test.slice(0, 3)).toEqual(["CMD", "node", "-e"]);
  });

  test("mailboxes are mounted where they are used", () => {
    const users = plan.containers.filter(({ mounts }) =>
      mounts.some(({ containerPath }) => containerPath === "/mnt/sqlite_storage"),
    );
    expect(users.map(({ name }) => name)).toEqual(["mx", "sqlite", "sqlite_bree", "imap", "pop3"]);
  });

  test("databases listen on loopback alone", () => {
    expect(by("mongodb")?.command.slice(0, 3)).toEqual(["mongod", "--bind_ip", "127.0.0.1"]);
    expect(by("redis")?.command).toEqual(["redis-server", "--bind", "127.0.0.1"]);
  });

  test("start order has no circle and names only what there is", () => {
    for (const { containers } of [plan, small]) {
      const started = new Set<string>();
      while (started.size < containers.length) {
        const next = containers.filter(
          (c) => !started.has(c.name) && c.startsAfter.every((name) => started.has(name)),
        );
        expect(next).not.toEqual([]);
        for (const { name } of next) started.add(name);
      }
    }
  });

  test("one container runs a new app image first, and what takes mail waits until it is well", () => {
    for (const { containers } of [plan, small]) {
      const apps = containers.filter(({ image }) => image === "app");
      const isApp = (name: string) => apps.some((app) => app.name === name);
      const first = apps.filter(({ startsAfter }) => !startsAfter.some(isApp));
      expect(first.map(({ name }) => name)).toEqual(["smtp"]);
      expect(first[0]?.healthCheck).toBeDefined();
      const takesMail = apps.filter(({ ports }) => ports.includes(25));
      expect(takesMail.map(({ startsAfter }) => startsAfter.includes("smtp"))).toEqual([true]);
    }
  });

  test("read only files and records that the plan has", () => {
    for (const of of [plan, small]) {
      const roles = of.files.map(({ role }) => role);
      for (const { reads } of of.containers) for (const role of reads) expect(roles).toContain(role);
    }
  });

  test("images are pinned by tag and digest", () => {
    expect(plan.images).toEqual([
      { role: "app", reference: `ghcr.io/forwardemail/forwardemail.net-selfhosted:v1.0.0@${DIGEST}` },
      { role: "nginx", reference: `nginx:1.28@${DIGEST}` },
      { role: "mongo", reference: `mongo:8.0@${DIGEST}` },
      { role: "redis", reference: `redis:8.2@${DIGEST}` },
    ]);
  });

  test("names are talked to by loopback, in the one family that the daemon takes", () => {
    expect(by("mx")?.hosts).toEqual({
      "example.com": "127.0.0.1",
      "api.example.com": "127.0.0.1",
      "caldav.example.com": "127.0.0.1",
      "carddav.example.com": "127.0.0.1",
      "imap.example.com": "127.0.0.1",
      "smtp.example.com": "127.0.0.1",
      "sqlite.example.com": "127.0.0.1",
    });
  });
});

describe(".env", () => {
  const env = envOf(plan);

  test("has every variable once", () => {
    const rows = textOf(plan, "env")
      .split("\n")
      .filter((row) => /^[A-Z]/.test(row));
    expect(rows.length).toBe(Object.keys(env).length);
  });

  test.each([
    ["with mailboxes", plan],
    ["without", small],
  ])("has the variables of upstream's list and no other, but those left out for a reason: %s", (_, of) => {
    const file = join(import.meta.dirname, "support/upstreamVariables.txt");
    const upstream = readFileSync(file, "utf8")
      .split("\n")
      .filter((row) => row !== "" && !row.startsWith("#"));
    expect(upstream.length).toBeGreaterThan(300);
    const isExcluded = (name: string) => EXCLUDED.some(({ names }) => names.test(name));
    expect(Object.keys(envOf(of)).sort()).toEqual(upstream.filter((name) => !isExcluded(name)));
    for (const { names, reason } of EXCLUDED) {
      expect(upstream.filter((name) => names.test(name))).not.toEqual([]);
      expect(reason.length).toBeGreaterThan(10);
    }
  });

  test("says what a self-hosted server needs", () => {
    expect(env).toMatchObject({
      NODE_ENV: "production",
      SELF_HOSTED: "true",
      DOMAIN: "example.com",
      WEB_URL: "https://example.com",
      API_URL: "https://api.example.com",
      MX_HOST: "mx.example.com",
      MX_PORT: "25",
      SMTP_PORT: "465",
      IMAP_PORT: "993",
      POP3_PORT: "995",
      SMTP_EXCHANGE_DOMAINS: "mx.example.com",
      SQLITE_STORAGE_PATH: "sqlite_storage",
      DKIM_PRIVATE_KEY_PATH: "/app/ssl/dkim.key",
      DKIM_KEY_SELECTOR: "default",
      WEB_SSL_CERT_PATH: "/app/ssl/fullchain.pem",
      MONGO_URI: "mongodb://127.0.0.1:27017/forwardemail_production",
      EMAIL_DEFAULT_FROM: '"example.com <support@example.com>"',
      APP_COLOR: '"#20C1ED"',
      AUTH_BASIC_USERNAME: "admin",
      COMPOSE_PROFILES: "storage",
      IMAGE_TAG: "v1.0.0",
    });
    expect(envOf(small)["COMPOSE_PROFILES"]).toBe("");
  });

  test("secrets are slots, and none is one that everyone knows", () => {
    const secrets = Object.entries(env).filter(([, value]) => value.includes("<") && !value.includes("@"));
    expect(Object.fromEntries(secrets)).toEqual({
      HELPER_ENCRYPTION_KEY: "<helperEncryptionKey>",
      TXT_ENCRYPTION_KEY: "<txtEncryptionKey>",
      SRS_SECRET: "<srsSecret>",
      WEBHOOK_SIGNATURE_KEY: "<webhookSignatureKey>",
      API_SECRETS: "<apiSecret>,",
      SMTP_TRANSPORT_PASS: "<smtpTransportPassword>",
      AUTH_BASIC_PASSWORD: "<authBasicPassword>",
    });
    expect(textOf(plan, "env")).not.toMatch(/Thisisapassword|=secret,|1x0000/);
  });

  test("lists every MX of the domain", () => {
    const records = [{ role: "backup", type: "MX", name: "@", priority: 10, exchange: "backup.example.net" }];
    expect(envOf(planOf(rawWith({ "dns.records": records })))["SMTP_EXCHANGE_DOMAINS"]).toBe(
      "mx.example.com,backup.example.net",
    );
  });
});

describe("nginx.conf", () => {
  test("routes by name to loopback, in both families", () => {
    const conf = textOf(plan, "nginx-conf");
    for (const route of ["carddav", "caldav", "api"]) expect(conf).toContain(`~*^${route}\\. 127.0.0.1:`);
    for (const row of ["listen 443;", "listen [::]:443;", "ssl_preread on;", "default 127.0.0.1:3000;"]) {
      expect(conf).toContain(row);
    }
    expect(textOf(small, "nginx-conf")).not.toContain("dav");
  });
});

describe("certificates", () => {
  // The firewall, the gate of port 25, the look at the processor, upgrades and mails are the same whatever the certificate is.
  const isCertificate = ({ role }: { role: string }) =>
    !/^(firewall|mail-gate|processor|upgrade|docker-upgrade|contact-mail)/.test(role);
  const paths = (of: Plan) =>
    of.files
      .slice(4)
      .filter(isCertificate)
      .map(({ path, mode }) => `${mode} ${path}`);
  const steps = (of: Plan) =>
    of.steps.filter(isCertificate).map(({ role, command, after }) => [role, command, after]);
  const ORDER = "/usr/local/lib/mailstead/certificate.sh issue";
  const SCRIPTS = [
    "0644 /etc/mailstead/certificate.env",
    "0755 /usr/local/lib/mailstead/certificate.sh",
    "0755 /usr/local/lib/mailstead/certificate-now.sh",
    "0755 /usr/local/lib/mailstead/certificate-hook.sh",
  ];
  const UNITS = [
    "0644 /etc/systemd/system/mailstead-certificate.service",
    "0644 /etc/systemd/system/mailstead-certificate.timer",
  ];
  const TIMER = ["certificate-timer", "systemctl enable --now mailstead-certificate.timer", ["certificate"]];

  test("dns-01", () => {
    expect(paths(plan)).toEqual([...SCRIPTS, "0600 /root/.cloudflare.ini", ...UNITS]);
    expect(steps(plan)).toEqual([["certificate", ORDER, []], TIMER]);
    expect(textOf(plan, "cloudflare-ini")).toBe("dns_cloudflare_api_token = <dnsApiToken>\n");
    expect(textOf(plan, "certificate-env")).toBe(
      [
        "METHOD='dns-01'",
        "DIRECTORY='https://acme-v02.api.letsencrypt.org/directory'",
        "EMAIL='ops@example.org'",
        "DOMAIN='example.com'",
        "NAMES='example.com *.example.com'",
        "AUTHENTICATOR='dns-cloudflare'",
        "CREDENTIALS='/root/.cloudflare.ini'",
        "PROPAGATION_SECONDS='10'",
        "READERS='web api smtp mx sqlite imap pop3 caldav carddav'",
        "",
      ].join("\n"),
    );
  });

  test("dns-01 with the zone at DigitalOcean", () => {
    const other = planOf(rawWith({ "dns.provider": "digitalocean" }));
    expect(paths(other)).toEqual([...SCRIPTS, "0600 /root/.digitalocean.ini", ...UNITS]);
    expect(textOf(other, "digitalocean-ini")).toBe("dns_digitalocean_token = <dnsApiToken>\n");
    expect(textOf(other, "certificate-env")).toContain(
      "AUTHENTICATOR='dns-digitalocean'\nCREDENTIALS='/root/.digitalocean.ini'\n",
    );
    expect(other.steps[0]?.files).toContain("digitalocean-ini");
  });

  test("http-01 waits for every name it orders", () => {
    const http = planOf(rawWith({ "certificates.method": "http-01" }));
    expect(paths(http)).toEqual([...SCRIPTS, ...UNITS]);
    expect(textOf(http, "certificate-env")).toContain("AUTHENTICATOR='standalone'\nCREDENTIALS=''\n");
    const after = http.steps[0]?.after ?? [];
    expect(after).toEqual([
      "apex",
      "apex-v6",
      "mx-host",
      "mx-host-v6",
      "smtp",
      "api",
      "imap",
      "pop3",
      "caldav",
      "carddav",
    ]);
    const roles = http.records.map(({ role }) => role);
    for (const role of after) expect(roles).toContain(role);
    const named = http.records.filter(({ role }) => after.includes(role)).map(({ name }) => name);
    const ordered = /NAMES='(.*)'/.exec(textOf(http, "certificate-env"))?.[1]?.split(" ") ?? [];
    expect(new Set(named)).toEqual(new Set(ordered));
  });

  test("provided", () => {
    const pair = certificateFor(["example.com", "*.example.com"]);
    const provided = planOf(rawWith({ certificates: { method: "provided", ...pair } }));
    const ssl = "0600 /root/forwardemail.net/self-hosting/ssl";
    expect(paths(provided)).toEqual([
      ...SCRIPTS,
      ...["fullchain.pem", "cert.pem", "chain.pem", "privkey.pem"].map((name) => `${ssl}/${name}`),
    ]);
    expect(steps(provided)).toEqual([["certificate", ORDER, []]]);
    expect(JSON.stringify(provided)).not.toContain("PRIVATE KEY");
  });

  test("manual", () => {
    const manual = planOf(rawWith({ "certificates.method": "manual" }));
    expect(paths(manual)).toEqual(SCRIPTS);
    expect(steps(manual)).toEqual([["certificate", ORDER, []]]);
    expect(textOf(manual, "certificate-env")).not.toContain("AUTHENTICATOR");
  });

  test("a contact with a quote stays one word of the shell", () => {
    const quoted = planOf(rawWith({ email: "o'neil@example.org" }));
    expect(textOf(quoted, "certificate-env")).toContain("EMAIL='o'\\''neil@example.org'\n");
  });
});

describe("files", () => {
  test("with a secret are for root alone", () => {
    for (const { content, mode, path } of plan.files) {
      if (!("asset" in content) && isSecret(content)) expect(mode, path).toBe("0600");
    }
  });

  test("steps and settings name only what there is", () => {
    const roles = plan.files.map(({ role }) => role);
    for (const { files } of plan.steps) for (const role of files) expect(roles).toContain(role);
  });

  test("no command holds a slot or a secret word", () => {
    expect(plan.steps.map(({ command }) => command).join(" ")).not.toMatch(/[<>$]|password|token/i);
    const commands = plan.containers.map(({ command }) => command.join(" ")).join(" ");
    expect(commands).not.toMatch(/password|secret/i);
  });

  test("slots of the plan", () => {
    const slots = plan.files.flatMap(({ content }) => ("asset" in content ? [] : findSlots(content)));
    expect([...new Set(slots)].sort()).toEqual([
      "apiSecret",
      "authBasicPassword",
      "deployPublicKey",
      "dkimPrivateKey",
      "dnsApiToken",
      "helperEncryptionKey",
      "smtpTransportPassword",
      "srsSecret",
      "txtEncryptionKey",
      "webhookSignatureKey",
    ]);
  });
});

test("client settings and web address", () => {
  expect(plan.clients).toEqual([
    { service: "IMAP", host: "imap.example.com", port: 993, security: "TLS" },
    { service: "SMTP", host: "smtp.example.com", port: 465, security: "TLS" },
    { service: "POP3", host: "pop3.example.com", port: 995, security: "TLS" },
  ]);
  expect(small.clients.map(({ service }) => service)).toEqual(["SMTP"]);
  expect(plan.webAddress).toBe("https://example.com");
});

test("a name among upstream's variables is never both empty and set", () => {
  const names = [...FIXED.map(([name]) => name), ...UNSET];
  expect(new Set(names).size).toBe(names.length);
});
