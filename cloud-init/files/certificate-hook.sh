#!/bin/bash
# certbot's deploy hook: puts the new certificate where the containers read it, and restarts only those that do.
set -euo pipefail

# shellcheck source=/dev/null
. /etc/mailstead/certificate.env
ssl=/root/forwardemail.net/self-hosting/ssl

install -d -m 0700 "$ssl"
changed=false
for name in privkey fullchain cert chain; do
  if ! cmp -s "$RENEWED_LINEAGE/$name.pem" "$ssl/$name.pem"; then
    install -m 0600 "$RENEWED_LINEAGE/$name.pem" "$ssl/$name.pem"
    changed=true
  fi
done
[ "$changed" = true ] || exit 0

for name in $READERS; do
  # A reader that is not there yet will find the new files when it starts.
  if docker container inspect "$name" >/dev/null 2>&1; then
    docker restart --time 10 "$name" >/dev/null
  fi
done
