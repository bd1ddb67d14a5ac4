/** The sandbox's certificate authority: one EC P-256 key, and leaves for its servers. */

import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../groundPlan.ts";
import { run } from "../process/command.ts";
import { writeWhole } from "../process/writeWhole.ts";

/** A leaf's files. */
export interface Leaf {
  /** Certificate, PEM. */
  readonly certificate: string;
  /** Key, PEM, 0600. */
  readonly key: string;
}

/** Makes the CA where there is none, and the trust file with it. */
export async function ensureAuthority(): Promise<void> {
  await mkdir(paths.caDir, { recursive: true });
  if (!(await exists(paths.caCertificate))) {
    const unfinished = `${paths.caCertificate}.new`;
    await run("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"],
      ...["-subj", "/CN=Mailstead sandbox CA", "-keyout", paths.caKey, "-out", unfinished],
      ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    ]);
    await rename(unfinished, paths.caCertificate);
  }
  await writeTrust();
}

/** Writes `trust.pem`: the CA, and the ACME server's root once it is known. */
export async function writeTrust(): Promise<void> {
  const acmeRoot = await readFile(paths.acmeRoot, "utf8").catch(() => "");
  const text = (await readFile(paths.caCertificate, "utf8")) + acmeRoot;
  await writeWhole(paths.trust, text);
}

/**
 * Makes the leaf `NAME.pem`, `NAME.key` in the CA's folder, or keeps it where it already holds exactly these names.
 *
 * @param subjects DNS names, and IPv4 addresses.
 */
export async function ensureLeaf(name: string, subjects: readonly string[]): Promise<Leaf> {
  const leaf: Leaf = { certificate: join(paths.caDir, `${name}.pem`), key: join(paths.caDir, `${name}.key`) };
  const wanted = subjects.map((subject) => (isIpv4(subject) ? `IP:${subject}` : `DNS:${subject}`)).join(",");
  const note = join(paths.caDir, `${name}.subjects`);
  if ((await readFile(note, "utf8").catch(() => "")) === wanted) return leaf;
  const request = join(paths.caDir, `${name}.csr`);
  const extensions = `subjectAltName=${wanted}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`;
  await writeFile(`${request}.ext`, extensions);
  await run("openssl", [
    ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-subj", `/CN=${subjects[0] ?? name}`, "-keyout", leaf.key, "-out", request],
  ]);
  await run("openssl", [
    ...["x509", "-req", "-in", request, "-CA", paths.caCertificate, "-CAkey", paths.caKey, "-CAcreateserial"],
    ...["-days", "820", "-extfile", `${request}.ext`, "-out", leaf.certificate],
  ]);
  await writeFile(note, wanted);
  await rm(request);
  await rm(`${request}.ext`);
  return leaf;
}

function isIpv4(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(text);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
