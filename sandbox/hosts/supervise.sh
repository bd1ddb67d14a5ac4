#!/bin/sh
# Keeps a machine running: starts it again when it asked for a reboot, and ends when it was switched off.
# usage: supervise.sh BOOTS OWN_GROUPS MACHINE_GROUPS LINKS COMMAND [ARGUMENT...]
#   BOOTS           file which gets a line for each start
#   OWN_GROUPS      cgroup folders for this script, parted by colons
#   MACHINE_GROUPS  cgroup folders for the machine, parted by colons
#   LINKS           folder of links to the devices that the machine sees; those that it has at a start
# It is its own process, so that machines outlive who switched them on.
set -u

boots=$1 own_groups=$2 machine_groups=$3 links=$4
shift 4
# Ends with this when the machine asked for a reboot.
reboot_status=133

join() {
  IFS=:
  for group in $1; do
    echo 0 >"$group/cgroup.procs" || exit 1
  done
  unset IFS
}

# Becomes the machine, with its devices of now.
start() {
  for link in "$links"/*; do
    [ -L "$link" ] || continue
    target=$(readlink "$link")
    set -- "$@" "--bind=/dev/${target##*/}"
  done
  exec "$@"
}

join "$own_groups"

while :; do
  date +%s >>"$boots"
  (join "$machine_groups" && start "$@") </dev/null
  status=$?
  [ "$status" -eq "$reboot_status" ] || break
done
echo "machine ended with $status"
