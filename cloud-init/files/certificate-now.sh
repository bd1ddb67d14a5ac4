#!/bin/bash
# Part of certificate.sh: a renewal that somebody asks for, and the trial of one. What goes on is said on standard error;
# standard output is one JSON value, by `tell`.
# shellcheck disable=SC2154 # what certificate.sh sets
set -euo pipefail

# What it came to: renewed, kept, waits, refused, unread; of a trial passed, refused, untested.
outcome=
reason=
before=
# Who listens may have gone: the order goes on to its end.
trap '' PIPE HUP

say() { printf 'mailstead: %s\n' "$1" || true; }

# Its words also go to who waits; those of its libraries to their authors do not.
ask_certbot() {
  PYTHONUNBUFFERED=1 PYTHONWARNINGS=ignore certbot "$@" 2>&1 | tee "$log" | while IFS= read -r line; do say "certbot: $line"; done
}

# A date of the certificate that the containers read, in UTC; empty without one.
valid_until() {
  local date
  date=$(openssl x509 -in "$ssl/fullchain.pem" -noout -enddate 2>/dev/null | cut -d= -f2) || return 0
  date --utc --date "$date" +%Y-%m-%dT%H:%M:%SZ
}

fingerprint() { sha256sum 2>/dev/null <"$ssl/fullchain.pem" || true; }

# Renewed without the volume, it would be lost beside it.
need_volume() {
  [ ! -e /etc/mailstead/data.conf ] || mountpoint -q /etc/letsencrypt || {
    say "the data volume is not mounted: systemctl status mailstead-data"
    exit 1
  }
}

# A CA that gave a date refuses everything until then; our own hour is for the timer alone.
waits_for_authority() { [ "$(recorded status)" = refused ] && [ "$(recorded dateOf)" = authority ] && ! due; }

now() {
  local print
  need_volume
  before=$(valid_until)
  print=$(fingerprint)
  if waits_for_authority; then
    outcome=waits
    return 0
  fi
  say "asking $DIRECTORY for $NAMES"
  if wants_order; then
    order || true
  elif [ "${1:-}" = --force ]; then
    renew_at_hand forced || true
  else
    renew_at_hand due || true
  fi
  outcome=$(recorded status)
  reason=$(recorded reason)
  if [ "$outcome" = valid ]; then
    outcome=kept
    [ "$print" = "$(fingerprint)" ] || outcome=renewed
  fi
}

# An order at the CA's test service, in a folder of its own: the certificate at hand, its settings and its account stay.
try() {
  local -a options=() domains=()
  local name scratch
  case $DIRECTORY in
  https://acme-v02.api.letsencrypt.org/* | https://acme-staging-v02.api.letsencrypt.org/*) ;;
  *)
    outcome=untested
    return 0
    ;;
  esac
  scratch=$(mktemp -d /run/mailstead-certificate.XXXXXX)
  # shellcheck disable=SC2064 # the folder as it is called now
  trap "rm -rf '$scratch'" EXIT
  log=$scratch/said
  mapfile -t options < <(challenge_options)
  for name in $NAMES; do domains+=(-d "$name"); done
  say "asking the test service of the authority for $NAMES"
  outcome=passed
  ask_certbot certonly --dry-run --non-interactive --agree-tos --email "$EMAIL" --cert-name "$DOMAIN" \
    --config-dir "$scratch/config" --work-dir "$scratch/work" --logs-dir "$scratch/logs" \
    "${options[@]}" "${domains[@]}" && return 0
  outcome=refused
  reason=$(grep -E 'Detail:|Error|error|unauthorized|rateLimited' "$log" | tail -n 2) || true
}

# Words on standard input, as a list of JSON: names of hosts and containers need no escape.
list() { xargs -r printf '"%s"\n' | paste -sd, -; }

lines_of() { if [ -e "$1" ]; then cat "$1"; fi; }

tell() {
  local plain due_now=false
  plain=$(printf '%s' "$reason" | tr '\n' ' ' | tr -cd '[:alnum:][:blank:].,:/_-' | cut -c1-400)
  if wants_order; then due_now=true; fi
  printf '{"outcome":"%s","names":[%s],"directory":"%s","validUntil":"%s","before":"%s","ordersAnew":%s,' \
    "$outcome" "$(list <<<"$NAMES")" "$DIRECTORY" "$(valid_until)" "$before" "$due_now"
  printf '"readers":[%s],"restarted":[%s],"notRestarted":[%s],"nextTry":"%s","reason":"%s"}\n' \
    "$(list <<<"$READERS")" "$(lines_of "$restarted" | list)" "$(lines_of "$to_restart" | list)" \
    "$(recorded nextTry)" "$plain"
}
