#!/bin/sh
# As the official image (debian/docker-entrypoint.sh at 0d55be9): bare options, or a configuration file, are given to
# redis-server; root that may change its user gives the data to the user redis and becomes that user.
set -e
# By its path: the shell here would take busybox's own, which cannot change the user.
setpriv=/usr/bin/setpriv
case "$1" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
has_cap() { $setpriv -d | grep -q "Capability bounding set:.*\b$1\b"; }
become() { $setpriv --reuid redis --regid redis --clear-groups "$@"; }
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ] && has_cap setuid && has_cap setgid; then
  find . | while read -r path; do
    become test -r "$path" -a -w "$path" && continue
    chown redis "$path" || echo "Warning: cannot change owner to 'redis' for '$path'"
    chmod u+rwX "$path" || echo "Warning: cannot change mode to 'u+rwX' for '$path'"
  done
  exec $setpriv --reuid redis --regid redis --clear-groups --nnp --inh-caps=-all --ambient-caps=-all \
    --bounding-set=-all "$0" "$@"
fi
umask 0077
exec "$@"
