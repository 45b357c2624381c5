"""Splink 5 on one list: `splink_peer.py LIST.csv OUT.json`; groups per threshold, by number of the row.

Settings: those of Splink's own demos for the invented persons (`fake_1000`, its tutorial) and for FEBRL (its `febrl3`
example); for every other list Splink's ready-made comparison for each column there is, with term frequencies on the
columns whose values repeat. Parameters are estimated as in its tutorial.
"""
import json
import sys

import duckdb
import pandas
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import EMTrainingException

from columns import cleaned, filled, is_constant
from lists import read

THRESHOLDS = (0.5, 0.9, 0.95, 0.99)


def tutorial():
    """https://moj-analytical-services.github.io/splink/demos/tutorials/04_Estimating_model_parameters.html

    With two blocking rules more than there (dob, email), which only add recall.
    """
    comparisons = [
        cl.NameComparison("first_name"),
        cl.NameComparison("last_name"),
        cl.LevenshteinAtThresholds("dob", 1),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]
    blocking = [block_on("first_name", "city"), block_on("last_name"), block_on("dob"), block_on("email")]
    certain = [block_on("first_name", "last_name", "dob"), block_on("email")]
    return comparisons, blocking, certain, 0.7, [("first_name", "last_name"), ("dob",)]


def febrl():
    """https://moj-analytical-services.github.io/splink/demos/examples/duckdb/febrl3.html"""
    comparisons = [
        cl.NameComparison("first_name"),
        cl.NameComparison("last_name"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.DamerauLevenshteinAtThresholds("ssn", [2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [2]).configure(term_frequency_adjustments=True),
    ]
    blocking = [
        block_on("ssn"), block_on("first_name"), block_on("last_name"), block_on("dob"),
        block_on("postcode", "street_number"),
    ]
    certain = [block_on("ssn"), block_on("first_name", "last_name", "dob"), "l.first_name = r.last_name and l.dob = r.dob"]
    return comparisons, blocking, certain, 0.9, [("dob",), ("postcode",)]


def by_columns(rows):
    """A ready-made comparison for each column there is."""
    usable = lambda column: filled(rows, column) > 0.02 and not is_constant(rows, column)
    comparisons, blocking, certain, training = [], [], [], []
    whole_name = usable("name")
    ready = {
        "first_name": lambda: cl.NameComparison("first_name"),
        "last_name": lambda: cl.NameComparison("last_name"),
        "name": lambda: cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.7]).configure(term_frequency_adjustments=True),
        "middle_name": lambda: cl.ExactMatch("middle_name"),
        "dob": lambda: cl.DateOfBirthComparison("dob", input_is_string=True),
        "email": lambda: cl.EmailComparison("email"),
        "phone": lambda: cl.DamerauLevenshteinAtThresholds("phone", [1]),
        "external_id": lambda: cl.ExactMatch("external_id"),
        "ssn": lambda: cl.DamerauLevenshteinAtThresholds("ssn", [2]),
        "company": lambda: cl.JaroWinklerAtThresholds("company", [0.95, 0.88]).configure(term_frequency_adjustments=True),
        "street_number": lambda: cl.ExactMatch("street_number"),
        "street": lambda: cl.JaroWinklerAtThresholds("street", [0.95, 0.88]).configure(term_frequency_adjustments=True),
        "city": lambda: cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        "postcode": lambda: cl.LevenshteinAtThresholds("postcode", 1).configure(term_frequency_adjustments=True),
    }
    for column, make in ready.items():
        if usable(column) and not (whole_name and column in ("first_name", "last_name")):
            comparisons.append(make())
    for column in ("email", "phone", "external_id", "ssn", "dob", "street"):
        if usable(column):
            blocking.append(block_on(column))
    names = ("name",) if whole_name else ("first_name", "last_name")
    if all(map(usable, names)):
        for place in ("company", "city", "postcode"):
            if usable(place):
                blocking += [block_on(name, place) for name in names]
    if usable("company") and not usable("email"):
        blocking.append(block_on("company"))
    for column in ("email", "ssn"):
        if usable(column):
            certain.append(block_on(column))
            training.append((column,))
            break
    if all(map(usable, names)):
        beside = next((column for column in ("dob", "company", "postcode", "city") if usable(column)), None)
        certain.append(block_on(*names, beside) if beside else block_on(*names))
        training.append(names)
    if usable("phone"):
        certain.append(block_on("phone", "company") if usable("company") else block_on("phone"))
        training.append(("phone",))
    if usable("dob"):
        training.append(("dob",))
    if not training and usable("company"):
        training.append(("company",))
    return comparisons, blocking, certain, 0.7, training[:3]


def settings_of(rows):
    columns = {column for column in rows[0] if filled(rows, column) > 0.02}
    if columns == {"first_name", "last_name", "dob", "city", "email"}:
        return "Splink's tutorial", tutorial()
    if {"ssn", "first_name", "last_name", "street_number", "state"} <= columns and "email" not in columns:
        return "Splink's febrl3 example", febrl()
    return "ready-made comparisons", by_columns(rows)


def link(rows):
    name, (comparisons, blocking, certain, recall, training) = settings_of(rows)
    frame = pandas.DataFrame(rows).astype(object).where(lambda values: values.notna(), None)
    frame.insert(0, "unique_id", range(len(frame)))
    connection = duckdb.connect(":memory:")
    connection.execute("set threads to 2")
    table = DuckDBAPI(connection).register(frame)
    settings = SettingsCreator(
        link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=blocking,
    )
    linker = Linker(table, settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(certain, recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for columns in training:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
        except (ValueError, EMTrainingException) as error:
            # A small list can leave a level without a single pair; Splink's starting values stay in force then
            print(f"no training on {columns}: {error}", file=sys.stderr)
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    groups = {}
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=threshold
        ).as_pandas_dataframe()
        groups[str(threshold)] = {
            str(row): str(cluster) for row, cluster in zip(clusters["unique_id"], clusters["cluster_id"])
        }
    return {"settings": name, "groups": groups}


if __name__ == "__main__":
    source, target = sys.argv[1:]
    with open(target, "w", encoding="utf-8") as file:
        json.dump(link(cleaned(read(source))), file)
