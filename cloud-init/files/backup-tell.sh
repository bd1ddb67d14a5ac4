#!/bin/bash
# Part of backup.sh: tells people and watchers how it went. Nothing here makes a run fail.
set -euo pipefail

# shellcheck source=/dev/null
. /usr/local/lib/mailstead/contact-mail.sh

# healthchecks.io's convention: the address itself is success, /fail below it is failure, with the reason as the body.
ping_watcher() {
  [ -n "${PING_URL:-}" ] || return 0
  # The address is a secret of its own: whoever has it can say that all is well.
  printf 'url = "%s%s"\n' "$PING_URL" "$1" |
    curl --silent --show-error --fail --max-time 20 --retry 2 --data-raw "$2" --output /dev/null --config - 2>/dev/null ||
    say "the ping address did not take it"
}

tell_success() { ping_watcher "" "ok"; }

message() {
  printf '%s\n' "$1" "" "Host: $(hostname), generation $GENERATION of the stack $STACK." \
    "Last good backup: $(records last-success)." \
    "What the host says: journalctl -u mailstead-backup -u mailstead-backup-check"
}

tell_failure() {
  ping_watcher /fail "$2"
  message "$2" | mail_contact backup "Backup of $DOMAIN failed ($1)" || true
}
