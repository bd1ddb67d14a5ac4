#!/bin/bash
# Part of other scripts: a mail from the host to the contact, also where the mail server is down.
# They set DOMAIN and CONTACT, and `say`. Nothing here makes a run fail.
set -euo pipefail

# A way to send: its arguments for curl, and on standard input the settings that no process list may show.
send_by() {
  local mail=$1
  shift
  curl --silent --max-time 60 --config - --mail-from "support@$DOMAIN" --mail-rcpt "$CONTACT" \
    --upload-file "$mail" "$@" >/dev/null 2>&1
}

# By our own server, which signs it. It is asked on this very host, so its certificate may also be a self-signed one.
by_own_server() {
  local password
  password=$(sed -n 's/^SMTP_TRANSPORT_PASS=//p' /root/forwardemail.net/self-hosting/.env 2>/dev/null | head -n 1 | tr -d '"')
  [ -n "$password" ] || return 1
  printf 'user = "support@%s:%s"\n' "$DOMAIN" "$password" |
    send_by "$1" --insecure --resolve "smtp.$DOMAIN:465:127.0.0.1" --url "smtps://smtp.$DOMAIN:465/mx.$DOMAIN"
}

# Mail hosts of a domain, best first; without MX it is its own (RFC 5321 5.1).
mail_hosts() {
  local found
  found=$(timeout 20 resolvectl query --type=MX --legend=no "$1" 2>/dev/null |
    sed -nE 's/.*IN MX ([0-9]+) ([A-Za-z0-9._-]+).*/\1 \2/p' | sort -n | cut -d' ' -f2) || true
  printf '%s\n' "${found:-$1}"
}

# Straight to the contact's mail host: unsigned, from the address that the SPF policy of the domain names.
by_contact() {
  local host
  for host in $(mail_hosts "${CONTACT#*@}"); do
    if send_by "$1" --ipv4 --ssl --insecure --url "smtp://$host:25/mx.$DOMAIN" </dev/null; then return 0; fi
  done
  return 1
}

# mail_contact KIND SUBJECT: sends what is on standard input. Fails where nobody took it.
mail_contact() {
  local mail code=0
  mail=$(mktemp /run/mailstead-mail.XXXXXX)
  {
    printf '%s\r\n' "From: Mailstead <support@$DOMAIN>" "To: <$CONTACT>" "Date: $(date --rfc-email)" \
      "Message-ID: <$1.$(date +%s).$$@$DOMAIN>" "Subject: $2" "Auto-Submitted: auto-generated" \
      "Content-Type: text/plain; charset=utf-8" ""
    sed 's/$/\r/'
  } >"$mail"
  if by_own_server "$mail"; then
    say "a mail went to $CONTACT"
  elif by_contact "$mail"; then
    say "a mail went to $CONTACT, straight to its mail host"
  else
    say "no mail could be sent to $CONTACT"
    code=1
  fi
  rm -f "$mail"
  return "$code"
}
