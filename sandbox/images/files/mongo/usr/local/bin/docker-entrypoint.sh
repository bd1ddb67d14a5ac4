#!/bin/sh
# As the official image: bare options are given to mongod.
set -e
case "$1" in
  -*) set -- mongod "$@" ;;
esac
exec "$@"
