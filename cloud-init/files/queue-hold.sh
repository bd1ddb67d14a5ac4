#!/bin/bash
# Holds what the outbound queue of a restored snapshot would send again: until every message of it is held, nothing leaves by
# port 25, and smtp_bree, which works the queue off, waits before it starts (its command looks for the mark).
# usage: queue-hold.sh mark BEFORE SNAPSHOT | guard | hold
#   mark   writes down that the queue of the snapshot is to be held: what was queued until BEFORE (a moment in UTC)
#   guard  closes port 25 to what leaves, where there is such a mark; before anything starts
#   hold   waits for the mail server, has the messages held, and opens the port
# Every step can be cut off by a power cut: the mark stays until all is held, and the next boot goes on there.
set -euo pipefail

# DOMAIN
# shellcheck source=/dev/null
. /etc/mailstead/data.conf

folder=/mnt/mailstead/queue-hold
mark=$folder/pending
program=/usr/local/lib/mailstead/queue.cjs
env_file=/root/forwardemail.net/self-hosting/.env
state=/var/lib/mailstead/queue-hold.json
unit=mailstead-queue-hold.service
table=(inet mailstead_queue)
# Seconds: as long as the program's own limit and some more; then the pauses between two tries.
limit=90
pause=3
pause_unexpected=60

say() { printf 'mailstead: %s\n' "$1"; }
marked() { sed -n "s/^$1=//p" "$mark"; }

# Our own words on standard input, for `mailstead status`.
record() {
  printf '{"at":"%s","state":"%s","held":%s,"code":"%s","about":"%s"}\n' "$(date --utc +%Y-%m-%dT%H:%M:%SZ)" \
    "$1" "${2:-null}" "${3:-}" "$(printf '%s' "${4:-}" | tr -c '[:alnum:] .,:;#/_()-' ' ')" >"$state.new"
  mv "$state.new" "$state"
}

# To loopback it stays open: the container mx is asked there whether it is well.
close_port() {
  nft --file - <<RULES
table ${table[*]}
delete table ${table[*]}
table ${table[*]} {
  chain output {
    type filter hook output priority filter; policy accept;
    ip daddr 127.0.0.0/8 accept
    ip6 daddr ::1 accept
    tcp dport 25 reject with tcp reset
  }
}
RULES
}

open_port() { nft delete table "${table[@]}" 2>/dev/null || true; }

put_mark() {
  install -d -m 0755 "$folder"
  printf 'before=%s\nsnapshot=%s\n' "$1" "$2" >"$mark.new"
  sync -f "$mark.new"
  mv "$mark.new" "$mark"
  sync -f "$mark"
}

guard() {
  # A container mounts it.
  install -d -m 0755 "$folder"
  [ -e "$mark" ] || return 0
  close_port
  say "mail of the restored queue is held first: until then nothing leaves by port 25"
  systemctl start --no-block "$unit"
}

# The program, with its settings as the last line. The digest tells whether the container runs with the host's own .env.
whole_program() {
  local digest
  digest=$(sed -n 's/^HELPER_ENCRYPTION_KEY=//p' "$env_file" | head -n 1 | tr -d '"\n' | sha256sum | cut -d ' ' -f 1)
  cat "$program"
  printf 'globalThis.mailstead.queue({"do":"hold","webHost":"%s","keyDigest":"%s","before":"%s","snapshot":"%s"});\n' \
    "$DOMAIN" "$digest" "$(marked before)" "$(marked snapshot)"
}

# `result …` or `left CODE …`; nothing where the container does not answer. Errors of the app may show what it was given.
ask() {
  whole_program | timeout --kill-after=5 "$limit" docker exec --interactive web node - 2>/dev/null |
    sed -n 's/^mailstead //p' | tail -n 1 || true
}

settle() {
  local held=$1
  rm -f "$folder/held"
  mv "$mark" "$folder/held"
  sync -f "$folder"
  record "held" "$held"
  open_port
  say "$held messages of the restored queue are held; new mail leaves"
}

hold() {
  local said code about
  while [ -e "$mark" ]; do
    said=$(ask)
    case $said in
    'result {"held":'*)
      said=${said#'result {"held":'}
      settle "${said%%[!0-9]*}"
      ;;
    'left '*)
      read -r _ code about <<<"$said"
      record waiting null "$code" "$about"
      say "not held yet: $code $about"
      sleep "$pause_unexpected"
      ;;
    *)
      record waiting
      sleep "$pause"
      ;;
    esac
  done
  open_port
}

case ${1:-} in
mark) put_mark "$2" "$3" ;;
guard) guard ;;
hold) hold ;;
*)
  echo "usage: queue-hold.sh mark BEFORE SNAPSHOT | guard | hold" >&2
  exit 2
  ;;
esac
