"""dedupe 3 on one list: `dedupe_peer.py LIST.csv LABELS OUT.json`; groups by number of the row.

dedupe learns from a person. Here the person is the truth: it answers 60 of dedupe's own questions, without an error.
The only use of the truth in the comparison, and one no other tool is given.
"""
import json
import random
import sys

import dedupe
import numpy
from dedupe import variables

from columns import cleaned, filled
from lists import read

COLUMNS = (
    "name", "first_name", "last_name", "middle_name", "dob", "email", "phone", "external_id", "ssn", "company", "street",
    "full_address", "city", "postcode",
)


def link(rows, clusters, labels):
    random.seed(1)
    numpy.random.seed(1)
    whole_name = filled(rows, "name") > 0.02
    used = [column for column in COLUMNS if filled(rows, column) > 0.02]
    used = [column for column in used if not (whole_name and column in ("first_name", "last_name"))]
    data = {number: {column: row.get(column) for column in used} for number, row in enumerate(rows)}
    numbers = {number: cluster for number, cluster in enumerate(clusters)}
    for number in data:
        # uncertain_pairs gives back records, not their numbers
        data[number]["number"] = number
    deduper = dedupe.Dedupe([variables.String(column, has_missing=True) for column in used], num_cores=1)
    deduper.prepare_training(data, sample_size=2000)
    for _ in range(labels):
        for one, other in deduper.uncertain_pairs():
            same = numbers[one["number"]] == numbers[other["number"]]
            deduper.mark_pairs({"match": [(one, other)] if same else [], "distinct": [] if same else [(one, other)]})
    deduper.train(recall=1.0, index_predicates=False)
    groups = {}
    for name, (members, _) in enumerate(deduper.partition(data, threshold=0.5)):
        groups.update({str(member): str(name) for member in members})
    return {"groups": groups}


if __name__ == "__main__":
    source, labels, target = sys.argv[1:]
    listed = read(source)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(link(cleaned(listed), [row["cluster"] for row in listed], int(labels)), file)
