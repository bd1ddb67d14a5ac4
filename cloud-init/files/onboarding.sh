#!/bin/bash
# Makes account, domain and aliases by the mail server's own models, inside of the container web and as its user. What is
# there already stays as it is.
# usage: onboarding.sh <SETTINGS
# The settings are one JSON object, with secrets: they reach the container by standard input, and nothing else has them.
# Prints what was made, what was found, and what is left to a person; what is left fails nothing. The result stays in
# /var/lib/mailstead/onboarding.json for `mailstead status`.
set -euo pipefail

scripts=/usr/local/lib/mailstead
state=/var/lib/mailstead/onboarding.json
limit_seconds=200

settings=$(cat)

record() {
  local at
  at=$(date --utc +%Y-%m-%dT%H:%M:%SZ)
  (umask 077 && printf '{"at":"%s","result":%s}\n' "$at" "$1" >"$state.new")
  mv "$state.new" "$state"
}

# The program, with its settings as the last line. printf is the shell's own: no process has them in its arguments.
program() {
  cat "$scripts/onboarding-guard.cjs" "$scripts/onboarding-look.cjs" "$scripts/onboarding-make.cjs" \
    "$scripts/onboarding.cjs"
  printf 'globalThis.mailstead.run(%s);\n' "$settings"
}

# Of what is printed, our own lines. Errors of the app may show what it was given, so they are dropped.
ours() {
  local line
  while IFS= read -r line; do
    case $line in
    'mailstead result '*) record "${line#mailstead result }" ;;
    'mailstead '*) printf '%s\n' "${line#mailstead }" ;;
    esac
  done
}

rm -f "$state"
code=0
program | timeout --kill-after=5 "$limit_seconds" docker exec --interactive web node - 2>/dev/null | ours || code=$?
if [ ! -e "$state" ]; then
  printf 'left no-answer %s\n' "$code"
  record "{\"made\":[],\"found\":[],\"left\":[{\"code\":\"no-answer\",\"about\":\"$code\"}]}"
fi
