#!/bin/bash
# The night's upgrades: the distribution's security updates, a restart where they need one, and a mail where Forward Email
# has a newer release. A release is never installed from here: the engine and the stack's secrets are with its owner.
# usage: upgrades.sh run
# What came of it is in upgrades.json, for `mailstead status`. Exit codes: 0 done, 1 failed, and why was said.
set -euo pipefail

here=/usr/local/lib/mailstead
# Sets DOMAIN, CONTACT, SYSTEM, REBOOT, RELEASES, RELEASE, IMAGE
set -a
# shellcheck source=/dev/null
. /etc/mailstead/upgrades.env
set +a
# An upload that is under way is waited for.
backup_lock=/run/mailstead-backup.lock
backup_seconds=3600
list_seconds=600
install_seconds=5400
log=/var/log/mailstead-upgrades.log

say() { printf 'mailstead: %s\n' "$1"; }
records() { python3 "$here/upgrades-records.py" "$@"; }

# shellcheck source=/dev/null
. "$here/contact-mail.sh"

# Fails, with its reason in the state, where the archive or a package is in the way.
install_security() {
  local code=0
  say "asking the archive for security updates"
  timeout "$list_seconds" apt-get -q -o DPkg::Lock::Timeout=300 update >"$log" 2>&1 || code=$?
  if [ "$code" -eq 0 ]; then
    timeout "$install_seconds" unattended-upgrade --verbose >>"$log" 2>&1 || code=$?
  fi
  records system "$code" "$log"
  return "$code"
}

# Once for each release: who did not want it is not asked every night.
propose_release() {
  local newer
  newer=$(records newer) || {
    say "the registry of $IMAGE could not be asked: $newer"
    return 1
  }
  [ -n "$newer" ] || return 0
  say "$newer is published, and $RELEASE runs"
  records is-proposed "$newer" && return 0
  mail_contact upgrade "Forward Email $newer for $DOMAIN" <<TEXT || return 0
Forward Email $newer is published, and the server of $DOMAIN runs $RELEASE.

To install it, type this where you run pulumi from:

    ./mailstead upgrade $newer

It makes a backup first, and goes back to $RELEASE by itself where the new one does not work. What changed:
https://github.com/forwardemail/forwardemail.net/releases/tag/$newer

Nothing was changed. For this release you get no other mail; without such mails: mailstead:upgrades.releases off.
TEXT
  records proposed "$newer"
}

# In the hour of the configuration, as the timer began in it. Who takes mail is stopped first, then the databases.
restart_if_needed() {
  [ -e /run/reboot-required ] || return 0
  if [ "$REBOOT" != true ]; then
    say "the updates need a restart of the server, and mailstead:upgrades.reboot is false"
    return 0
  fi
  exec 8>"$backup_lock"
  flock --timeout "$backup_seconds" 8 || {
    say "a backup is still under way after $backup_seconds s: the restart waits for the next night"
    return 1
  }
  say "the updates need a restart of the server: it begins now"
  records restarted
  if [ -x "$here/data.sh" ]; then "$here/data.sh" stop; fi
  systemctl reboot
}

run() {
  local code=0
  exec 9>/run/mailstead-upgrades.lock
  flock --nonblock 9 || {
    say "another run is still at it"
    exit 1
  }
  install -d -m 0755 /var/lib/mailstead
  if [ "$RELEASES" = propose ]; then propose_release || code=1; fi
  if [ "$SYSTEM" = security ]; then
    install_security || code=1
    restart_if_needed || code=1
  fi
  return "$code"
}

case ${1:-} in
run) run ;;
*)
  echo "usage: upgrades.sh run" >&2
  exit 2
  ;;
esac
