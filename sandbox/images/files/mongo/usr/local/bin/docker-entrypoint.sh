#!/bin/sh
# As the official image (8.0/docker-entrypoint.sh at 7c4db1d): bare options are given to mongod; root gives the data to
# the user mongodb and becomes that user.
set -e
case "$1" in
  -*) set -- mongod "$@" ;;
esac
if [ "$1" = mongod ] && [ "$(id -u)" = 0 ]; then
  find /data/configdb /data/db ! -user mongodb -exec chown mongodb '{}' +
  chown mongodb "/proc/$$/fd/1" "/proc/$$/fd/2" || true
  exec gosu mongodb "$0" "$@"
fi
exec "$@"
