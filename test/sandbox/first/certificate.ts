/**
 * Proves: another ACME directory in the configuration gives another certificate in one plain `up`, and its readers are
 * restarted, not replaced.
 * Cannot: prove what a real authority refuses.
 */
import { expect, test } from "vitest";
import { containers, madeAnew } from "../../support/host.ts";
import { onHost, setConfig, up } from "../../support/sandbox.ts";

test("a certificate of another authority is in place, and its readers were restarted, not replaced", async () => {
  const look = "openssl x509 -in /root/forwardemail.net/self-hosting/ssl/fullchain.pem -noout -serial\n";
  const served = "echo | openssl s_client -connect 127.0.0.1:993 2>/dev/null | openssl x509 -noout -serial\n";
  const before = await onHost(look);
  await setConfig("mailstead:certificates.directory", "letsencrypt-staging");
  const made = await containers();
  await up();
  const after = await onHost(look);
  expect(after).not.toBe(before);
  expect(await onHost(served)).toBe(after);
  expect(await onHost("cat /etc/letsencrypt/renewal/example.com.conf\n")).toContain("acme-staging-v02");
  expect(madeAnew(made, await containers())).toEqual([]);
});
