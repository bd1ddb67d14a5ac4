/** A volume at Hetzner that outlives servers, and its place on one. */
import { Volume } from "@pulumi/hcloud/volume.js";
import { VolumeAttachment } from "@pulumi/hcloud/volumeAttachment.js";
import type * as pulumi from "@pulumi/pulumi";
import { ATTACHMENT_ROLE } from "../../../stack/vendors/cloudThings.ts";
import { STACK_LABEL, volumeName } from "../../../stack/vendors/names.ts";
import type { CloudVolume, VolumeArgs } from "../cloud.ts";

/** The plugin's older SDK: terraform-provider-hcloud internal/volume has no `timeouts` block. */
const VOLUME_TIMEOUTS = {};

/**
 * Declares the volume.
 *
 * Neither format nor automount is given: the plugin would only write them into the state, and the host makes the file
 * system. Nor a server: the attachment says it.
 */
export function hetznerVolume(args: VolumeArgs, opts: pulumi.ComponentResourceOptions): CloudVolume {
  const { plan, stack, reviewed, protect } = args;
  const volume = new Volume(
    plan.role,
    {
      name: volumeName(stack),
      size: plan.sizeGb,
      location: reviewed.location,
      labels: { [STACK_LABEL]: stack },
    },
    { ...opts, protect, customTimeouts: VOLUME_TIMEOUTS },
  );
  return { volume, device: volume.linuxDevice };
}

/** Puts a volume on a server. It is taken off first where either is another one: a volume is on one server only. */
export function attachVolume(
  volume: pulumi.CustomResource,
  server: pulumi.CustomResource,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const ids = { volumeId: volume.id.apply(Number), serverId: server.id.apply(Number) };
  return new VolumeAttachment(
    ATTACHMENT_ROLE,
    { ...ids, automount: false },
    { ...opts, customTimeouts: VOLUME_TIMEOUTS, deleteBeforeReplace: true },
  );
}
