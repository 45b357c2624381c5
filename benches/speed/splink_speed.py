"""Splink 5 on a list of the generator, from the file to the groups: `splink_speed.py LIST.csv`.

Seven blocking rules, parameters by expectation maximisation, pairs from .95, as its tutorial does it for lists of people.
"""
import sys

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

connection = duckdb.connect(":memory:")
connection.execute("set threads to 2")
rows = connection.sql(
    f"""select row_number() over () as unique_id, lower(trim(email)) as email, lower(trim(name)) as name,
        regexp_replace(phone, '[^0-9]', '', 'g') as phone, lower(trim(company)) as company, lower(city) as city, external_id
    from read_csv('{sys.argv[1]}', all_varchar = true)"""
).df()
# Fillers are no values. Left in, one of them alone is 150 million pairs at a million rows.
fillers = ["", "none@none.com", "1234567890", "guest", "unknown", "test", "customer", "n/a", "-"]
rows = rows.astype(object).where(rows.notna() & ~rows.isin(fillers), None)
comparisons = [
    cl.EmailComparison("email"),
    cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.7]).configure(term_frequency_adjustments=True),
    cl.DamerauLevenshteinAtThresholds("phone", [1]),
    cl.JaroWinklerAtThresholds("company", [0.95, 0.88]).configure(term_frequency_adjustments=True),
    cl.ExactMatch("city").configure(term_frequency_adjustments=True),
]
rules = [
    block_on("email"), block_on("phone"), block_on("external_id"), block_on("name", "company"), block_on("name", "city"),
    block_on("substr(name, 1, 5)", "company"), block_on("split_part(email, '@', 1)", "company"),
]
settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=rules)
linker = Linker(DuckDBAPI(connection).register(rows), settings, log_level=None)
linker.training.estimate_probability_two_random_records_match([block_on("email"), block_on("name", "company")], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
for columns in (("email",), ("name",)):
    linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
pairs = linker.inference.predict(threshold_match_probability=0.95)
groups = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
print(groups.as_duckdbpyrelation().aggregate("count(distinct cluster_id)").fetchall()[0][0], "groups")
