#!/bin/bash
# certbot's deploy hook: puts the new certificate where the containers read it, and restarts only those that do. Without
# RENEWED_LINEAGE it only restarts.
# Who could not be restarted is kept in a file, for the next call; until then the exit code is 1.
set -euo pipefail

# shellcheck source=/dev/null
. /etc/mailstead/certificate.env
ssl=/root/forwardemail.net/self-hosting/ssl
to_restart=/var/lib/mailstead/certificate-readers

place() {
  install -d -m 0700 "$ssl"
  local name
  for name in privkey fullchain cert chain; do
    cmp -s "$1/$name.pem" "$ssl/$name.pem" && continue
    # First the readers: a call that is cut off after the file would find it unchanged the next time.
    printf '%s\n' "$READERS" | tr ' ' '\n' >"$to_restart"
    install -m 0600 "$1/$name.pem" "$ssl/$name.pem"
  done
}

if [ -n "${RENEWED_LINEAGE:-}" ]; then place "$RENEWED_LINEAGE"; fi
[ -s "$to_restart" ] || exit 0

there=$(docker container ls --all --format '{{.Names}}')
left=()
while read -r name; do
  # A reader that is not there yet will find the new files when it starts.
  grep -qxF "$name" <<<"$there" || continue
  if docker restart --time 10 "$name" </dev/null >/dev/null; then
    printf '%s\n' "$name" >>/run/mailstead-certificate.restarted
  else
    left+=("$name")
  fi
done <"$to_restart"

if [ ${#left[@]} -eq 0 ]; then
  rm "$to_restart"
  exit 0
fi
printf '%s\n' "${left[@]}" >"$to_restart.new"
mv "$to_restart.new" "$to_restart"
printf 'mailstead: not restarted: %s\n' "${left[*]}" >&2
exit 1
