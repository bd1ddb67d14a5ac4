#!/bin/bash
# Waits, with limits, until the first boot has ended well; otherwise says what went wrong.
set -uo pipefail

limit=${MAILSTEAD_BOOT_LIMIT:-600}

explain() {
  printf 'mailstead: %s\n' "$1" >&2
  printf '%s\n' '--- cloud-init status ---' >&2
  cloud-init status --long >&2
  printf '%s\n' '--- end of /var/log/cloud-init-output.log ---' >&2
  tail -n 40 /var/log/cloud-init-output.log >&2
  printf 'Next step: mend the cause. A server that never held mail may go: set mailstead:server.disposable to true,' >&2
  printf ' raise mailstead:generation by one, run pulumi up, and set it back.\n' >&2
  exit 1
}

timeout "$limit" cloud-init status --wait >/dev/null
case $? in
124) explain "the first boot did not end within $limit s" ;;
1) explain "the first boot failed" ;;
esac
[ -s /var/lib/mailstead/booted ] || explain "the first boot ended without its mark /var/lib/mailstead/booted"
timeout 120 sh -c 'until docker version >/dev/null 2>&1; do sleep 0.5; done' ||
  explain "docker did not answer within 120 s after the boot"
# What the first boot wrote outlives a power cut from here on: nothing would write it again.
sync
echo "booted $(cat /var/lib/mailstead/booted)"
