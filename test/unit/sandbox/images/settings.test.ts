/**
 * Proves: the app stand-in starts only with a whole `.env`, names every fault at once, refuses shipped secrets, and
 * shows no value in its faults; a file that it cannot read is passed over in silence, for what upstream ships.
 * Cannot prove: that upstream reads each variable the same way.
 */
import { describe, expect, it } from "vitest";
import { parseSettings, readSettings } from "../../../../sandbox/images/app/settings.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const GOOD: Readonly<Record<string, string>> = {
  WEB_HOST: "example.com",
  MX_HOST: "mx.{{WEB_HOST}}",
  SMTP_HOST: "smtp.example.com",
  IMAP_HOST: "imap.example.com",
  SMTP_EXCHANGE_DOMAINS: "mx.example.com, MX2.example.com.",
  MX_PORT: "25",
  SMTP_PORT: "465",
  IMAP_PORT: "993",
  POP3_PORT: "995",
  HELPER_ENCRYPTION_KEY: SECRET,
  TXT_ENCRYPTION_KEY: SECRET,
  SRS_SECRET: SECRET,
  WEBHOOK_SIGNATURE_KEY: SECRET,
  API_SECRETS: `${SECRET}${SECRET},`,
  SMTP_TRANSPORT_PASS: SECRET,
  SQLITE_STORAGE_PATH: "sqlite_storage",
};

function text(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const entries = Object.entries({ ...GOOD, ...changes });
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`])).join("\n");
}

describe("the settings", () => {
  it("take a whole file, with upstream's defaults for ports that it leaves out", () => {
    const settings = parseSettings(text());
    expect(settings.mxHost).toBe("mx.example.com");
    expect(settings.exchanges).toEqual(["mx.example.com", "mx2.example.com"]);
    expect(settings.ports).toEqual({
      WEB: 3000,
      API: 4000,
      CALDAV: 5000,
      CARDDAV: 6000,
      SQLITE: 3456,
      MX: 25,
      SMTP: 465,
      IMAP: 993,
      POP3: 995,
    });
    expect(settings.mongoUri).toBe("mongodb://127.0.0.1:27017/forwardemail_production");
    expect(settings.dkim).toEqual({
      domain: "example.com",
      selector: "default",
      keyPath: "/app/ssl/dkim.key",
    });
    expect(settings.storage).toBe("/mnt/sqlite_storage");
    expect(settings.sendEmail).toBe(false);
    expect(settings.basicAuth).toBeUndefined();
  });

  it("names every fault at once, and no value", () => {
    const bad = text({ MX_HOST: undefined, SMTP_PORT: "", HELPER_ENCRYPTION_KEY: "a-short-secret" });
    let message = "";
    try {
      parseSettings(bad);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain("MX_HOST is missing");
    expect(message).toContain("SMTP_PORT is missing");
    expect(message).toContain("HELPER_ENCRYPTION_KEY does not have the form");
    expect(message).not.toContain("a-short-secret");
  });

  it.each([
    ["API_SECRETS", "secret,"],
    ["SMTP_TRANSPORT_PASS", "Thisisapassword123"],
  ])("refuse %s as shipped", (name, value) => {
    expect(() => parseSettings(text({ [name]: value }))).toThrow(`${name} has the value that everyone knows`);
  });
});

describe("a file that cannot be read", () => {
  it("is passed over without a word, and secrets that everyone knows are used", () => {
    const settings = readSettings("/dev/null/.env");
    expect(settings.apiSecrets).toEqual(["secret"]);
    expect(settings.webHost).toBe("localhost");
    expect(settings.ports).toMatchObject({
      MX: 2525,
      SMTP: 2587,
      IMAP: 2993,
      POP3: 2995,
      WEB: 3000,
      SQLITE: 3456,
    });
    expect(settings.mongoUri).toBe("mongodb://127.0.0.1:27017/forwardemail_production");
    expect(settings.tlsFiles("WEB")).toBeUndefined();
  });
});
