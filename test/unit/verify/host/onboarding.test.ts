/**
 * Proves: which configuration lacks something of the onboarding, and that the script which reads the server's checklist,
 * run beside a `curl` that plays its part, gives the items, or one finding that says why there are none.
 * Cannot prove: that the server answers so; the sandbox asks its stand-in.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { AskHost } from "../../../../verify/model/finding.ts";
import { checkOnboarding, checkOnboardingConfig } from "../../../../verify/host/onboarding.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { configOf } from "../../stack/support/planOf.ts";
import { dkimKey, rawWith } from "../../stack/support/validRaw.ts";

const SERVER = { domain: "example.com", webAddress: "https://example.com" };
const key = dkimKey(2048);

describe("what the configuration lacks", () => {
  function lacking(changes: Readonly<Record<string, unknown>>) {
    return checkOnboardingConfig(configOf(rawWith(changes)), SERVER.webAddress);
  }
  const subjects = (dkim: readonly object[]): string[] =>
    lacking({ "dns.verification": "Abcdefghij", "dns.dkim": dkim }).map(({ subject }) => subject);

  test("is told with the command that sets it", () => {
    const findings = lacking({});
    expect(findings.map(({ subject, state }) => [subject, state])).toEqual([
      ["site verification", "bad"],
      ["DKIM key of the domain", "warn"],
    ]);
    expect(findings[0]?.fix).toContain("pulumi config set --path 'mailstead:dns.verification'");
    expect(findings[1]?.fix).toContain("https://example.com/en/setup/dns/example.com");
  });

  test("is nothing once both are there, whether the key's use is said or told by its selector", () => {
    expect(subjects([{ selector: "fe-1a2b3c", publicKey: key }])).toEqual([]);
    expect(subjects([{ selector: "fe-1a2b3c", publicKey: key, use: "signing" }])).toEqual([]);
    expect(subjects([{ selector: "own", publicKey: key, use: "signing" }])).toEqual([]);
  });

  test("is the domain's own key, where another's is there, a retired one, or a record called like one", () => {
    const lacks = ["DKIM key of the domain"];
    expect(subjects([{ selector: "newsletter", publicKey: key }])).toEqual(lacks);
    const other = { selector: "newsletter", publicKey: key };
    expect(subjects([{ selector: "fe-1a2b3c", publicKey: key, use: "retired" }, other])).toEqual(lacks);
    const role = { role: "dkim-mailer", type: "TXT", name: "mailer._domainkey", text: "v=DKIM1; p=" };
    const found = lacking({ "dns.records": [{ ...role, purpose: "a sender that is gone" }] });
    expect(found.map(({ subject }) => subject)).toContain(lacks[0]);
  });
});

describe("the server's checklist", () => {
  const LOGIN = { email: "me@example.com", password: "it's & more" };
  let folder: string;

  /** curl, which notes its arguments and plays what the two files say: a line for standard error and a body. */
  beforeEach(() => {
    folder = temporaryFolder();
    writeFileSync(
      join(folder, "curl"),
      `#!/bin/bash
      case "\${*: -1}" in
      https://127.0.0.1:3000/en/login) cat >${folder}/sent; step=login ;;
      https://127.0.0.1:3000/en/setup/dns/example.com) step=list ;;
      esac
      printf '%s\\n' "$*" >>${folder}/arguments
      words="$*"; words=\${words#*--config }; cat "\${words%% *}" >${folder}/gate
      if [ -e "${folder}/$step.fails" ]; then cat "${folder}/$step.fails" >&2; exit 22; fi
      cat "${folder}/$step"`,
    );
    chmodSync(join(folder, "curl"), 0o755);
    plays("login", "{}");
    plays(".env", 'AUTH_BASIC_USERNAME="keeper"\nAUTH_BASIC_PASSWORD="of the gate"\n');
  });

  function plays(file: string, text: string): void {
    writeFileSync(join(folder, file), text);
  }

  const host: AskHost = (script) => {
    const ended = spawnSync("bash", ["--norc", "-s"], {
      input: script.replaceAll("/root/forwardemail.net/self-hosting/", `${folder}/`),
      encoding: "utf8",
      env: { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: folder },
    });
    return ended.status === 0 ? Promise.resolve(ended.stdout) : Promise.reject(new Error(ended.stderr));
  };

  test("gives a finding for each item; the login travels by standard input alone, and nothing stays", async () => {
    const checklist = [
      { name: "example.com", type: "MX", expected: "mx.example.com", pass: true },
      { name: "fe-bounces.example.com", type: "CNAME", expected: "example.com", pass: false },
      { name: "203.0.113.10", type: "PTR", expected: "mx.example.com", pass: false, required: false },
      { name: "example.com", type: "TXT", expected: "v=spf1 include:spf.forwardemail.net -all", pass: false },
    ];
    plays("list", JSON.stringify({ checklist }));
    expect(await checkOnboarding(host, SERVER, LOGIN)).toEqual([
      { subject: "checklist MX example.com", state: "ok", seen: "passes" },
      {
        subject: "checklist CNAME fe-bounces.example.com",
        state: "bad",
        seen: "the server does not see it yet",
        fix: "publish CNAME fe-bounces.example.com example.com",
      },
      {
        subject: "checklist PTR 203.0.113.10",
        state: "warn",
        seen: "the server does not see it yet",
        fix: "publish PTR 203.0.113.10 mx.example.com",
      },
      {
        subject: "checklist TXT example.com",
        state: "ok",
        seen: "does not name the servers of Forward Email's own service, and should not",
      },
    ]);
    expect(readFileSync(join(folder, "sent"), "utf8")).toBe(
      "email=me%40example.com&password=it%27s+%26+more",
    );
    expect(readFileSync(join(folder, "gate"), "utf8")).toBe('user = "keeper:of the gate"\n');
    const noted = readFileSync(join(folder, "arguments"), "utf8");
    expect(noted).not.toMatch(/more|gate/);
    for (const line of noted.trim().split("\n")) expect(line).toContain("--user-agent  --config");
    const jar = /--cookie-jar (\S+)/.exec(noted)?.[1] ?? "";
    expect(jar).toContain(folder);
    expect(existsSync(jar.replace(/\/[^/]*$/, ""))).toBe(false);
  });

  test("is one finding where the login fails, with curl's words", async () => {
    plays("login.fails", "curl: (22) The requested URL returned error: 401\n");
    expect(await checkOnboarding(host, SERVER, LOGIN)).toEqual([
      {
        subject: "the server's checklist",
        state: "bad",
        seen: "the login failed (curl: (22) The requested URL returned error: 401)",
        fix: "`web` has to run, and MAILSTEAD_ADMIN_EMAIL and MAILSTEAD_ADMIN_PASSWORD to be an account's",
      },
    ]);
  });

  test.each([
    ["", "nothing (it may have sent us elsewhere)"],
    ["<html>log in</html>", "a page"],
    [
      '{"message":"Please log in to view the page you requested."}',
      "«Please log in to view the page you requested.»",
    ],
    ["[]", "something else"],
    ["null", "something else"],
  ])("is one finding where the answer is %j", async (answer, called) => {
    plays("list", answer);
    expect(await checkOnboarding(host, SERVER, LOGIN)).toEqual([
      {
        subject: "the server's checklist",
        state: "bad",
        seen: `the server answered ${called} in its place`,
        fix: "log in at https://example.com and see whether /en/setup/dns/example.com has a list: this release may have none",
      },
    ]);
  });

  test("is one finding where the domain was not added yet", async () => {
    plays("list.fails", "curl: (22) The requested URL returned error: 404\n");
    expect(await checkOnboarding(host, SERVER, LOGIN)).toEqual([
      {
        subject: "the server's checklist",
        state: "bad",
        seen: "there is none of the domain (curl: (22) The requested URL returned error: 404)",
        fix: "add example.com at https://example.com",
      },
    ]);
  });
});
