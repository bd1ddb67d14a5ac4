/** The product's own component over a plan of records alone, in a domain at DigitalOcean. */
import * as pulumi from "@pulumi/pulumi";
import { MailDns } from "../../../../components/dns/mailDns.ts";
import { RECORDS, SLOT_VALUES, ZONE } from "./records.ts";

const values = Object.fromEntries(
  Object.entries(SLOT_VALUES).map(([name, value]) => [name, pulumi.output(value)]),
);
new MailDns("dns", {
  plan: { protectRecords: false, zone: ZONE, records: RECORDS.map(({ record }) => record) },
  provider: "digitalocean",
  values,
});
