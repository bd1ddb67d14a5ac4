/** What goes from the host once all runs as it should: images that an earlier release ran from. */
import { UPGRADE_SCRIPT } from "../host/paths.ts";
import { shellQuote } from "../values/shellQuote.ts";
import type { PlannedImage, PlannedStep } from "../model/plan.ts";

/** A repository as Docker itself writes it: its own hub and the hub's library are left out. */
function familiar(reference: string): string {
  return reference.replace(/(:[^:/@]*)?@.*$/, "").replace(/^docker\.io\/(library\/)?/, "");
}

const REMOVE_SECONDS = 300;

/**
 * Removes images of the plan's repositories that no container was made from and the plan does not name. The step comes
 * after every container, so that a change which failed leaves what it would go back to; an upgrade that is not proved yet
 * removes them itself. Its text names the images, and
 * so it runs again whenever one of them changes.
 */
export function removeOldImages(images: readonly PlannedImage[]): PlannedStep {
  const references = images.map(({ reference }) => shellQuote(reference)).join(" ");
  const filters = [...new Set(images.map(({ reference }) => familiar(reference)))]
    .map((repository) => `--filter reference=${shellQuote(repository)}`)
    .join(" ");
  const command = [
    `! ${UPGRADE_SCRIPT} under-way || exit 0`,
    // Assignments: each stops the step where its question has no answer.
    `planned=$(docker image inspect --format '{{.Id}}' ${references})`,
    "used=$(docker container ls --all --quiet --no-trunc |",
    "  xargs --no-run-if-empty docker container inspect --format '{{.Image}}')",
    "removed=0",
    `listed=$(docker image ls --quiet --no-trunc ${filters} | sort -u)`,
    "for id in $listed; do",
    '  case "$planned $used" in *"$id"*) continue ;; esac',
    '  docker image rm "$id" >/dev/null',
    "  removed=$((removed + 1))",
    "done",
    '[ "$removed" -eq 0 ] || echo "$removed images that nothing uses any more are removed"',
  ].join("\n");
  return { role: "old-images", command, files: [], after: [], timeoutSeconds: REMOVE_SECONDS };
}
