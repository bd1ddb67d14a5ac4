#!/bin/bash
# Gets and renews the certificate, and puts it where the containers read it.
# usage: certificate.sh issue | renew | now [--force] | try
#   issue, renew  what `up` and the timer do
#   now, try      what `mailstead renew` and its dry run do (certificate-now.sh)
# A refused order is no failure of the deploy: the containers start with the certificate at hand, or with a
# self-signed one, the state file says so, and the timer tries again at the date printed. So it is with a renewal.
set -euo pipefail

# METHOD, DIRECTORY, EMAIL, DOMAIN, NAMES, PROPAGATION_SECONDS, READERS; with dns-01 and http-01 also AUTHENTICATOR,
# and CREDENTIALS, empty where the authenticator has none
# shellcheck source=/dev/null
. /etc/mailstead/certificate.env

ssl=/root/forwardemail.net/self-hosting/ssl
state=/var/lib/mailstead/certificate.json
hook=/usr/local/lib/mailstead/certificate-hook.sh
lineage=/etc/letsencrypt/live/$DOMAIN
renewal=/etc/letsencrypt/renewal/$DOMAIN.conf
log=/var/lib/mailstead/certbot.out
to_restart=/var/lib/mailstead/certificate-readers
# Whom this run restarted, for who asked for it.
restarted=/run/mailstead-certificate.restarted
retry_seconds=3600
# `up` gives the whole order 900.
turn_seconds=600

say() { printf 'mailstead: %s\n' "$1"; }

# certbot, whose words are kept for those who ask why.
ask_certbot() { certbot "$@" >"$log" 2>&1; }

# Writes the state for `mailstead status`: what the certificate is, and when the next try is, by whose word.
record() {
  local status=$1 next_try=$2 reason=$3 date_of=${4:-}
  local plain
  plain=$(printf '%s' "$reason" | tr '\n' ' ' | tr -cd '[:alnum:][:blank:].,:/_-' | cut -c1-400)
  printf '{"status":"%s","method":"%s","nextTry":"%s","dateOf":"%s","reason":"%s"}\n' \
    "$status" "$METHOD" "$next_try" "$date_of" "$plain" >"$state.new"
  mv "$state.new" "$state"
}

# A field of the state.
recorded() {
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$state" 2>/dev/null || true
}

self_signed() {
  [ -s "$ssl/fullchain.pem" ] && return 0
  local names
  # shellcheck disable=SC2086,SC2153 # NAMES is a list of words, from the settings file
  names=$(printf 'DNS:%s,' $NAMES)
  install -d -m 0700 "$ssl"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=$DOMAIN" \
    -addext "subjectAltName=${names%,}" -keyout "$ssl/privkey.pem" -out "$ssl/fullchain.pem" 2>/dev/null
  chmod 0600 "$ssl/privkey.pem"
  cp "$ssl/fullchain.pem" "$ssl/cert.pem"
  cp "$ssl/fullchain.pem" "$ssl/chain.pem"
  # A key that a power cut emptied would keep the containers from starting, and would not be made again.
  sync -f "$ssl"
  say "a self-signed certificate stands in until a real one is there"
}

challenge_options() {
  printf '%s\n' --authenticator "$AUTHENTICATOR"
  [ -n "$CREDENTIALS" ] || return 0
  printf '%s\n' "--$AUTHENTICATOR-credentials" "$CREDENTIALS" \
    "--$AUTHENTICATOR-propagation-seconds" "$PROPAGATION_SECONDS"
}

# Whether the certificate at hand renews itself by another CA or in another way than the settings say. A valid
# certificate would keep certbot from asking, and its renewal would go the old way, whose credentials may be gone.
settings_changed() {
  [ -e "$renewal" ] || return 1
  ! grep -qF "server = $DIRECTORY" "$renewal" || ! grep -qxF "authenticator = $AUTHENTICATOR" "$renewal"
}

# The date that the CA gives, if it does.
given_date() { grep -oE 'retry after [0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{8}' "$1" | head -n 1 | cut -d' ' -f3- || true; }

# The CA's own date where it gives one, else one hour: a CA counts failures by the hour.
next_try_after() {
  local given
  given=$(given_date "$1")
  if [ -n "$given" ]; then
    date --utc --date "$given UTC" +%Y-%m-%dT%H:%M:%SZ
  else
    date --utc --date "+$retry_seconds seconds" +%Y-%m-%dT%H:%M:%SZ
  fi
}

# Puts the certificate of a folder where it is read; none where it is there already. Certbot's own call of the hook is
# not enough: certbot passes over a hook that failed, and calls none for a certificate that somebody renewed by hand.
place() {
  if RENEWED_LINEAGE=$1 "$hook"; then
    # The server may be gone the next moment, and its volume go on with what was written.
    if [ -n "$1" ]; then sync -f "$ssl" "${lineage%/*/*}"; fi
    record valid "" ""
    return 0
  fi
  record unread "" "it did not reach all that read it; still to restart: $(cat "$to_restart" 2>/dev/null)"
  return 1
}

# Says and records why certbot got nothing, as its output tells.
refused() {
  local next reason date_of=host
  next=$(next_try_after "$log")
  if [ -n "$(given_date "$log")" ]; then date_of=authority; fi
  reason=$(grep -E 'Detail:|Error|error|unauthorized|rateLimited' "$log" | tail -n 2) || true
  self_signed
  record refused "$next" "${reason:-see /var/log/letsencrypt/letsencrypt.log}" "$date_of"
  say "the certificate order was refused: ${reason:-no reason given}"
  say "next try: $next (log: /var/log/letsencrypt/letsencrypt.log)"
}

# What a power cut left of a certificate in the middle of being written: certbot would call it valid, or stumble over it.
forget_broken() {
  [ -e "$renewal" ] || return 0
  [ -s "$lineage/fullchain.pem" ] && [ -s "$lineage/privkey.pem" ] && return 0
  say "the certificate at hand is not whole, and is ordered anew"
  rm -rf "$renewal" "$lineage" "${lineage%/*/*}/archive/$DOMAIN"
}

order() {
  local -a options=() domains=()
  forget_broken
  local name
  mapfile -t options < <(challenge_options)
  for name in $NAMES; do domains+=(-d "$name"); done
  if settings_changed; then
    # The configuration says so, also where the other CA issues test certificates.
    options+=(--force-renewal --break-my-certs)
  fi
  if ask_certbot certonly --non-interactive --agree-tos --email "$EMAIL" --server "$DIRECTORY" \
    --cert-name "$DOMAIN" --keep-until-expiring --expand "${options[@]}" "${domains[@]}"; then
    place "$lineage" || return 1
    say "certificate for $NAMES is in place"
  else
    refused
  fi
}

# Whether the certificate at hand is the one that we signed ourselves.
stands_in() {
  [ "$(openssl x509 -in "$ssl/fullchain.pem" -noout -subject_hash)" = \
    "$(openssl x509 -in "$ssl/fullchain.pem" -noout -issuer_hash)" ]
}

by_hand() {
  if [ -s "$ssl/fullchain.pem" ] && { [ "$METHOD" = provided ] || ! stands_in; }; then
    # Who placed it left no trace of what was there before.
    printf '%s\n' "$READERS" | tr ' ' '\n' >"$to_restart"
    place ""
    return 0
  fi
  self_signed
  record missing "" "place fullchain.pem and privkey.pem in $ssl, then run certificate.sh issue"
}

issue() {
  case $METHOD in
  dns-01 | http-01) order ;;
  *) by_hand ;;
  esac
}

# A try that was refused waits for its date.
due() {
  local next
  next=$(recorded nextTry)
  [ -z "$next" ] || [ "$(date --utc +%s)" -ge "$(date --utc --date "$next" +%s)" ]
}

# An order, not a renewal, is what the settings ask for as long as it was not filled: a renewal goes by the settings of
# the certificate at hand. Otherwise certbot itself knows when the time has come, and asks nobody before.
renew() {
  case $METHOD in dns-01 | http-01) ;; *) return 0 ;; esac
  if wants_order; then
    if due; then order; fi
    return 0
  fi
  renew_at_hand due
}

wants_order() { [ ! -e "$renewal" ] || settings_changed || [ "$(recorded status)" = refused ]; }

# Only what certbot finds due, or `forced`.
renew_at_hand() {
  local -a options=()
  if [ "$1" = forced ]; then options=(--force-renewal); fi
  # Without a terminal certbot would sleep for minutes first; the timer spreads the load instead.
  if ask_certbot renew --non-interactive --no-random-sleep-on-renew --cert-name "$DOMAIN" "${options[@]}" \
    --deploy-hook "$hook"; then
    place "$lineage"
  else
    refused
  fi
}

# One at a time, timer and `up`: certbot turns a second one away, which would look like a refusal.
take_turn() {
  exec 9>/run/mailstead-certificate.lock
  if ! flock --timeout "$turn_seconds" 9; then
    say "another run is still at it after $turn_seconds s" >&2
    exit 1
  fi
  rm -f "$restarted"
}

case ${1:-} in
issue | renew)
  take_turn
  "$1"
  ;;
now | try)
  # shellcheck source=/dev/null
  . /usr/local/lib/mailstead/certificate-now.sh
  take_turn
  "$@" >&2
  tell
  ;;
*)
  echo "usage: certificate.sh issue | renew | now [--force] | try" >&2
  exit 2
  ;;
esac
