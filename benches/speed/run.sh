#!/bin/sh
# Makes invented lists, times `leadfold plan` beside the floor and its peers, and writes the table of docs/speed.md.
#
#   benches/speed/run.sh [ROWS…] [--runs N] [--print] …     100,000 and 1,000,000 rows when none are named
#   benches/speed/run.sh --peers …                          also installs Splink and DuckDB, under target/
#
# PROFILE names another profile of Cargo than release. Splink and DuckDB are left out when they are not installed, `xan` when
# it is not on the path.
set -eu
cd "$(dirname "$0")/../.."
environment=target/speed-peers
if [ "${1:-}" = --peers ]; then
  shift
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement benches/speed/requirements.txt
fi
profile=${PROFILE:-release}
cargo build --profile "$profile" --quiet --bin leadfold --example lists --example floor
set -- --leadfold "target/$profile/leadfold" --examples "target/$profile/examples" "$@"
if [ -x "$environment/bin/python" ]; then
  set -- --python "$environment/bin/python" "$@"
else
  echo "Splink and DuckDB are not installed: left out (--peers installs them)" >&2
fi
exec python3 benches/speed/measure.py "$@"
