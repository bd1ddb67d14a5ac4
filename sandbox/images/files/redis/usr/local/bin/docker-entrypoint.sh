#!/bin/sh
# As the official image: bare options, or a configuration file, are given to redis-server.
set -e
case "$1" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
exec "$@"
