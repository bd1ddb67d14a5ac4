#!/bin/bash
# Takes one mailbox out of a snapshot of the backups, and puts its messages into folders of their own beside the live ones.
# `mailstead restore` sends it by standard input, between what it is told and the call of `main`:
#   verb        look: says which snapshot, how large, whether it fits; take: does it
#   wanted      newest, or what the id of a snapshot begins with
#   file        name of the mailbox's file
#   questions   text of mailbox-restore.py
#   reader      a function that writes the program for the container, its settings included
#   secrets     a function that writes what mailbox-restore.py reads on descriptor 3
# Standard output has one line, JSON, or `left CODE ABOUT`; what it does is said on standard error.
# shellcheck disable=SC2154 # what is set before it and by the parts of backup.sh, read below
set -euo pipefail

here=/usr/local/lib/mailstead
container=mailstead-restore
own_lock=/run/mailstead-mailbox.lock
restore_seconds=18000
# Beside what is brought, the live mailbox takes in all of it once more, and writes it into its log before.
room_times=3

left() {
  printf 'left %s\n' "$*"
  exit 0
}
# What the parts of backup.sh say goes to who asked.
say() { printf 'mailstead: %s\n' "$1" >&2 || true; }
fail() { left failed "$1"; }
ask() { python3 -c "$questions" "$@"; }

# Nothing of it stays: neither the copy of the mailbox nor the container that reads it.
clear_away() {
  local code=$?
  trap - EXIT
  drop_scratch || true
  rm -f "$log"
  exit "$code"
}

begin() {
  [ -e /etc/mailstead/backup.conf ] || left no-backups
  set -a
  # shellcheck source=/dev/null
  . /etc/mailstead/backup.conf
  set +a
  # shellcheck source=/dev/null
  . "$here/backup-data.sh"
  # shellcheck source=/dev/null
  . "$here/backup-repository.sh"
  declare -F drop_scratch >/dev/null || left old-scripts
  load_secrets
  log=$(mktemp /run/mailstead-restore.XXXXXX)
  trap 'rm -f "$log"' EXIT
}

# Sets snapshot, moment and bytes.
find_mailbox() {
  local code=0 said
  say "asking $ENDPOINT for the snapshots"
  snapshots || code=$?
  if [ "$code" -ne 0 ]; then
    is_none "$code" "$log" && left no-snapshot "there is no snapshot yet"
    fail "$(why "$code" "$log")"
  fi
  said=$(ask choose "$wanted" <"$log") || left no-snapshot "$said"
  read -r snapshot moment <<<"$said"
  restic_for "$probe_seconds" ls --json --no-lock "$snapshot" /self-hosting/sqlite-data >"$log" 2>&1 ||
    fail "$(why $? "$log")"
  bytes=$(ask size "$file" <"$log") || left not-in-it "${snapshot:0:8} of $moment"
  root="Restored ${moment%%T*} ${snapshot:0:8}"
}

tell() {
  printf '{"snapshot":"%s","time":"%s","bytes":%s,"freeBytes":%s,"folder":"%s","folders":%s}\n' \
    "$snapshot" "$moment" "$bytes" "$free" "$root" "$1"
}

look() {
  find_mailbox
  install -d -m 0700 "${clone%/*}"
  free=$(df --block-size=1 --output=avail "${clone%/*}" | tail -n 1)
}

bring() {
  local code=0 includes=() name
  while read -r name; do includes+=(--include "$name"); done < <(ask parts "$file")
  say "bringing $((bytes >> 10)) KiB of snapshot ${snapshot:0:8}, of $moment"
  restic_for "$restore_seconds" restore --no-lock "$snapshot" --target "$scratch" "${includes[@]}" >"$log" 2>&1 ||
    code=$?
  [ "$code" -eq 0 ] || fail "$(why "$code" "$log")"
  copy=$scratch/self-hosting/sqlite-data
  # The log of a file that has none is made beside it; the folder is the app's user's alone.
  owner=$(stat -c %u:%g "$(find "$copy" -maxdepth 1 -name '*.sqlite' | head -n 1)")
  chown -R "$owner" "$copy"
  chmod 0700 "$copy"
}

# A container of its own, with the very image that runs, the copy and .env; no network, and no log, which would have mail in it.
read_copy() {
  local image
  image=$(ask_docker inspect --format '{{.Image}}' sqlite)
  bound docker run --rm --interactive --name "$container" --pull never --network none --log-driver none \
    --user "$owner" --cap-drop ALL --security-opt no-new-privileges \
    --mount "type=bind,source=$self_hosting/.env,target=/app/.env,readonly" \
    --mount "type=bind,source=$copy,target=/restore" "$image" node - 2>"$log"
}

take() {
  local folders code=0
  exec 8>"$own_lock"
  flock --nonblock 8 || left busy
  scratch=${clone%/*}/mailbox
  look
  [ $((bytes * room_times)) -le "$free" ] || left no-room "$((bytes * room_times >> 20)) $((free >> 20))"
  drop_scratch
  trap clear_away EXIT
  trap 'exit 143' TERM INT
  # Where this one is killed without being asked, somebody else clears away what it left.
  { [ -d /run/systemd/system ] && systemd-run --quiet --collect "$here/backup.sh" guard $$ 2>/dev/null 8>&-; } ||
    setsid --fork "$here/backup.sh" guard $$ </dev/null >/dev/null 2>&1 8>&-
  install -d -m 0700 "$scratch"
  bring
  say "putting its messages into $root"
  # Without the lock: the container ends only when who clears away after this one, once it has the lock, removes it.
  folders=$(exec 8>&- && reader | read_copy | python3 -c "$questions" put "$root" 3< <(secrets)) || code=$?
  if [ "$code" -ne 0 ]; then
    [ -n "$folders" ] || folders="the program that reads the mailbox did not start: $(tail -n 1 "$log" | cut -c1-200)"
    [ "$folders" != other-password ] || left other-password "$moment"
    fail "$folders"
  fi
  tell "$folders"
}

# The whole of it is read before anything is done: who sends it may go away.
main() {
  begin
  trap '' PIPE HUP
  if [ "$verb" = take ]; then take; else
    look
    tell null
  fi
  exit 0
}
