/** Keys of the data: where mail, databases and certificates live. */
import { z } from "zod";
import { because, count, digits, type Fields } from "../../values/field.ts";
import { bad, good, type Reading } from "../../values/reading.ts";

/** The vendor's id of a volume, as the program prints it. */
function readVolumeId(given: string): Reading<string> {
  return /^[0-9a-f-]{1,40}$/.test(given)
    ? good(given)
    : bad(
        "not-a-volume-id",
        "this is not the id of a volume",
        "set the id that the fault of `pulumi preview` names",
      );
}

export const DATA = {
  kind: {
    schema: z.enum(["volume", "disk"]),
    meaning:
      "where mail, databases and certificates live: on a volume of their own, which outlives servers, or on the server's disk",
    fix: "set volume or disk",
    default: because("volume" as const, "a server that is lost or replaced then loses no message"),
  },
  sizeGb: {
    // Hetzner makes none below 10 GB (docs.hetzner.cloud, Volumes) and none above 10 TB.
    schema: count(10, 10_240),
    meaning: "size of the volume in GB; it can grow by one `up`, and never shrink",
    fix: "set a whole number of GB from 10 to 10240",
    default: because(20, "room to begin with: a volume can grow, and never shrink"),
  },
  lostVolume: {
    schema: digits(readVolumeId),
    meaning:
      "id of this stack's volume that was deleted at the vendor for good, or lost with its project: the stack may take a new one, filled from the newest backup where there are any",
    fix: "set the id that the fault of `pulumi preview` names",
  },
} satisfies Fields;
