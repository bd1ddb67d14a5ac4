#!/bin/bash
# Opens port 25 to the world once the mail server knows the domain. Before, it would refuse mail of the domain for good;
# at a closed port senders wait and try again.
# usage: mail-gate.sh once | watch
# What cannot be told, as while a container or the database is away, changes nothing: an open port stays open, also across
# reboots, and a closed one closed.
set -euo pipefail

# DOMAIN, PREFIX, DATABASE, CACHE
# shellcheck source=/dev/null
. /etc/mailstead/mail-gate.env

firewall=/usr/local/lib/mailstead/firewall.sh
question=/usr/local/lib/mailstead/mail-gate-question.cjs
state=/var/lib/mailstead/mail-gate.json
# Seconds: how long a look may wait for news while the port is closed, and between two looks while it is open.
wait_closed=120
pause_open=300
pause_failed=5

recorded() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$state" 2>/dev/null || true; }

# Writes the state for firewall.sh and `mailstead status`. What stands there already stays, with its date.
record() {
  local plain since
  plain=$(printf '%s' "$2" | tr -cd '[:alnum:] .,:-' | cut -c1-200)
  since=$(date --utc +%Y-%m-%dT%H:%M:%SZ)
  if [ "$(recorded state)" = "$1" ] && [ "$(recorded domain)" = "$DOMAIN" ]; then
    [ "$(recorded answer)" != "$plain" ] || return 0
    since=$(recorded since)
  fi
  printf '{"domain":"%s","state":"%s","since":"%s","answer":"%s"}\n' "$DOMAIN" "$1" "$since" "$plain" >"$state.new"
  mv "$state.new" "$state"
}

is_open() { [ "$(recorded state)" = open ] && [ "$(recorded domain)" = "$DOMAIN" ]; }

# The server's answer: `known COUNT`, or `unknown REASON`. Waits for another answer than the one recorded, at most $1 seconds.
ask() {
  timeout --kill-after=5 $(($1 + 60)) \
    docker exec --interactive mx node - "$DOMAIN" "$PREFIX" "$DATABASE" "$CACHE" "$1" "$(recorded answer)" <"$question"
}

# The state is written before the rules change: rules that are loaded in between read it.
settle() {
  case $1 in
  known\ *)
    record open "$1"
    "$firewall" mail-opens
    ;;
  unknown\ *)
    record closed "$1"
    "$firewall" mail-closes
    ;;
  *) return 1 ;;
  esac
}

watch() {
  local answer wait
  if [ "$(recorded domain)" != "$DOMAIN" ]; then settle "unknown not-asked"; fi
  while true; do
    wait=$wait_closed
    if is_open; then wait=0; fi
    if answer=$(ask "$wait") && settle "$answer"; then
      if is_open; then sleep "$pause_open"; fi
    else
      sleep "$pause_failed"
    fi
  done
}

# Before the rules are loaded for the first time: on a server that has been at work, the port does not close for a moment.
once() {
  local answer
  if answer=$(ask 0 2>/dev/null) && [[ $answer == known\ * ]]; then record open "$answer"; fi
}

case ${1:-} in
once | watch) "$1" ;;
*)
  echo "usage: mail-gate.sh once | watch" >&2
  exit 2
  ;;
esac
