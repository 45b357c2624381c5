#!/bin/sh
# Compares leadfold with Splink, dedupe and exact e-mail on labelled lists, and writes the table of docs/accuracy.md.
#
#   LEADFOLD_DATA=DIR benches/peers/run.sh [LIST…]     all lists of DIR and FEBRL 1 to 4, or the named ones only
#
# The peers live in a virtual environment under target/; nothing is installed elsewhere. leadfold runs with its defaults.
set -eu
cd "$(dirname "$0")/../.."
environment=target/peers
if ! [ -e "$environment/bin/splink-is-installed" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement benches/peers/requirements.txt
  touch "$environment/bin/splink-is-installed"
fi
nice -n 10 cargo build --release --quiet
exec nice -n 10 "$environment/bin/python" benches/peers/compare.py --leadfold target/release/leadfold "$@"
