#!/bin/bash
# Mounts the data volume under the guide's paths. An empty one is formatted; what an earlier version kept on the server's
# disk is moved to it, with the containers stopped. An empty volume is filled from the backups, and so is the disk where the
# data are to be there.
# usage: data.sh mount | boot | started | stop | release GENERATION
# Every step can be cut off by a power cut: the mark on the volume says how far it came, and the next run goes on there.
# Containers start only when all of it went well (docker.service needs the unit that runs this at boot).
set -euo pipefail

# DEVICE (empty: the data are on the server's disk), DOMAIN, SIZE_GB, GENERATION, DATABASES
# shellcheck source=/dev/null
. /etc/mailstead/data.conf

# On the disk a plain folder, for the mark and what is on its way.
volume=/mnt/mailstead
mark=$volume/mailstead-data
layout=1
# Folders of the guide, each with its name on the volume.
self_hosting=/root/forwardemail.net/self-hosting
letsencrypt=/etc/letsencrypt
# Containers that were stopped here and are to run again.
stopped=/var/lib/mailstead/stopped-containers
# The snapshot was made with which the server may go.
may_go=/var/lib/mailstead/may-go
lock=/run/mailstead-data.lock
backup=/usr/local/lib/mailstead/backup.sh
restore=/usr/local/lib/mailstead/restore.sh
queue_hold=/usr/local/lib/mailstead/queue-hold.sh
device_seconds=60

say() { printf 'mailstead: %s\n' "$1"; }
fail() {
  printf 'mailstead: %s\n' "$1" >&2
  exit 1
}

on_volume() { [ -n "$DEVICE" ]; }

# A release and a mount that the deploy begins at the same time: one after the other.
take_turn() {
  exec 8>"$lock"
  flock 8
}

wait_for_device() {
  local left=$device_seconds
  until [ -b "$DEVICE" ]; do
    [ "$left" -gt 0 ] || fail "the data volume is not at $DEVICE after $device_seconds s: is it attached to this server?"
    left=$((left - 1))
    sleep 1
  done
}

# --- the mark: KEY=VALUE lines on the volume ---

marked() { sed -n "s/^$1=//p" "$mark" 2>/dev/null || true; }

write_mark() {
  printf 'layout=%s\ndomain=%s\nstate=%s\n' "$layout" "$DOMAIN" "$1" >"$mark.new"
  sync -f "$mark.new"
  mv "$mark.new" "$mark"
  sync -f "$mark"
}

# --- the device: formatted only where nothing at all is on it ---

need_tools() {
  command -v mkfs.xfs >/dev/null && command -v blkid >/dev/null && return 0
  # A server that an earlier version booted.
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q xfsprogs >/dev/null
}

# mkfs.xfs writes this first and takes it back last: where it still stands, nothing was ever kept there (sb_inprogress).
is_half_made() { [ "$(od -An -tu1 -j126 -N1 "$DEVICE" | tr -d ' ')" = 1 ]; }

# The first MiB, where file systems and partition tables have their beginnings.
is_blank() { cmp -s -n 1048576 "$DEVICE" /dev/zero; }

format_if_empty() {
  local status=0 found
  # 2: it found nothing. 0: it tells what. Anything else: more than one thing.
  found=$(blkid --probe --output value --match-tag TYPE --match-tag PTTYPE "$DEVICE") || status=$?
  if [ "$status" -eq 0 ] && [ "$found" = xfs ]; then
    is_half_made || return 0
    make_file_system -f
    return 0
  fi
  if [ "$status" -ne 2 ] || ! is_blank; then
    fail "there is something on $DEVICE that is not this server's data (${found:-no known file system}): nothing was changed. Is it the right volume?"
  fi
  make_file_system
}

make_file_system() {
  mkfs.xfs -q "$@" -m reflink=1 -L mailstead "$DEVICE"
  say "the data volume was empty, and is formatted"
}

need_own_mark() {
  if [ ! -e "$mark" ]; then
    # Formatted, and cut off before its mark was whole.
    [ -z "$(find "$volume" -mindepth 1 ! -path "$mark.new" -print -quit)" ] || refuse_volume "it holds files and no mark of Mailstead"
    write_mark new
  fi
  [ "$(marked domain)" = "$DOMAIN" ] || refuse_volume "it is the data of $(marked domain)"
  [ "$(marked layout)" = "$layout" ] || refuse_volume "its layout is $(marked layout), and this version knows $layout"
}

refuse_volume() {
  umount "$volume"
  fail "the volume at $DEVICE is not the data of $DOMAIN: $1. Nothing was changed."
}

mount_volume() {
  local there
  there=$(findmnt --noheadings --output SOURCE --mountpoint "$volume" || true)
  if [ -n "$there" ] && [ "$there" != "$(readlink -f "$DEVICE")" ]; then
    say "another volume was mounted before: it goes"
    stop_containers
    unmount_all --lazy
    there=
  fi
  if [ -z "$there" ]; then
    format_if_empty
    install -d -m 0700 "$volume"
    mount -t xfs -o noatime "$DEVICE" "$volume"
    need_own_mark
  fi
  xfs_growfs -d "$volume" >/dev/null 2>&1
  grown
}

use_disk() {
  if mountpoint -q "$volume"; then
    say "a volume was mounted before: it goes"
    stop_containers
    unmount_all --lazy
  fi
  install -d -m 0700 "$volume"
  # Ready once, and moved to a volume since that is gone.
  if [ ! -e "$mark" ] || { [ "$(marked state)" = ready ] && ! on_disk; }; then write_mark new; fi
}

# A vendor's gigabyte has 10^9 bytes at least.
grown() {
  local bytes
  bytes=$(blockdev --getsize64 "$DEVICE")
  [ "$bytes" -ge $((SIZE_GB * 1000000000)) ] ||
    say "the volume has $((bytes / 1000000000)) GB so far, not the $SIZE_GB GB of the configuration"
}

# --- containers ---

# Those that take mail first, so that the databases lose nothing that was acknowledged.
stop_containers() {
  local all databases=() others=() name
  # At boot Docker waits for this script: to ask it would wait for ever.
  systemctl is-active --quiet docker.service || return 0
  all=$(docker ps --format '{{.Names}}')
  [ -n "$all" ] || return 0
  for name in $all; do
    # shellcheck disable=SC2153 # a list of words, from the settings file
    case " $DATABASES " in
    *" $name "*) databases+=("$name") ;;
    *) others+=("$name") ;;
    esac
  done
  # Docker forgets which ones ran: it starts none again that was stopped by hand.
  touch "$stopped"
  printf '%s\n' "${databases[@]}" "${others[@]}" | cat - "$stopped" | awk 'NF && !seen[$0]++' >"$stopped.new"
  mv "$stopped.new" "$stopped"
  [ ${#others[@]} -eq 0 ] || docker stop "${others[@]}" >/dev/null
  [ ${#databases[@]} -eq 0 ] || docker stop "${databases[@]}" >/dev/null
}

# Starts what was stopped here, databases first; one that was removed meanwhile is no fault.
start_again() {
  [ -e "$stopped" ] || return 0
  local name
  while read -r name; do docker start "$name" >/dev/null 2>&1 || true; done <"$stopped"
  rm -f "$stopped"
  [ -e "$may_go" ] || return 0
  # It did not go: the snapshot is the last one no more.
  rm -f "$may_go"
  systemctl start --no-block mailstead-backup.service
}

# --- moving what is on the disk ---

on_disk() { ! mountpoint -q "$self_hosting" && [ -n "$(find "$self_hosting" -type f -print -quit 2>/dev/null)" ]; }

# One line for each entry: kind, rights, owner and size; then a hash of each file.
fingerprint() {
  (
    cd "$1"
    find . \( -type d -printf '%P %y %m %U %G\n' \) -o -printf '%P %y %m %U %G %s %l\n' | LC_ALL=C sort
    find . -type f -print0 | LC_ALL=C sort -z | xargs -0 --no-run-if-empty sha256sum
  ) | sha256sum
}

copy_folder() {
  local from=$1 to=$2
  rm -rf "$to"
  [ -d "$from" ] || return 0
  cp -a "$from" "$to"
  sync -f "$to"
  [ "$(fingerprint "$from")" = "$(fingerprint "$to")" ] ||
    fail "the copy of $from on the volume is not the same as the original, which stays as it was: run this again, and look at the volume if that fails too"
}

need_room() {
  local needed free
  needed=$(du -sk "$self_hosting" | cut -f1)
  free=$(df --output=avail -k "$volume" | tail -n 1)
  [ "$free" -gt $((needed + needed / 10)) ] ||
    fail "the data on the disk need $((needed / 1024)) MiB and some room, and the volume has $((free / 1024)) MiB: raise mailstead:data.sizeGb. Nothing was changed."
}

move_from_disk() {
  need_room
  say "moving the data from the disk to the volume; mail waits at its senders meanwhile"
  write_mark moving
  stop_containers
  copy_folder "$self_hosting" "$volume/self-hosting"
  copy_folder "$letsencrypt" "$volume/letsencrypt"
  write_mark moved
}

# The originals stay beside until all runs from the volume; `up` removes them last.
set_aside() {
  [ ! -e "$self_hosting.on-disk" ] && [ -d "$self_hosting" ] && mv "$self_hosting" "$self_hosting.on-disk"
  write_mark ready
}

# Never empty beside a backup that could not be read: restore.sh fails then, and so does this.
restore_or_start_empty() {
  local code=0
  if [ -x "$restore" ] && [ -e /etc/mailstead/backup.env ]; then
    "$restore" look || code=$?
    case $code in
    0)
      write_mark restoring
      "$restore" fill
      write_mark ready
      return 0
      ;;
    3)
      [ "$(marked state)" != restoring ] ||
        fail "the backup that was being restored is gone; to begin anew: mailstead:backups.restore none"
      ;;
    4) ;;
    *) exit "$code" ;;
    esac
  elif [ "$(marked state)" = restoring ]; then
    fail "a restore was cut off, and there are no backups configured any more: set mailstead:backups again"
  fi
  start_empty
}

start_empty() {
  rm -rf "$volume/incoming"
  if on_volume; then
    install -d -m 0700 "$volume/self-hosting"
    # What certbot's package brings.
    if [ -d "$letsencrypt" ]; then cp -aT "$letsencrypt" "$volume/letsencrypt"; fi
    install -d -m 0755 "$volume/letsencrypt"
  fi
  write_mark ready
}

# Comes from what the mark says to data that is ready.
make_ready() {
  case $(marked state) in
  ready) ;;
  moved) set_aside ;;
  new)
    if on_disk && on_volume; then
      move_from_disk
      set_aside
    elif on_disk; then
      write_mark ready
    else
      restore_or_start_empty
    fi
    ;;
  restoring) restore_or_start_empty ;;
  moving)
    on_disk || fail "a move to this volume was cut off, and the disk that it came from is gone: what is in $volume may not be all. To go on with it, write state=ready into $mark."
    move_from_disk
    set_aside
    ;;
  *) fail "the mark on the volume says $(marked state), which this version does not know: nothing was changed" ;;
  esac
  if on_volume && on_disk; then
    fail "both the disk ($self_hosting) and the volume hold data of $DOMAIN: nothing was changed. Move the folder aside if the volume is the right one."
  fi
}

# --- where the containers find it ---

bind() {
  mountpoint -q "$2" && return 0
  install -d -m "$3" "$2"
  mount --bind "$1" "$2"
}

bind_all() {
  mountpoint -q "$self_hosting" || stop_containers
  bind "$volume/self-hosting" "$self_hosting" 0700
  bind "$volume/letsencrypt" "$letsencrypt" 0755
}

unmount_all() {
  local folder
  for folder in "$letsencrypt" "$self_hosting" "$volume"; do
    if mountpoint -q "$folder"; then umount "$@" "$folder"; fi
  done
}

mount_all() {
  if on_volume; then
    need_tools
    wait_for_device
    mount_volume
  else
    use_disk
  fi
  make_ready
  if on_volume; then bind_all; fi
  # Before any container of ours runs, which would send.
  "$queue_hold" guard
}

# What is on the disk goes with the server. What a new one is filled from is made last of all, when nothing comes in any more.
leave_disk() {
  # Backups that were switched off since leave nothing to do, and nothing to stop.
  [ -e /etc/mailstead/backup.env ] || return 0
  stop_containers
  "$backup" last 8>&- || {
    start_again
    fail "without a backup of what is on its disk the server stays. To give it up with its mail: mailstead:server.disposable true and \`pulumi up\` with the generation $GENERATION, then again"
  }
  touch "$may_go"
}

let_go_of_volume() {
  # A backup holds the volume, and containers that it froze could not be stopped; its unit frees them.
  systemctl stop 'mailstead-backup*.service' 'mailstead-backup*.timer'
  stop_containers
  rm -f "$stopped"
  unmount_all
}

case ${1:-} in
mount)
  take_turn
  # From now on a boot does the same, should this one be cut off.
  systemctl daemon-reload
  systemctl enable --quiet mailstead-data.service mailstead-queue-hold.service
  mount_all
  start_again
  systemctl start mailstead-data.service
  say "data: ${DEVICE:-on the disk}, $(df --output=pcent "$volume" | tail -n 1 | tr -d ' ') used"
  ;;
boot) mount_all ;;
started) start_again ;;
# Before a restart of the server; Docker's start begins them again.
stop) stop_containers ;;
release)
  # An older machine's wish must not reach a newer one at the same address.
  if [ "${2:-}" != "$GENERATION" ]; then exit 0; fi
  take_turn
  if on_volume; then let_go_of_volume; else leave_disk; fi
  ;;
*)
  echo "usage: data.sh mount | boot | started | stop | release GENERATION" >&2
  exit 2
  ;;
esac
