#!/bin/bash
# Brings the data back from the backups, before any container starts: data.sh calls it where there are none yet.
# usage: restore.sh look | fill
#   look  whether there is a snapshot to restore; says which
#   fill  restores it and compares every file by its hash; goes on where it was cut off
# Exit codes: 0 done, 1 failed (the last line says why, and the next step), 2 wrong use, 3 there is nothing to restore,
# 4 nothing shall be restored.
# shellcheck disable=SC2154 # what the parts of it set (self_hosting and letsencrypt are on the volume, where there is one)
set -euo pipefail

here=/usr/local/lib/mailstead
# As for backup.sh, and RESTORE, RESTORE_OTHER_RELEASE, KEY_DIGEST, DKIM_PUBLIC_KEY
set -a
# shellcheck source=/dev/null
. /etc/mailstead/backup.conf
set +a

incoming=/mnt/mailstead/incoming
# The snapshots that `look` found, for the `fill` that follows it.
listed=/run/mailstead-restore.list
restore_seconds=18000
verb=${1:-}

say() { printf 'mailstead: %s\n' "$1"; }
records() { python3 "$here/restore-records.py" "$@"; }
fail() {
  printf 'mailstead: the backup was not restored, and nothing was started: %s\n' "$1" >&2
  exit 1
}

# shellcheck source=/dev/null
. "$here/backup-data.sh"
# shellcheck source=/dev/null
. "$here/backup-repository.sh"

begin() {
  load_secrets
  install -d -m 0700 "$RESTIC_CACHE_DIR"
  log=$(mktemp /run/mailstead-restore.XXXXXX)
  trap 'rm -f "$log"' EXIT
}

# The snapshot that is wanted: its id, or nothing where none was ever made. A repository that cannot be read is a fault:
# what is in it may be all that is left.
choose() {
  local code=0
  chosen=
  if [ -e "$listed" ]; then mv "$listed" "$log"; else snapshots || code=$?; fi
  if [ "$code" -ne 0 ]; then
    if is_none "$code" "$log"; then
      [ "$in_bucket" != unknown ] || fail "$ENDPOINT does not tell whether there is a backup: try again, name the endpoint of the bucket's own region in mailstead:backups.endpoint, or begin without: mailstead:backups.restore none"
      return 0
    fi
    fail "$(why "$code" "$log")"
  fi
  chosen=$(records choose "$RESTORE" <"$log") || fail "$chosen"
  is_last=
  if records is-last "$chosen" <"$log"; then is_last=1; fi
}

look() {
  [ "$RESTORE" != none ] || exit 4
  rm -f "$listed"
  choose
  [ -n "$chosen" ] || exit 3
  cp "$log" "$listed"
  say "there is a backup: $(records describe "$chosen" <"$log")"
}

read_manifest() {
  restic_for "$probe_seconds" dump --no-lock "$chosen" /manifest.json >"$log" 2>&1 || fail "$(why $? "$log")"
}

need_fit() {
  local said
  said=$(records fits <"$log") || fail "$said"
  said=$(records room "$(df --output=avail --block-size=1 "${incoming%/*}" | tail -n 1)" <"$log") || fail "$said"
  say "$said"
}

# Whether the snapshot has the queue as it is: its server sent nothing more. That is so once; from now on another one sends.
takes_queue_over() {
  [ -n "$is_last" ] && restic_for "$probe_seconds" tag --remove last "$chosen" >"$log" 2>&1
}

# Every file of the manifest's list is there as it was, and no other.
compare() {
  local said
  said=$(records same "$incoming") || fail "the snapshot is damaged: $said; name an older one: mailstead:backups.restore"
  (cd "$incoming" && sha256sum --check --quiet --strict hashes.sha256) >"$log" 2>&1 ||
    fail "the snapshot is damaged: $(head -n 1 "$log"); name an older one: mailstead:backups.restore"
}

fill() {
  local code=0 began=$SECONDS
  choose
  [ -n "$chosen" ] || fail "the snapshots that were there a moment ago are gone"
  read_manifest
  need_fit
  install -d -m 0700 "$incoming"
  # What an earlier try brought is looked through, and what differs is brought again.
  restic_for "$restore_seconds" restore --no-lock "$chosen" --target "$incoming" >"$log" 2>&1 || code=$?
  [ "$code" -eq 0 ] || fail "$(why "$code" "$log")"
  compare
  # Its outbound queue would send again what was sent since.
  takes_queue_over || "$here/queue-hold.sh" mark "$(records moment "$incoming")" "$chosen"
  rm -rf "$self_hosting" "$letsencrypt"
  mv -T "$incoming/self-hosting" "$self_hosting"
  mv -T "$incoming/letsencrypt" "$letsencrypt"
  mv "$incoming/manifest.json" "${incoming%/*}/restored.json"
  printf '%s\n' "$chosen" >"${incoming%/*}/restored-snapshot"
  rm -rf "$incoming"
  say "restored from the backup in $((SECONDS - began)) s; every file is as it was"
}

case $verb in
look | fill)
  begin
  "$verb"
  ;;
*)
  echo "usage: restore.sh look | fill" >&2
  exit 2
  ;;
esac
