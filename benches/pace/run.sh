#!/bin/sh
# Measures how much of the rate limit `leadfold apply` uses, alone and beside others, and writes the table of docs/pace.md.
#
#   benches/pace/run.sh [--actions N] [--jobs N] [--only CLIENT] [--workers N] [--print]     about half an hour
#   benches/pace/run.sh --large [--print]                    the forecast of a million actions, and memory instead
#
# PROFILE names another profile of Cargo than release. npm's intercom-client is installed under target/ when there is an npm,
# else it is left out.
set -eu
cd "$(dirname "$0")/../.."
profile=${PROFILE:-release}
cargo build --profile "$profile" --quiet --bin leadfold
script=measure.py
if [ "${1:-}" = --large ]; then
  script=large.py
  shift
fi
client=target/pace-client
if [ ! -d "$client/node_modules/intercom-client" ] && command -v npm >/dev/null; then
  mkdir -p "$client"
  (cd "$client" && npm init --yes >/dev/null && npm install --silent intercom-client@7)
fi
if [ -d "$client/node_modules/intercom-client" ]; then
  set -- --client "$client" "$@"
else
  echo "intercom-client is not installed: left out" >&2
fi
exec python3 "benches/pace/$script" --leadfold "target/$profile/leadfold" "$@"
