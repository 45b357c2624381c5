#!/bin/sh
# Makes invented lists, plans them, and prints what a report costs: seconds and memory of the maker, size of the page, and
# how soon the page can be used in headless Chromium.
#
#   benches/report/run.sh [ROWS…]      100,000 and 1,000,000 rows when none are named; a plan that is there is used again
#
# PROFILE names another profile of Cargo than release; CHROMIUM another browser than the first one found.
set -eu
cd "$(dirname "$0")/../.."
profile=${PROFILE:-release}
cargo build --profile "$profile" --quiet --bin leadfold --example lists
(cd tests/browser && npm ci --silent --no-audit --no-fund)
folder=target/report-bench
mkdir -p "$folder"
[ $# -gt 0 ] || set -- 100000 1000000
echo "| rows | CPU seconds | seconds | memory | page | usable after |"
echo "| ---: | ---: | ---: | ---: | ---: | ---: |"
for rows in "$@"; do
  plan=$folder/$rows.plan
  if [ ! -e "$plan" ]; then
    "target/$profile/examples/lists" "$rows" > "$folder/list.csv"
    "target/$profile/leadfold" plan "$folder/list.csv" -o "$plan" --no-report --quiet
    rm "$folder/list.csv"
  fi
  python3 benches/report/measure.py "$rows" "$folder/$rows.html" "target/$profile/leadfold" report "$plan"
done
