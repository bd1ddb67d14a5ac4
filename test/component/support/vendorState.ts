/** What vendors answer for each resource type that Mailstead may declare; any other type is refused. */

/** Values that stand for secrets; none of them may be found in a place that is not secret. */
export const SECRETS = {
  hostPrivateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nHOSTSECRET\n-----END OPENSSH PRIVATE KEY-----\n",
  deployPrivateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nDEPLOYSECRET\n-----END OPENSSH PRIVATE KEY-----\n",
  secondDeployPrivateKey:
    "-----BEGIN OPENSSH PRIVATE KEY-----\nSECONDDEPLOYSECRET\n-----END OPENSSH PRIVATE KEY-----\n",
  domainDkimPrivateKey: "-----BEGIN PRIVATE KEY-----\nDOMAINDKIMSECRET\n-----END PRIVATE KEY-----\n",
  dkimPrivateKey: "-----BEGIN RSA PRIVATE KEY-----\nDKIMSECRET\n-----END RSA PRIVATE KEY-----\n",
} as const;

/** Public key of the DKIM key, as long as a real one of 2048 bits. */
export const DKIM_VALUE = `MIIB${"A".repeat(384)}QAB=`;

const KEYS: Readonly<Record<string, { open: string; secret: string }>> = {
  "host-key": { open: "ssh-ed25519 AAAAHOST", secret: SECRETS.hostPrivateKey },
  "deploy-key": { open: "ssh-ed25519 AAAADEPLOY", secret: SECRETS.deployPrivateKey },
  "deploy-key-2": { open: "ssh-ed25519 AAAASECOND", secret: SECRETS.secondDeployPrivateKey },
  "domain-dkim-key": { open: "ssh-rsa AAAADOMAIN", secret: SECRETS.domainDkimPrivateKey },
  "dkim-key": { open: "ssh-rsa AAAADKIM", secret: SECRETS.dkimPrivateKey },
};

type State = Readonly<Record<string, unknown>>;

const MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** A value that the provider marks secret. */
function secret(value: string): unknown {
  return { ...MARK, value };
}

const ANSWERS: Readonly<Record<string, (name: string, inputs: State) => { id: string; state: State }>> = {
  "tls:index/privateKey:PrivateKey": (name) => {
    const key = KEYS[name];
    if (key === undefined) throw new Error(`unexpected key ${name}`);
    const body = DKIM_VALUE.match(/.{1,64}/g)?.join("\n") ?? "";
    const state = {
      publicKeyOpenssh: `${key.open}\n`,
      publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`,
      privateKeyOpenssh: secret(key.secret),
      privateKeyPem: secret(key.secret),
      privateKeyPemPkcs8: secret(key.secret),
    };
    return { id: "ab".repeat(20), state };
  },
  "random:index/randomPassword:RandomPassword": (name, inputs) => ({
    id: "none",
    state: { result: secret(`SECRET${name}`.padEnd(Number(inputs["length"]), "x")) },
  }),
  "random:index/randomId:RandomId": (_name, inputs) => ({
    id: "id",
    state: { hex: "70ce9".padEnd(2 * Number(inputs["byteLength"]), "0") },
  }),
  "random:index/randomBytes:RandomBytes": (_name, inputs) => ({
    id: "none",
    state: { hex: secret("5ec2e7".padEnd(2 * Number(inputs["length"]), "0")) },
  }),
  "hcloud:index/primaryIp:PrimaryIp": (name) => ({
    id: name === "ipv4" ? "3001" : "3002",
    state: { ipAddress: name === "ipv4" ? "203.0.113.10" : "2001:db8:a:1::" },
  }),
  "hcloud:index/rdns:Rdns": (name) => ({ id: `p-${name}`, state: {} }),
  "hcloud:index/firewall:Firewall": () => ({ id: "4001", state: {} }),
  "hcloud:index/sshKey:SshKey": () => ({ id: "5001", state: {} }),
  "hcloud:index/volume:Volume": () => ({
    id: "7001",
    state: { linuxDevice: "/dev/disk/by-id/scsi-0HC_Volume_7001" },
  }),
  "hcloud:index/volumeAttachment:VolumeAttachment": () => ({ id: "7001", state: {} }),
  "hcloud:index/server:Server": () => ({ id: "6001", state: {} }),
  "cloudflare:index/dnsRecord:DnsRecord": (name) => ({ id: `record-${name}`, state: {} }),
  "digitalocean:index/dnsRecord:DnsRecord": (name) => ({ id: `record-${name}`, state: {} }),
  "hcloud:index/zoneRrset:ZoneRrset": (name) => ({ id: `set-${name}`, state: {} }),
  "command:remote:Command": (name) => ({ id: `command-${name}`, state: { stdout: "", stderr: "" } }),
  "command:local:Command": (name) => ({ id: `command-${name}`, state: { stdout: "", stderr: "" } }),
  "pulumi:providers:docker": () => ({ id: "docker-provider", state: {} }),
  "docker:index/remoteImage:RemoteImage": (name) => ({ id: name, state: { imageId: `sha256:${name}` } }),
  "docker:index/container:Container": (name) => ({ id: name, state: {} }),
};

/** @throws Error for a type that is not expected. */
export function vendorState(type: string, name: string, inputs: State): { id: string; state: State } {
  if (type.startsWith("mailstead:")) return { id: "", state: {} };
  const answer = ANSWERS[type];
  if (answer === undefined) throw new Error(`unexpected resource type ${type} (${name})`);
  const { id, state } = answer(name, inputs);
  return { id, state: { ...inputs, ...state } };
}
