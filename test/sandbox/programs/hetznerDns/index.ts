/** A zone that the program makes, and record sets of each type in it and in one that is there already. */
import * as hcloud from "@pulumi/hcloud";
import { RECORDS, ZONES } from "./records.ts";

const made = new hcloud.Zone("zone", { name: ZONES.made, mode: "primary", ttl: 300 });
for (const zone of [made.name, ZONES.given]) {
  const place = zone === ZONES.given ? "given" : "made";
  for (const { role, name, type, values, ttl } of RECORDS) {
    const records = values.map((value) => ({ value, comment: role }));
    new hcloud.ZoneRrset(`${place}-${role}`, {
      zone,
      name,
      type,
      records,
      ...(ttl === undefined ? {} : { ttl }),
    });
  }
}
for (const [role, value] of Object.entries({ one: '"one"', two: '"two"' })) {
  new hcloud.ZoneRecord(`shared-${role}`, { zone: made.name, name: "shared", type: "TXT", value });
}
