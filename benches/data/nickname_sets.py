"""Prints src/contact/data/nicknames.csv from carltonnorthern/nicknames (pip install nicknames)."""

import csv
import pathlib
from importlib.metadata import version

import nicknames

sets = {}
with open(pathlib.Path(nicknames.__file__).parent / "names.csv", newline="") as file:
    for row in csv.DictReader(file):
        formal, short = (row[key].strip().lower() for key in ("name1", "name2"))
        if formal.isascii() and short.isascii() and formal.isalpha() and short.isalpha() and formal != short:
            sets.setdefault(formal, set()).add(short)

print(f"# From github.com/carltonnorthern/nicknames, Apache-2.0, by way of nicknames {version('nicknames')} (PyPI).")
print("# A formal name, then its short forms")
for formal in sorted(sets):
    print(",".join([formal, *sorted(sets[formal])]))
