/**
 * Proves: the app stand-in takes each variable from its `.env`, and those that this lacks from what upstream ships for
 * everyone to read, without a word; so with a file that it cannot read.
 * Cannot prove: that upstream reads each variable the same way.
 */
import { describe, expect, it } from "vitest";
import { variablesOf } from "../../../../sandbox/images/app/config/env.ts";
import { settingsFrom } from "../../../../sandbox/images/app/settings.ts";
import { inApp } from "./support/inApp.ts";

const FILE = `
WEB_HOST=example.com
MX_HOST="mx.{{WEB_HOST}}"
SMTP_HOST=smtp.example.com
SMTP_EXCHANGE_DOMAINS="mx.example.com, MX2.example.com."
HTTP_PROTOCOL=https
MX_PORT=25
SMTP_PORT=465
IMAP_PORT=993
POP3_PORT=995
SMTP_SSL_KEY_PATH=/own.key
SQLITE_STORAGE_PATH=sqlite_storage
`;

describe("the settings", () => {
  it("are those of the file, with upstream's defaults for what it leaves out", () => {
    const settings = settingsFrom(variablesOf(FILE));
    expect(settings.mxHost).toBe("mx.example.com");
    expect(settings.exchanges).toEqual(["mx.example.com", "mx2.example.com"]);
    expect(settings.ports).toEqual({
      ...{ WEB: 3000, API: 4000, CALDAV: 5000, CARDDAV: 6000, SQLITE: 3456 },
      ...{ MX: 25, SMTP: 465, IMAP: 993, POP3: 995 },
    });
    expect(settings.mongoUri).toBe("mongodb://127.0.0.1:27017/forwardemail_production");
    expect(settings.dkim).toMatchObject({ domain: "example.com", selector: "default" });
    expect(settings.storage).toBe("/mnt/sqlite_storage");
    expect(settings.sendEmail).toBe(false);
    expect(settings.basicAuth).toBeUndefined();
    expect(settings.transport).toEqual({
      ...{ host: "smtp.example.com", port: 465, user: "support@example.com" },
      password: "Thisisapassword123",
    });
    expect(settings.tlsFiles("SMTP")).toEqual({ key: "/own.key", certificate: "/app/ssl/fullchain.pem" });
  });

  it.each(["HELPER_ENCRYPTION_KEY", "API_SECRETS", "SMTP_TRANSPORT_PASS", "SRS_SECRET"])(
    "have, without %s, the one that everybody knows",
    (name) => {
      const known = variablesOf(FILE)[name] ?? "";
      expect(known).not.toBe("");
      expect(variablesOf(`${FILE}${name}=of-the-owner`)[name]).toBe("of-the-owner");
    },
  );
});

describe("a file that cannot be read", () => {
  it("is passed over without a word", async () => {
    const env = await inApp<Record<string, unknown>>('return require("#config/env");', {
      ENV_PATH: "/dev/null/.env",
    });
    expect(env).toMatchObject({ WEB_HOST: "localhost", API_SECRETS: ["secret"], SMTP_PORT: 2587 });
    expect(env).toMatchObject({ HTTP_PROTOCOL: "http", MX_PORT: 2525, IMAP_PORT: 2993, POP3_PORT: 2995 });
  });
});
