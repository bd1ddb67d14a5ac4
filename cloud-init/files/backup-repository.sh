#!/bin/bash
# Part of backup.sh: the repository, and what restic says of it in words for people.
# shellcheck disable=SC2154 # log and verb, of backup.sh; clone, of backup-data.sh
set -euo pipefail

probe_seconds=60
backup_seconds=21600
forget_seconds=7200
check_seconds=14400
# A whole round of `check` in as many weeks.
check_parts=20
# What is kept, as restic's `forget` wants it.
keep=(--group-by host --keep-within 1d --keep-daily "$KEEP_DAILY" --keep-weekly "$KEEP_WEEKLY" --keep-monthly "$KEEP_MONTHLY")

# Secrets are in the environment of restic and curl alone. Sets RESTIC_PASSWORD, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, PING_URL
load_secrets() {
  # shellcheck source=/dev/null
  . /etc/mailstead/backup.env
  export RESTIC_PASSWORD AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  export RESTIC_REPOSITORY=$REPOSITORY RESTIC_CACHE_DIR=/var/cache/mailstead-backup RESTIC_PROGRESS_FPS=0.01
  [ -z "$REGION" ] || export AWS_DEFAULT_REGION=$REGION
  # The name by which restic's locks know who holds them: machines of two generations have the same host name, and restic
  # takes a lock of its own host whose process is gone for stale. A host name has 64 characters at most.
  locker=$(printf 'generation-%s-%s-%s' "$GENERATION" "$(cut -c1-8 /etc/machine-id 2>/dev/null || true)" "$DOMAIN")
  locker=${locker:0:63}
}

# restic, at most so many seconds: it goes on asking an endpoint that does not answer for very long.
restic_for() {
  local seconds=$1
  shift
  # shellcheck disable=SC2016 # the inner shell's
  bound timeout --kill-after=30 "$seconds" setpriv --pdeathsig TERM unshare --uts -- sh -c \
    'hostname "$0" && exec restic "$@"' "$locker" "$@"
}

# As restic_for, with all that is said in the log. What no waiting mends restic tries again for a quarter of an hour: what
# listens goes with the first such word, and restic ends when it says the next one.
logged_for() {
  local code=0 hopeless='[Nn]o space left|QuotaExceeded|InsufficientStorage|quota|RequestTimeTooSkewed|request time'
  restic_for "$@" > >(sed -u -E "/retrying after/{/$hopeless/q}" >"$log") 2>&1 || code=$?
  wait $!
  return "$code"
}

# What restic says, its releases 0.14 to 0.18, of a repository of which a part was changed, cut off or lost.
damage='ciphertext verification failed|ciphertext too s(hort|mall)|nonce is invalid|decrypting blob|invalid data returned'
damage+='|invalid hash|hash mismatch|does not match|wrong length|file size|file has zero size|header length|Unmarshal: |JSON input'
damage+='|not found in repository|key does not exist|NoSuchKey'
# It says these also where a part could not be fetched.
damage_or_network='damaged|contains errors'
not_fetched='failed to download|download error|retrying after|unexpected EOF'

# The line of a log that tells of damage. Of what it says, locks, which come and go, and what it tried again are none; names of
# files and of the repository are anybody's words.
find_damage() {
  local text words=$damage
  text=$(grep -vE '<lock/|retrying|successful after' "$1" || true)
  text=$(sed -E 's/^(ignoring )?error for [^:]*: //; s/"item":"[^"]*"//g' <<<"${text//"$REPOSITORY"/}")
  grep -qE "$not_fetched" "$1" || words+="|$damage_or_network"
  grep -m 1 -E "$words" <<<"${text//"$DOMAIN"/}" | cut -c1-200
}

# Why restic failed, in one line with the next step. Newer releases tell it by the exit code, older by words alone.
why() {
  local code=$1 text
  text=$(cat "$2")
  case $text in
  *RequestTimeTooSkewed* | *"request time"*"too large"* | *"request time and the"*)
    echo "the clock of this host is off (it says $(date --utc '+%F %T') UTC): timedatectl status" ;;
  *SignatureDoesNotMatch* | *InvalidAccessKeyId* | *"signature we calculated"* | *"access key ID you provided does not exist"*)
    echo "$ENDPOINT does not know this access key: set mailstead:backups.accessKeyId and secretAccessKey, then pulumi up" ;;
  *AccessDenied* | *"Access Denied"* | *"403 Forbidden"*)
    echo "$ENDPOINT denies access to the bucket $BUCKET: give the key the right to read, write and delete there" ;;
  *NoSuchBucket* | *"bucket does not exist"*)
    echo "there is no bucket $BUCKET at $ENDPOINT: make it at the vendor, or mend mailstead:backups.bucket" ;;
  *"wrong password or no key found"*)
    echo "the repository has another password, or has lost the file of its key: it is another stack's, or this one's keys were made anew; set another mailstead:backups.prefix" ;;
  *"already locked"*)
    echo "the repository is locked by $(grep -oE 'by PID [0-9]+ on [^ ]+' "$2" | head -n 1 || true): another machine uses it; if none does, wait half an hour" ;;
  *[Nn]"o space left"* | *QuotaExceeded* | *InsufficientStorage* | *[Qq]uota*exceed*)
    echo "there is no room left in the bucket $BUCKET: raise its limit; for later, lower mailstead:backups.keepDaily and the like" ;;
  *x509:*)
    echo "the certificate of $ENDPOINT is not trusted: $(tail -n 1 "$2" | cut -c1-200)" ;;
  *"no such host"* | *"connection refused"* | *"network is unreachable"* | *"no route to host"* | *"i/o timeout"*)
    echo "$ENDPOINT cannot be reached: $(tail -n 1 "$2" | cut -c1-160); check mailstead:backups.endpoint" ;;
  *)
    if is_none "$code" "$2"; then
      code=10
    elif text=$(find_damage "$2"); then
      code=damaged
    fi
    case $code in
    10) echo "there is no repository $PREFIX in the bucket $BUCKET yet: the first backup makes it" ;;
    damaged) echo "the repository is damaged: $text; see docs/guides/backups.md" ;;
    11) echo "the repository is locked: another machine uses it; if none does, wait half an hour" ;;
    12) echo "the repository has another password: it is another stack's; set another mailstead:backups.prefix" ;;
    124 | 137 | 143) echo "$ENDPOINT did not answer in time: check that it is up, and that this host may reach its port 443" ;;
    # Its last line is at times a mere count of errors.
    *) echo "restic ended with $code: $({ grep -m 1 '^ignoring error for' "$2" || grep -v '^ *$' "$2" | tail -n 1; } | cut -c1-300)" ;;
    esac ;;
  esac
}

# The first snapshot of the repository, as an object of the bucket (S3's ListObjectsV2), asked for as one of a region.
list_first() {
  local place=${REPOSITORY#s3:} folder
  folder=${place#*"/$BUCKET/"}
  printf 'user = "%s:%s"\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" |
    bound curl --silent --retry 2 --max-time 20 --config - --aws-sigv4 "aws:amz:$1:s3" \
      --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \
      "${place%"/$folder"}?list-type=2&max-keys=1&prefix=${folder//\//%2F}%2Fsnapshots%2F"
}

# Whether the bucket has snapshots of this repository: some, none, or unknown. One that was being made when that was killed has
# none.
tell_snapshots() {
  local answer
  answer=$(list_first "${REGION:-us-east-1}") || true
  # A server that wants another region names it.
  if [[ $answer =~ \<Region\>([a-z0-9-]+)\< ]]; then answer=$(list_first "${BASH_REMATCH[1]}") || true; fi
  case $answer in
  *"<Key>"*) echo some ;;
  *"<ListBucketResult"* | *NoSuchBucket*) echo none ;;
  *) echo unknown ;;
  esac
}

# Whether the question failed because nothing was ever written there. A repository without its config is none of these: a rule
# of the bucket that deletes what is old takes that early, and the newest snapshots last. Leaves in in_bucket what the bucket,
# which is asked once, told of snapshots: with unknown it is none for who would write there, and not for who would begin without.
is_none() {
  if [ "$1" -eq 10 ]; then
    ! grep -qE 'NoSuchBucket|bucket does not exist' "$2" || return 1
  else
    # Of any other part that is gone it is said too that its key does not exist.
    grep -qE 'unable to open config file.*(key does not exist|NoSuchKey)' "$2" || return 1
    ! grep -qE 'enied|bucket does not exist' "$2" || return 1
  fi
  : "${in_bucket:=$(tell_snapshots)}"
  [ "$in_bucket" != some ]
}

# The snapshots of this domain as JSON, left in the log: a quick question that tells also what is wrong.
snapshots() { logged_for "$probe_seconds" snapshots --json --no-lock --host "$DOMAIN"; }

# All that has to be known before anything is frozen, by one start of restic: a `forget` that changes nothing. It lists the
# snapshots, and as it wants the repository for itself, it fails where anybody has a lock on it.
ask_repository() {
  logged_for "$probe_seconds" forget --dry-run --json --host "$DOMAIN" "${keep[@]}"
}

is_locked() { [ "$1" -eq 11 ] || grep -q 'already locked' "$2"; }

# Before anything is frozen. The repository is made where there is none.
open_repository() {
  local code=0 said
  install -d -m 0700 "$RESTIC_CACHE_DIR"
  ask_repository || code=$?
  if [ "$code" -ne 0 ] && is_locked "$code" "$log"; then
    remove_own_locks
    code=0
    ask_repository || code=$?
  fi
  if [ "$code" -eq 0 ]; then
    said=$(records others <"$log") || fail "$said"
    return 0
  fi
  is_none "$code" "$log" || fail "$(why "$code" "$log")"
  [ "$verb" != check ] || fail "there is no repository $PREFIX in the bucket $BUCKET yet: backup.sh run makes it"
  if records had-success; then say "WARNING: the repository with earlier snapshots is gone, and is made anew"; fi
  code=0
  restic_for "$probe_seconds" init >"$log" 2>&1 || code=$?
  [ "$code" -eq 0 ] || fail "$(why "$code" "$log")"
  say "the repository is new"
}

# Two machines never write at once. An older server that still runs stops when a newer one has begun (open_repository);
# and while another machine holds a lock, this one waits for its next turn. Locks of this machine are left from runs that
# were killed: there is no other run of it (take_turn), and restic removes those whose process is gone.
remove_own_locks() {
  local said id ids
  restic_for "$probe_seconds" list locks --no-lock >"$log" 2>&1 || fail "$(why $? "$log")"
  ids=$(grep -xE '[0-9a-f]{64}' "$log" || true)
  for id in $ids; do
    # One that went meanwhile is nobody's.
    restic_for "$probe_seconds" cat lock "$id" --no-lock >"$log" 2>&1 || continue
    said=$(records foreign-lock "$locker" <"$log") || fail "$said"
  done
  restic_for "$probe_seconds" unlock >"$log" 2>&1 || fail "$(why $? "$log")"
}

upload() {
  local code=0
  cd "$clone"
  # The clone's files are new ones each time: size and time of change tell what is in them.
  logged_for "$backup_seconds" backup --json --host "$DOMAIN" --ignore-ctime --ignore-inode \
    --tag "domain=$DOMAIN" --tag "stack=$STACK" --tag "generation=$GENERATION" ${last:+--tag last} . || code=$?
  cd /
  # 3: a file of the clone could not be read.
  [ "$code" -eq 0 ] || fail "$(why "$code" "$log")"
}

# Once a week, after the check: what is read back is not deleted before, and a run is not longer for it.
remove_old() {
  local code=0
  logged_for "$forget_seconds" forget --prune --host "$DOMAIN" "${keep[@]}" || code=$?
  [ "$code" -eq 0 ] || fail "the repository is sound, but old snapshots could not be removed: $(why "$code" "$log")"
  say "old snapshots are removed: $KEEP_DAILY days, $KEEP_WEEKLY weeks and $KEEP_MONTHLY months are kept"
}

# Each week another part, so that all of it is read in its turn.
check_repository() {
  local code=0
  part=$(($(date +%s) / 604800 % check_parts + 1))
  restic_for "$check_seconds" check --read-data-subset="$part/$check_parts" >"$log" 2>&1 || code=$?
  [ "$code" -eq 0 ] || fail "$(why "$code" "$log")"
}
