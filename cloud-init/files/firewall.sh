#!/bin/bash
# Loads the host's own packet filter, which says the same as the provider's firewall.
# usage: firewall.sh load | boot | mail-opens | mail-closes
# load: the rules that the deploy has written, after a check. Where they are wrong, or would keep the deploy itself out,
#       the rules before stay.
# boot: the rules that were accepted last, before the network is up. SSH is open to everyone for 15 minutes then, so that
#       who has come to another network finds back: the provider's firewall, which is changed without the host, still holds.
# mail-opens, mail-closes: port 25, as mail-gate.sh finds out whether the server knows the domain.
set -euo pipefail

table=(inet mailstead_firewall)
planned=/etc/mailstead/firewall.nft
accepted=/var/lib/mailstead/firewall.nft
gate=/var/lib/mailstead/mail-gate.json
mail_port=25
ssh_port=22
ssh_after_boot=15m

say() { printf 'mailstead: %s\n' "$*" >&2; }

is_opened() { nft get element "${table[@]}" opened "{ $1 }" >/dev/null 2>&1; }

# The rules of a file, with the ports that the host itself has opened: one transaction for nft.
rules() {
  cat "$1"
  if grep -q '"state":"open"' "$gate" 2>/dev/null; then
    printf 'add element %s opened { %s }\n' "${table[*]}" "$mail_port"
  fi
  if [ "$2" = boot ] || is_opened "$ssh_port"; then
    printf 'add element %s opened { %s timeout %s }\n' "${table[*]}" "$ssh_port" "$ssh_after_boot"
  fi
}

# Whether the loaded rules let in who runs this over SSH; yes for whoever does not come by SSH.
lets_deploy_in() {
  local client=${SSH_CONNECTION:-}
  client=${client%% *}
  client=${client%%%*}
  [ -n "$client" ] || return 0
  local set=from_${ssh_port}_ip
  case $client in *:*) set=from_${ssh_port}_ip6 ;; esac
  nft get element "${table[@]}" "$set" "{ $client }" >/dev/null 2>&1
}

load() {
  local text before
  text=$(rules "$planned" load)
  if ! nft --check --file - <<<"$text"; then
    say "the new rules of $planned are not valid (above); those before stay"
    exit 1
  fi
  before=$(nft list table "${table[@]}" 2>/dev/null) || before=""
  nft --file - <<<"$text"
  if ! lets_deploy_in; then
    printf 'table %s\ndelete table %s\n%s\n' "${table[*]}" "${table[*]}" "$before" | nft --file -
    say "the deploy comes from ${SSH_CONNECTION%% *}, which no block of mailstead:server.adminNetworks holds: the rules" \
      "before stay. Next step: add its network there, and run pulumi up again"
    exit 1
  fi
  install -m 0644 "$planned" "$accepted.new"
  mv "$accepted.new" "$accepted"
}

case ${1:-} in
load | boot | mail-opens | mail-closes) ;;
*)
  echo "usage: firewall.sh load | boot | mail-opens | mail-closes" >&2
  exit 2
  ;;
esac
exec 9>/run/mailstead-firewall.lock
flock --timeout 30 9
case $1 in
load) load ;;
boot) rules "$accepted" boot | nft --file - ;;
mail-opens) nft add element "${table[@]}" opened "{ $mail_port }" ;;
mail-closes) ! is_opened "$mail_port" || nft delete element "${table[@]}" opened "{ $mail_port }" ;;
esac
