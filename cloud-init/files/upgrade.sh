#!/bin/bash
# A change of the release that goes back: the data as the old release left them are kept until the new one is proved, and
# nothing is taken from outside or sent there meanwhile.
# usage: upgrade.sh look | announce FROM TO <CHANGES | take REFERENCE… | check | back | end | boot | started |
#                   under-way | going-back
#   look        the state and what a clone would cost, as one JSON object
#   announce    a change is coming; CHANGES are the command's own, kept for who goes on
#   take        a step of the deploy, before it replaces containers: with a change announced, it closes the ports, stops all,
#               clones the data, and starts those containers that the change leaves as they are
#   check       whether the host's ports answer as a mail server's
#   back        the data are again as they were; containers of the old release run, others stand still
#   end         the change is done, or taken back: the ports open, the clone goes
#   boot        before Docker starts, and started, after it: a change that a power cut ended opens no port
#   under-way, going-back  exit code 0 where it is so
# Phases: announced → closing → cloned → ended, and from cloned back: restoring → restored → ended. All is on the file
# system of the data, so that it outlives the server.
set -euo pipefail
# An error inside of $( ) is one too.
shopt -s inherit_errexit

# FOLDERS, DATABASES, PORTS, GREETINGS
# shellcheck source=/dev/null
. /etc/mailstead/upgrade.conf

self_hosting=/root/forwardemail.net/self-hosting
volume=/mnt/mailstead
# A folder of its own beside the data.
if mountpoint --quiet "$volume"; then base=$volume/upgrade; else base=/root/forwardemail.net/upgrade; fi
clone=$base/data
table=(inet mailstead_upgrade)
smtp=25
backup_lock=/run/mailstead-backup.lock
backup_seconds=600
greeting_seconds=60

say() { printf 'mailstead: %s\n' "$1"; }
fail() {
  printf 'mailstead: %s\n' "$1" >&2
  exit 1
}

# --- the state ---

value() { sed -n "s/^$1=//p" "$base/state" 2>/dev/null || true; }
phase() { value phase; }

enter() {
  { grep -v '^phase=' "$base/state" 2>/dev/null || true; } | cat - <(printf 'phase=%s\n' "$1") >"$base/state.new"
  sync "$base/state.new"
  mv "$base/state.new" "$base/state"
  sync "$base"
}

# The state goes first, and in one move.
forget() {
  [ -e "$base" ] || return 0
  rm -rf "$base.ended"
  mv "$base" "$base.ended"
  rm -rf "$base.ended"
}

# --- the ports: nothing of the outside reaches an unproved release, and it sends nothing there ---

doors_closed() { nft list table "${table[@]}" >/dev/null 2>&1; }

close_doors() {
  nft --file - <<RULES
table ${table[*]}
delete table ${table[*]}
table ${table[*]} {
  chain input {
    type filter hook input priority filter - 10; policy accept;
    iif lo accept
    ct state new tcp dport { $PORTS } reject with tcp reset
  }
  chain output {
    type filter hook output priority filter - 10; policy accept;
    oif lo accept
    ct state new tcp dport $smtp reject with tcp reset
  }
}
RULES
}

open_doors() { ! doors_closed || nft delete table "${table[@]}"; }

# --- containers ---

# `ID IMAGE NAME` of all that are there, or of those that run.
list() {
  docker ps "$@" --quiet --no-trunc | xargs --no-run-if-empty docker inspect --format '{{.Id}} {{.Image}} {{.Name}}' |
    sed 's, /, ,'
}

is_database() {
  # shellcheck disable=SC2153 # a list of words, from the settings file
  case " $DATABASES " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

# Those that take mail first, so that the databases lose nothing that was acknowledged.
stop_all() {
  local databases=() others=() name there
  # An assignment, so that no answer stops the script: read through a pipe, it would be as if nothing ran.
  there=$(list)
  while read -r _ _ name; do
    [ -n "$name" ] || continue
    if is_database "$name"; then databases+=("$name"); else others+=("$name"); fi
  done <<<"$there"
  [ ${#others[@]} -eq 0 ] || docker stop "${others[@]}" >/dev/null
  [ ${#databases[@]} -eq 0 ] || docker stop "${databases[@]}" >/dev/null
}

# Starts containers by name, databases first.
start() {
  local name databases=() others=()
  for name; do if is_database "$name"; then databases+=("$name"); else others+=("$name"); fi; done
  [ ${#databases[@]} -eq 0 ] || docker start "${databases[@]}" >/dev/null
  [ ${#others[@]} -eq 0 ] || docker start "${others[@]}" >/dev/null
}

# Names of containers that are still those of the old release: they run the image that they ran when the change was announced.
old_ones() {
  local image name there
  there=$(list --all)
  while read -r _ image name; do
    if grep -qxF "$image $name" "$base/images"; then printf '%s\n' "$name"; fi
  done <<<"$there"
}

start_old_ones() {
  local names
  names=$(old_ones)
  # shellcheck disable=SC2086 # a list of names
  [ -z "$names" ] || start $names
}

# --- the data ---

kilobytes() {
  local folder sum=0
  for folder in $FOLDERS; do
    [ -e "$self_hosting/$folder" ] || continue
    # Files come and go while it counts.
    sum=$((sum + $({ du --summarize --block-size=1K "$self_hosting/$folder" 2>/dev/null || true; } | cut -f1)))
  done
  printf '%s' "$sum"
}

free_kilobytes() { df --block-size=1K --output=avail "$self_hosting" | tail -n 1 | tr -d ' '; }

# Whether a copy costs no reading: tried on an empty file beside the data.
has_reflink() {
  local try=$self_hosting/.reflink code=0
  : >"$try"
  cp --reflink=always "$try" "$try.copy" 2>/dev/null || code=1
  rm -f "$try" "$try.copy"
  return "$code"
}

clone_data() {
  local folder
  has_reflink || [ "$(free_kilobytes)" -gt "$(kilobytes)" ] ||
    fail "a copy of the data needs $(($(kilobytes) >> 10)) MiB, and the disk has $(($(free_kilobytes) >> 10)) free"
  rm -rf "$clone"
  install -d -m 0700 "$clone"
  for folder in $FOLDERS; do
    [ ! -e "$self_hosting/$folder" ] || cp -a --reflink=auto "$self_hosting/$folder" "$clone/$folder"
  done
  sync -f "$clone"
}

# A folder whose clone is gone is back already. The containers of the old release read `.env` when they start, which is before
# a deploy could write it again.
put_back() {
  local folder
  if [ -e "$base/env" ]; then cp -a "$base/env" "$self_hosting/.env"; fi
  for folder in $FOLDERS; do
    [ -e "$clone/$folder" ] || continue
    rm -rf "${self_hosting:?}/$folder"
    mv "$clone/$folder" "$self_hosting/$folder"
  done
  sync -f "$self_hosting"
}

# --- what is asked for ---

look() {
  local changes=null
  if [ -s "$base/changes" ]; then changes=$(cat "$base/changes"); fi
  printf '{"phase":"%s","from":"%s","to":"%s","begun":"%s","changes":%s,"kilobytes":%s,"freeKilobytes":%s,"reflink":%s,"closed":%s}\n' \
    "$(phase)" "$(value from)" "$(value to)" "$(value begun)" "$changes" "$(kilobytes)" "$(free_kilobytes)" \
    "$(has_reflink && echo true || echo false)" "$(doors_closed && echo true || echo false)"
}

announce() {
  [ -z "$(phase)" ] || fail "the change to $(value to) of $(value begun) is not ended yet"
  rm -rf "$base" "$base.ended"
  install -d -m 0700 "$base"
  cat >"$base/changes"
  list | cut -d ' ' -f 2- >"$base/images"
  cp -a "$self_hosting/.env" "$base/env"
  printf 'from=%s\nto=%s\nbegun=%s\n' "$1" "$2" "$(date --utc +%Y-%m-%dT%H:%M:%SZ)" >"$base/state"
  sync -f "$base"
  enter announced
}

take() {
  local began planned there image name keep=()
  case $(phase) in
  '') return 0 ;;
  announced | closing) ;;
  *)
    close_doors
    return 0
    ;;
  esac
  # A backup holds containers still, and could not be stopped in the middle of it.
  exec 8>"$backup_lock"
  flock --timeout "$backup_seconds" 8 || fail "a backup is still at it after $backup_seconds s"
  began=$SECONDS
  enter closing
  close_doors
  stop_all
  clone_data
  enter cloned
  planned=$(docker image inspect --format '{{.Id}}' "$@")
  there=$(list --all)
  while read -r _ image name; do
    if [ -n "$image" ] && grep -qxF "$image" <<<"$planned"; then keep+=("$name"); fi
  done <<<"$there"
  [ ${#keep[@]} -eq 0 ] || start "${keep[@]}"
  say "the ports are closed, and the data are cloned ($((SECONDS - began)) s)"
}

# The first line of what a port says.
greeting() {
  local line=
  if [ "$2" = tls ]; then
    IFS= read -r -t 10 line < <(
      exec timeout 10 openssl s_client -quiet -verify_quiet -connect "127.0.0.1:$1" </dev/null 2>/dev/null
    ) || true
    # It would stay until the server hangs up, and the ports closed as long.
    kill $! 2>/dev/null || true
    printf '%s\n' "$line"
  else
    timeout 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$1; head -n 1 <&3" 2>/dev/null || true
  fi
}

# GREETINGS: lines `PORT plain|tls BEGINNING`.
check() {
  local port kind wanted said end=$((SECONDS + greeting_seconds))
  while read -r port kind wanted; do
    [ -n "$port" ] || continue
    until
      said=$(greeting "$port" "$kind")
      [[ $said == "$wanted"* ]]
    do
      [ "$SECONDS" -lt "$end" ] || fail "port $port does not greet as a mail server ($wanted …): ${said:-it says nothing}"
      sleep 1
    done
  done <<<"$GREETINGS"
  say "the ports greet as they should"
}

back() {
  case $(phase) in
  '') return 0 ;;
  announced | closing)
    # Nothing was replaced yet, and the data are what they were; a power cut may have left containers that stand still.
    start_old_ones
    open_doors
    ;;
  *)
    close_doors
    enter restoring
    stop_all
    put_back
    enter restored
    start_old_ones
    say "the data are again as they were"
    return 0
    ;;
  esac
  forget
}

# What the old release ran from goes, unless something still does.
remove_old_images() {
  local image
  cut -d ' ' -f 1 "$base/images" | sort -u | while read -r image; do
    docker image rm "$image" >/dev/null 2>&1 || true
  done
}

end() {
  local before
  before=$(phase)
  case $before in
  '') return 0 ;;
  cloned | ended) ;;
  restored) start_old_ones ;;
  *) fail "the change is not at its end: it is $before" ;;
  esac
  enter ended
  open_doors
  # Takes long, and nobody outside has to wait for it.
  [ "$before" = restored ] || remove_old_images
  forget
}

boot() {
  case $(phase) in
  closing | cloned | restored) close_doors ;;
  restoring)
    close_doors
    put_back
    enter restored
    ;;
  ended) forget ;;
  esac
}

# Cut off before anything was replaced: as if it had not begun.
started() {
  [ "$(phase)" = closing ] || return 0
  start_old_ones
  rm -rf "$clone"
  enter announced
  open_doors
}

verb=${1:-}
[ $# -eq 0 ] || shift
case $verb in
look | boot) "$verb" ;;
announce | take | check | back | end | started)
  exec 9>/run/mailstead-upgrade.lock
  flock --timeout "$backup_seconds" 9 || fail "another run of it is at work"
  "$verb" "$@"
  ;;
under-way) [ -n "$(phase)" ] ;;
going-back) case $(phase) in restoring | restored) ;; *) exit 1 ;; esac ;;
*)
  echo "usage: upgrade.sh look | announce FROM TO | take REFERENCE… | check | back | end | boot | started | under-way | going-back" >&2
  exit 2
  ;;
esac
