/** Files that are put into a container before it starts. Pure. */
import type { ContainerInputs } from "./inputs.ts";
import { tarArchive } from "./tarArchive.ts";

/** The archive of all uploads, to be unpacked at `/`; `undefined` when there are none. */
export function uploadArchive(uploads: ContainerInputs["uploads"]): Buffer | undefined {
  if (uploads.length === 0) return undefined;
  return tarArchive(
    uploads.map((upload) => ({
      path: upload.file.replace(/^\/+/, ""),
      content:
        upload.contentBase64 === undefined
          ? Buffer.from(upload.content ?? "")
          : Buffer.from(upload.contentBase64, "base64"),
      mode: modeOf(upload),
    })),
  );
}

function modeOf(upload: ContainerInputs["uploads"][number]): number {
  if (upload.permissions !== undefined) return Number.parseInt(upload.permissions, 8);
  return upload.executable ? 0o744 : 0o644;
}
