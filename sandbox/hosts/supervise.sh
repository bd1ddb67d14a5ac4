#!/bin/sh
# Keeps a machine running: starts it again when it asked for a reboot, and ends when it was switched off.
# usage: supervise.sh BOOTS SUPERVISOR_GROUP MACHINE_GROUPS COMMAND [ARGUMENT...]
#   BOOTS             file which gets a line for each start
#   SUPERVISOR_GROUP  cgroup folder for this script
#   MACHINE_GROUPS    cgroup folders for the machine, parted by colons
# It is its own process, so that machines outlive who switched them on.
set -u

boots=$1 own_group=$2 groups=$3
shift 3
# Ends with this when the machine asked for a reboot.
reboot_status=133

echo 0 >"$own_group/cgroup.procs" || exit 1

# Turns into COMMAND, as a member of the machine's groups.
become() {
  IFS=:
  for group in $groups; do
    echo 0 >"$group/cgroup.procs" || exit 1
  done
  unset IFS
  exec "$@"
}

while :; do
  date +%s >>"$boots"
  (become "$@") </dev/null
  status=$?
  [ "$status" -eq "$reboot_status" ] || break
done
echo "machine ended with $status"
