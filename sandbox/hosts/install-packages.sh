#!/bin/sh
# Installs packages on a machine image, offline, so that what they add is one overlay layer of its own.
#
#   unshare --mount install-packages.sh BASE WORK ARCHIVE PACKAGE…
#
# BASE is the image, WORK a folder whose `upper` becomes the layer, ARCHIVE the sandbox's Debian archive. The mounts
# are in a name space of their own, so that none is left however this ends.
set -eu
base=$1 work=$2 archive=$3
shift 3

root=$work/root
mkdir -p "$work/upper" "$work/overlay" "$root"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/upper,workdir=$work/overlay" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mkdir "$root/run/archive"
mount --bind "$archive" "$root/run/archive"

# What an installation starts would run here, not on a host.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.pgp] file:/run/archive/debian trixie main\n' \
  >"$root/run/sources.list"
in_image() {
  DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}
apt() {
  in_image apt-get -q -o Dir::Etc::sourcelist=/run/sources.list -o Dir::Etc::sourceparts=/dev/null \
    -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}
apt update
apt install -y --no-install-recommends "$@"
# As on the image: a first boot reads the lists anew.
rm -rf "$root/usr/sbin/policy-rc.d" "$root/var/lib/apt/lists" "$root/var/cache/apt"
mkdir -p "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial"
