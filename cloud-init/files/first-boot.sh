#!/bin/bash
# Finishes the first boot, and leaves a mark only when all of it went well.
# cloud-init runs it last; HOME is unset there and no profile is read.
set -euo pipefail

mark=/var/lib/mailstead/booted
# shellcheck source=/dev/null
. /etc/mailstead/boot.env

make_directories() {
  local mode path
  while read -r mode path; do
    [ -n "${path:-}" ] && install -d -m "$mode" "$path"
  done <<<"$DIRECTORIES"
}

# A container of the sandbox's kind shares its kernel's swap; a server has its own.
make_swap() {
  if [ "$SWAP_MIB" -eq 0 ] || [ -e /swapfile ] || systemd-detect-virt --container --quiet; then
    return 0
  fi
  fallocate -l "${SWAP_MIB}M" /swapfile
  chmod 0600 /swapfile
  mkswap /swapfile
  echo "/swapfile none swap sw 0 0" >>/etc/fstab
  swapon /swapfile
}

install -d -m 0755 /var/lib/mailstead
make_directories
make_swap
# Skipped by systemd itself where /proc/sys is read-only.
systemctl restart systemd-sysctl.service
# Renewal has a timer of its own, which places the files and knows whom to restart.
systemctl disable --now certbot.timer
systemctl daemon-reload
systemctl enable mailstead-metadata.service
# Not waited for: it starts after cloud-init's last stage, which this script is a part of.
systemctl start --no-block mailstead-metadata.service
systemctl enable --now docker.service
timeout 120 sh -c 'until docker version >/dev/null 2>&1; do sleep 0.5; done'
date --utc +%Y-%m-%dT%H:%M:%SZ >"$mark"
