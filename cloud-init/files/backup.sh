#!/bin/bash
# Backups: one consistent snapshot of all data to an S3-compatible bucket, by restic.
# usage: backup.sh run | last | check | list | thaw [--json]
#   run    freezes the containers for a moment, clones the data, uploads the clone
#   last   as run, of a server that goes: all its containers are stopped, and nothing is sent after it
#   check  reads a part of the repository back and verifies it, then removes old snapshots
#   list   the snapshots of this domain
#   thaw   ends what a killed run left: frozen containers, its clone
# With --json, what it does is said on standard error, and standard output is one JSON value.
# Exit codes: 0 done, 1 failed (the last line says why, and the next step), 2 wrong use.
# shellcheck disable=SC2154 # what the parts of it set, read below
set -euo pipefail

here=/usr/local/lib/mailstead
# Sets DOMAIN, STACK, GENERATION, CONTACT, REPOSITORY, ENDPOINT, BUCKET, PREFIX, REGION, KEEP_DAILY, KEEP_WEEKLY,
# KEEP_MONTHLY, RELEASE, SENDER, IMAGES
set -a
# shellcheck source=/dev/null
. /etc/mailstead/backup.conf
set +a

lock=/run/mailstead-backup.lock
turn_seconds=600

verb=${1:-}
json=
if [ "${2:-}" = --json ]; then json=1; elif [ $# -gt 1 ] && [ "$verb" != guard ]; then verb=; fi
# What is said must not end a run: who listens may have gone.
trap '' PIPE HUP

say() {
  if [ -n "$json" ]; then
    printf 'mailstead: %s\n' "$1" >&2 || true
  else
    printf 'mailstead: %s\n' "$1" || true
  fi
}

milliseconds() { printf '%s' $((${EPOCHREALTIME//[!0-9]/} / 1000)); }
records() { python3 "$here/backup-records.py" "$@"; }

# shellcheck source=/dev/null
. "$here/backup-data.sh"
# shellcheck source=/dev/null
. "$here/backup-repository.sh"
# shellcheck source=/dev/null
. "$here/backup-tell.sh"

# One at a time, of this host. All that frees containers or removes a clone holds it too.
take_turn() {
  exec 9>"$lock"
  flock --timeout "$1" 9
}

# The one way out of a run or check that did not do its work. What it says is the reason, with the next step.
fail() {
  say "FAILED: $1"
  failed=1
  set_free || true
  records failed "$verb" "$1" || true
  tell_failure "$verb" "$1"
  [ -z "$json" ] || records show
  exit 1
}

# Also when something ended the script that nobody thought of.
at_exit() {
  local code=$?
  trap - EXIT
  if [ "$code" -ne 0 ] && [ -z "${failed:-}" ]; then
    (fail "it was ended in the middle (code $code); the next run begins anew") || true
  fi
  set_free || true
  rm -f "$log" "$log.waiting"
  exit "$code"
}

# Where this script is killed without being asked, somebody else has to end what it began: in a unit of its own, as all of
# this one's may be killed together.
start_guard() {
  [ -d /run/systemd/system ] && systemd-run --quiet --collect "$here/backup.sh" guard $$ 2>/dev/null 9>&- && return 0
  setsid --fork "$here/backup.sh" guard $$ </dev/null >/dev/null 2>&1 9>&-
}

begin() {
  take_turn "$turn_seconds" || {
    say "another run is still at it after $turn_seconds s"
    exit 1
  }
  load_secrets
  install -d -m 0755 /var/lib/mailstead
  log=$(mktemp /run/mailstead-backup.log.XXXXXX)
  trap at_exit EXIT
  trap 'exit 143' TERM INT
  set_free || fail "a killed run left containers frozen, and docker does not free them: systemctl restart docker"
  start_guard
  say "asking $ENDPOINT for the repository $PREFIX in the bucket $BUCKET"
}

# How much mail has still to leave: a number, or nothing where the app does not tell.
count_waiting() {
  bound timeout --kill-after=5 20 docker exec -i "$SENDER" node - <"$here/waiting-mail.cjs" 2>/dev/null |
    awk '$1 == "queue" && $2 ~ /^[0-9]+$/ { print $2 + $4 }' || true
}

run() {
  local started counting
  begin
  started=$(milliseconds)
  count_waiting >"$log.waiting" 9>&- &
  counting=$!
  open_repository
  wait "$counting" || true
  clone_data
  records manifest "$clone" "$frozen_milliseconds" "$(cat "$log.waiting")" >"$log" 2>&1 || fail "the clone could not be read: $(tail -n 1 "$log")"
  say "$(cat "$log")"
  upload
  drop_clone
  records saved "$log" "$frozen_milliseconds" $(($(milliseconds) - started)) >"$log.said" ||
    fail "restic gave no summary that can be read"
  say "$(cat "$log.said")"
  rm -f "$log.said"
  tell_success
  [ -z "$json" ] || records show
}

check() {
  begin
  open_repository
  check_repository
  say "the repository is sound (part $part of $check_parts was read back)"
  remove_old
  records checked
  [ -z "$json" ] || records show
}

list() {
  load_secrets
  log=$(mktemp /run/mailstead-backup.log.XXXXXX)
  trap 'rm -f "$log"' EXIT
  snapshots || {
    say "FAILED: $(why $? "$log")"
    exit 1
  }
  records "list${json:+-json}" <"$log"
}

case $verb in
run | check | list) "$verb" ;;
last)
  # shellcheck disable=SC2034 # of upload
  verb=run last=1
  run
  ;;
thaw)
  take_turn 60 || exit 1
  set_free
  ;;
guard)
  # Of a run that ended by itself there is nothing left, and one that begins meanwhile clears up first.
  tail --pid="$2" -s 0.1 -f /dev/null
  take_turn 60 || exit 0
  set_free
  # What a killed restore of a mailbox had begun keeps its lock until it has ended, too; a backup need not wait for that.
  exec 9>&-
  drop_left_scratch 60
  ;;
*)
  echo "usage: backup.sh run | last | check | list | thaw [--json]" >&2
  exit 2
  ;;
esac
