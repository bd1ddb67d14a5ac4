#!/bin/bash
# Part of backup.sh: the data as it was at one moment.
# On a volume (XFS) both folders lie on one file system, and a clone is made without reading (reflink). Elsewhere they are
# copied before, and only what changed since then while all stands still.
# shellcheck disable=SC2154 # log, of backup.sh
set -euo pipefail

volume=/mnt/mailstead
clone_name=clones/backup
# Containers that we froze, a line each. Below /run: after a power cut Docker starts them anew, and none is frozen.
frozen=/run/mailstead-backup.frozen
frozen_milliseconds=0
docker_seconds=30
frozen_most=2000

if mountpoint --quiet "$volume"; then
  self_hosting=$volume/self-hosting letsencrypt=$volume/letsencrypt clone=$volume/$clone_name
else
  self_hosting=/root/forwardemail.net/self-hosting letsencrypt=/etc/letsencrypt clone=/var/lib/mailstead/$clone_name
fi

ask_docker() { timeout --kill-after=5 "$docker_seconds" docker "$@"; }

# Of the containers that we froze, those that are still so.
still_frozen() {
  local paused
  paused=$(ask_docker ps --quiet --no-trunc --filter status=paused) || return 1
  grep -xF -f "$frozen" <<<"$paused" || true
}

# Frees every container that we froze; those that somebody else paused stay so.
# usage: free_containers [own]
#   own  of this run, which has seen all its pauses end: one look is enough
free_containers() {
  local tries found last=unknown
  [ "${1:-}" != own ] || last=
  [ -e "$frozen" ] || return 0
  for ((tries = 0; tries < 20; tries++)); do
    if found=$(still_frozen); then
      # Twice in a row: a pause that was on its way when its caller was killed may come after the first look.
      if [ -z "$found" ] && [ -z "$last" ]; then
        rm -f "$frozen"
        return 0
      fi
      # shellcheck disable=SC2086 # a list of ids
      [ -z "$found" ] || ask_docker unpause $found >/dev/null 2>&1 || true
      last=$found
    fi
    sleep 0.2
  done
  return 1
}

# What a killed run was writing may come after the first try.
remove() {
  local tries
  for ((tries = 0; tries < 20; tries++)); do
    [ -e "$1" ] || return 0
    rm -rf "$1" 2>/dev/null || sleep 0.2
  done
  [ ! -e "$1" ]
}

# From disk and volume: the data may have moved since.
remove_from_both() {
  local place code=0
  for place in /var/lib/mailstead "$volume"; do remove "$place/${1:?}" || code=1; done
  return "$code"
}

drop_clone() { remove_from_both "$clone_name"; }

# What a restore of one mailbox works with (mailbox-restore.sh): a container, and a copy of the mailbox.
drop_scratch() {
  ask_docker rm --force mailstead-restore >/dev/null 2>&1 || true
  remove_from_both clones/mailbox || true
}

# Unless one is at it, which clears up by itself: so long (seconds) it may still be.
drop_left_scratch() {
  [ -e "$volume/clones/mailbox" ] || [ -e /var/lib/mailstead/clones/mailbox ] || return 0
  (flock --timeout "$1" 8 && drop_scratch) 8>/run/mailstead-mailbox.lock || true
}

# Nothing frozen, no clone: as before a run.
set_free() {
  local code=0
  free_containers || code=1
  drop_clone || code=1
  drop_left_scratch 0
  find /run/ -maxdepth 1 -name 'mailstead-backup.log.*' -mmin +60 -delete
  return "$code"
}

# A program that takes long: it ends when this script is killed, and does not hold the turn.
bound() { setpriv --pdeathsig TERM "$@" 9>&-; }

# The owner's data in the clone as it is on the disk.
copy() {
  if [ "$clone" = "$volume/$clone_name" ]; then
    cp -a --reflink=always "$self_hosting/." "$clone/self-hosting/" &&
      { [ ! -d "$letsencrypt" ] || cp -a --reflink=always "$letsencrypt/." "$clone/letsencrypt/"; }
  else
    # A file may go while the first copy looks at it (24).
    bound rsync --archive --delete --modify-window=-1 "$self_hosting/" "$clone/self-hosting/" || [ $? -eq 24 ] || return 1
    [ ! -d "$letsencrypt" ] || bound rsync --archive --delete "$letsencrypt/" "$clone/letsencrypt/"
  fi
}

need_room() {
  local wanted free
  wanted=$(du --summarize --block-size=1 "$self_hosting" | cut -f1)
  free=$(df --block-size=1 --output=avail "$clone" | tail -n 1)
  [ "$free" -gt "$wanted" ] || fail "the copy needs $((wanted >> 20)) MiB, and the disk has $((free >> 20)) free"
}

freeze_and_copy() {
  local ids=$1 began code=0
  printf '%s\n' "$ids" >"$frozen.new"
  mv "$frozen.new" "$frozen"
  began=$(milliseconds)
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$ids" ] || ask_docker pause $ids >"$log" 2>&1 || code=1
  # One that ended meanwhile cannot be frozen, and writes nothing.
  if [ "$code" -ne 0 ] && [ -z "$(running)" ]; then code=0; fi
  if [ "$code" -eq 0 ]; then copy >"$log" 2>&1 || code=2; fi
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$ids" ] || ask_docker unpause $ids >/dev/null 2>&1 || true
  frozen_milliseconds=$(($(milliseconds) - began))
  free_containers own || fail "containers stay frozen, docker does not free them: systemctl restart docker"
  return "$code"
}

running() { ask_docker ps --quiet --no-trunc --filter status=running; }

# Leaves the clone, and how long everything stood still.
clone_data() {
  local ids code=0
  ids=$(running 2>"$log") || fail "docker does not answer, so nothing can be frozen: $(tail -n 1 "$log")"
  install -d -m 0700 "${clone%/*}" "$clone" "$clone/self-hosting" "$clone/letsencrypt"
  if [ "$clone" != "$volume/$clone_name" ]; then
    need_room
    say "copying the data (no volume, so no clone without reading)"
    copy >"$log" 2>&1 || fail "the data could not be copied: $(tail -n 1 "$log")"
  fi
  # What waits to be written is written before, and not while all stands still.
  sync -f "$self_hosting"
  sync -f "$clone"
  freeze_and_copy "$ids" || code=$?
  [ "$code" -ne 1 ] || fail "a container could not be frozen: $(tail -n 1 "$log")"
  [ "$code" -eq 0 ] || fail "the data could not be cloned: $(tail -n 1 "$log")"
  say "$(wc -w <<<"$ids") containers stood still for $frozen_milliseconds ms"
  [ "$frozen_milliseconds" -le "$frozen_most" ] || say "WARNING: that is more than $frozen_most ms"
}
