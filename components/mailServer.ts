/** A whole mail server: what outlives the machine, the machine, its DNS, and what runs on it. */
import * as pulumi from "@pulumi/pulumi";
import type { Plan, PlannedVolume } from "../stack/model/plan.ts";
import type { DeployedVolume } from "../stack/vendors/cloud.ts";
import type { SlotValues } from "./bind.ts";
import { MailDns } from "./dns/mailDns.ts";
import { recordTable, type RecordRow } from "./dns/recordTable.ts";
import { reviewPlanned } from "./host/review.ts";
import { Identity } from "./identity.ts";
import { MailStack } from "./mailStack.ts";
import { onboardingOutputs, type OnboardingOutputs } from "./onboardingOutputs.ts";
import type { CloudResources, CloudVolume, HostAddresses, ReviewedServer } from "./vendors/cloud.ts";
import { CLOUD_RESOURCES } from "./vendors/registry.ts";
import { sshDirectory, sshOptions, writeSshFiles, type SshFiles } from "./sshFiles.ts";

export interface MailServerArgs {
  readonly plan: Plan;
  /** Name of the stack: names and labels at the vendors, and the folder of the SSH files. */
  readonly stack: string;
  /** The DNS provider's own id of the zone, where it has one; looked up by name when absent. */
  readonly zoneId?: string;
  /** Values from the configuration, as far as the plan uses them; in a drill also those of the live stack, which count. */
  readonly given?: SlotValues;
  /** The vendor says that both addresses are on one server. Default: false. */
  readonly addressesAreHeld?: boolean;
  /** Where the SSH files go. Default `.mailstead/STACK`, relative to the project. */
  readonly sshDirectory?: string;
}

/** First login, behind basic authentication. */
export interface Login {
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

/** One mail server. */
export class MailServer extends pulumi.ComponentResource {
  readonly webAddress: string;
  /** Secret. */
  readonly login: pulumi.Output<Login>;
  /** What the deploy makes in Forward Email; undefined where a person does it. */
  readonly onboarding: OnboardingOutputs | undefined;
  readonly addresses: { readonly ipv4: pulumi.Output<string>; readonly ipv6: pulumi.Output<string> };
  readonly records: readonly RecordRow[];
  /** Every late value by slot, for `mailstead render --show-secrets`. Secret. */
  readonly slots: pulumi.Output<Readonly<Record<string, string>>>;
  /** Resolves, to nothing, when every image is on the host. */
  readonly imagesPulled: pulumi.Output<undefined>;
  /** The data volume, once the data are on it; absent where the plan has none. */
  readonly volume: pulumi.Output<DeployedVolume> | undefined;
  /** Generation of the server, once it is there. */
  readonly generation: pulumi.Output<number>;
  /** Files for `ssh` on this machine, relative to the project. */
  readonly sshFiles: pulumi.Output<SshFiles>;

  constructor(name: string, args: MailServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:components:MailServer", name, {}, opts);
    const { plan, stack } = args;
    const identity = new Identity(
      "identity",
      { protect: plan.protect, deployKeys: plan.server.deployKeys, generated: plan.generated },
      { parent: this },
    );
    const cloud = CLOUD_RESOURCES[plan.server.provider];
    const reviewed = reviewPlanned(cloud, plan.server, stack);
    const addresses = cloud.declareAddresses("addresses", { plan, stack, reviewed }, { parent: identity });
    const volume = declareVolume(cloud, { plan, stack, reviewed }, { parent: identity });
    const values = lateValues({ identity, addresses, volume, stack }, args.given);
    const host = cloud.declareHost(
      "host",
      {
        ...{ plan, stack, reviewed, addresses, values },
        addressesAreHeld: args.addressesAreHeld === true,
        ...optional("volume", volume),
      },
      { parent: this },
    );
    const zone = { provider: plan.dnsProvider, ...optional("zoneId", args.zoneId) };
    const dns = new MailDns("dns", { plan, values, ...zone }, { parent: this });
    this.sshFiles = writeLate(args.sshDirectory ?? sshDirectory(stack), identity, addresses);
    const { deployPrivateKey, hostPublicKey } = identity;
    const connection = { ipv4: addresses.ipv4, deployPrivateKey, hostPublicKey };
    const mailStack = new MailStack(
      "stack",
      {
        ...{ plan, host, connection, values, records: dns.records },
        sshOptions: this.sshFiles.apply(sshOptions),
        before: addresses.reverseNames,
      },
      { parent: this },
    );
    this.imagesPulled = mailStack.pulled;
    this.volume = plan.volume && volume && tellVolume(plan.volume, volume, mailStack.dataInPlace);
    this.generation = host.server.id.apply(() => plan.server.generation);
    dns.declareLate(mailStack.containers);

    this.webAddress = plan.webAddress;
    this.addresses = { ipv4: addresses.ipv4, ipv6: addresses.ipv6 };
    this.records = recordTable(plan.records, values);
    this.login = firstLogin(plan, values);
    this.onboarding = onboardingOutputs(plan, values, mailStack.printed);
    this.slots = pulumi.secret(pulumi.all(values as Record<string, pulumi.Output<string>>));
    this.registerOutputs({ webAddress: this.webAddress, addresses: this.addresses });
  }
}

/** Writes the SSH files as soon as their values are known, in previews too, so that a refresh can use them. */
function writeLate(directory: string, identity: Identity, addresses: HostAddresses): pulumi.Output<SshFiles> {
  const late = pulumi.all([
    identity.deployPrivateKey,
    identity.hostPublicKey,
    addresses.ipv4,
    addresses.ipv6,
  ]);
  const written = late.apply(([deployKey, hostPublicKey, ipv4, ipv6]) =>
    writeSshFiles(directory, { deployKey, hostPublicKey, addresses: [ipv4, ipv6] }),
  );
  // Only the paths leave here.
  return pulumi.unsecret(written);
}

/** The plan's volume; undefined where it has none. */
function declareVolume(
  cloud: CloudResources,
  { plan, stack, reviewed }: { plan: Plan; stack: string; reviewed: ReviewedServer },
  opts: pulumi.ComponentResourceOptions,
): CloudVolume | undefined {
  const { volume, protect } = plan;
  return volume && cloud.declareVolume({ plan: volume, protect, reviewed, stack }, opts);
}

/** What fills the slots. */
function lateValues(
  parts: { identity: Identity; addresses: HostAddresses; volume: CloudVolume | undefined; stack: string },
  given: SlotValues | undefined,
): SlotValues {
  const { ipv4, ipv6 } = parts.addresses;
  return {
    ...parts.identity.values,
    ...(parts.volume && { dataDevice: parts.volume.device }),
    ...given,
    ...{ serverIpv4: ipv4, serverIpv6: ipv6, stackName: pulumi.output(parts.stack) },
  };
}

function tellVolume(
  { sizeGb }: PlannedVolume,
  { volume }: CloudVolume,
  inPlace: pulumi.Output<undefined>,
): pulumi.Output<DeployedVolume> {
  return pulumi.all([volume.id, inPlace]).apply(([id]) => ({ id, sizeGb }));
}

function firstLogin(plan: Plan, values: SlotValues): pulumi.Output<Login> {
  const username = plan.server.boot.environment["AUTH_BASIC_USERNAME"] ?? "";
  const password = values.authBasicPassword ?? pulumi.output("");
  return pulumi.secret(password.apply((text) => ({ address: plan.webAddress, username, password: text })));
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, V>>);
}
