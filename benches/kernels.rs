//! What one thing costs: parsing a value, comparing two words, reading, linking and each step of it, deciding, writing a
//! plan.
//!
//! `cargo bench --bench kernels`. What the steps of linking cost on a whole list says
//! `leadfold plan --timings json`, and `benches/speed/run.sh` for a table of them.

#![expect(clippy::unwrap_used, reason = "a bench stops at the first list that cannot be read")]

#[path = "speed/lists/chance.rs"]
mod chance;
#[path = "speed/lists/list.rs"]
mod list;
#[path = "speed/lists/people.rs"]
mod people;
#[path = "speed/lists/rows.rs"]
mod rows;
#[path = "speed/lists/vocabulary.rs"]
mod vocabulary;

use divan::{Bencher, black_box};
use leadfold::contact::{Company, Email, NameParts, PersonName, Phone, Side, SourceId, Timestamp};
use leadfold::ingest::{self, Ingested};
use leadfold::link::steps::Columns;
use leadfold::link::{self, Linkage, kernels};
use leadfold::plan::{self, Header, Inputs, Making, Plan};
use leadfold::store::PlanFile;

const ROWS: u32 = 10_000;

fn main() {
    divan::main();
}

#[divan::bench(args = [("sunderman", "sundermann"), ("natasza.karczmarz86", "nkarczmarz")])]
fn jaro_winkler((left, right): (&str, &str)) -> f64 {
    kernels::jaro_winkler(black_box(left), black_box(right))
}

#[divan::bench(args = [("sunderman", "sundermann"), ("natasza.karczmarz86", "nkarczmarz")])]
fn jaro_winkler_by_strsim((left, right): (&str, &str)) -> f64 {
    strsim::jaro_winkler(black_box(left), black_box(right))
}

#[divan::bench(args = [("sunderman", "sundermann"), ("natasza.karczmarz86", "nkarczmarz")])]
fn osa_distance((left, right): (&str, &str)) -> usize {
    kernels::osa_distance(black_box(left), black_box(right))
}

#[divan::bench(args = [("sunderman", "sundermann"), ("natasza.karczmarz86", "nkarczmarz")])]
fn osa_distance_by_strsim((left, right): (&str, &str)) -> usize {
    strsim::osa_distance(black_box(left), black_box(right))
}

#[divan::bench]
fn parse_email() -> bool {
    Email::parse(black_box("Natasza.Karczmarz@hillside.example")).is_ok()
}

#[divan::bench]
fn parse_phone() -> bool {
    Phone::parse(black_box("+44 20 7946 0123"), None).is_some()
}

#[divan::bench]
fn parse_name() -> bool {
    PersonName::parse(&NameParts { full: black_box("Natasza Karczmarz"), ..NameParts::default() }).is_some()
}

#[divan::bench]
fn parse_company() -> bool {
    Company::parse(black_box("Hillside Engineering Sp. z o.o.")).is_some()
}

#[divan::bench]
fn parse_time() -> bool {
    Timestamp::parse(black_box("2024-03-07 14:05:09")).is_some()
}

fn text() -> Vec<u8> {
    let mut text = Vec::new();
    // Writing to memory does not fail; an empty list would show in the figures.
    drop(list::write(ROWS, 1, &mut text));
    text
}

fn read(text: &[u8]) -> Ingested {
    ingest::read(text, SourceId(0), "list.csv", Side::Existing, &ingest::Options::default()).unwrap()
}

fn linked() -> (Inputs, Linkage) {
    let inputs = Inputs::gather([read(&text())]);
    let linkage = link::link(&inputs.records, &link::Options::default());
    (inputs, linkage)
}

fn header() -> Header {
    Header {
        tool_version: String::new(),
        made_at: Timestamp(0),
        workspace: None,
        api_version: String::new(),
        settings: serde_json::Value::Null,
    }
}

fn decided((inputs, linkage): (Inputs, Linkage)) -> Plan {
    plan::assemble(header(), inputs, linkage, &plan::Options::default())
}

#[divan::bench(sample_count = 10)]
fn read_and_normalise_10_000_rows(bencher: Bencher<'_, '_>) {
    let text = text();
    bencher.bench(|| read(black_box(&text)));
}

#[divan::bench(sample_count = 10)]
fn link_10_000_rows(bencher: Bencher<'_, '_>) {
    let ingested = read(&text());
    bencher.bench(|| link::link(black_box(&ingested.records), &link::Options::default()));
}

#[divan::bench(sample_count = 10)]
fn columns_of_10_000_rows(bencher: Bencher<'_, '_>) {
    let ingested = read(&text());
    bencher.bench(|| Columns::of(black_box(&ingested.records)));
}

#[divan::bench(sample_count = 10)]
fn shared_values_of_10_000_rows(bencher: Bencher<'_, '_>) {
    let columns = Columns::of(&read(&text()).records);
    bencher.bench(|| black_box(&columns).shared());
}

#[divan::bench(sample_count = 10)]
fn block_10_000_rows(bencher: Bencher<'_, '_>) {
    let columns = Columns::of(&read(&text()).records);
    bencher.bench(|| black_box(&columns).block());
}

#[divan::bench(sample_count = 10)]
fn learn_from_10_000_rows(bencher: Bencher<'_, '_>) {
    let columns = Columns::of(&read(&text()).records);
    let pairs = columns.block();
    bencher.with_inputs(|| columns.shared()).bench_values(|mut weighed| weighed.learn(black_box(&pairs)));
}

#[divan::bench(sample_count = 10)]
fn score_10_000_rows(bencher: Bencher<'_, '_>) {
    let columns = Columns::of(&read(&text()).records);
    let (pairs, mut weighed) = (columns.block(), columns.shared());
    let _ = weighed.learn(&pairs);
    bencher.bench(|| weighed.score(black_box(&pairs)));
}

#[divan::bench(sample_count = 10)]
fn cluster_10_000_rows(bencher: Bencher<'_, '_>) {
    let columns = Columns::of(&read(&text()).records);
    let (pairs, mut weighed) = (columns.block(), columns.shared());
    let _ = weighed.learn(&pairs);
    let scores = weighed.score(&pairs);
    bencher.bench(|| weighed.cluster(black_box(&scores)));
}

#[divan::bench(sample_count = 10)]
fn decide_10_000_rows(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(linked).bench_values(decided);
}

#[divan::bench(sample_count = 10)]
fn write_the_plan_of_10_000_rows(bencher: Bencher<'_, '_>) {
    let plan = decided(linked());
    let folder = std::env::temp_dir().join(format!("leadfold-bench-{}.plan", std::process::id()));
    bencher.bench(|| PlanFile::create(&folder, &plan));
    drop(std::fs::remove_file(&folder));
}

/// What `leadfold plan` does: no group is kept once it is written.
#[divan::bench(sample_count = 10)]
fn decide_and_write_10_000_rows_in_one_pass(bencher: Bencher<'_, '_>) {
    let inputs = Inputs::gather([read(&text())]);
    let linked = link::link_watched(&inputs.records, &link::Options::default(), None, &mut |_| ());
    let options = plan::Options::default();
    let path = std::env::temp_dir().join(format!("leadfold-bench-{}.made.plan", std::process::id()));
    bencher.bench(|| PlanFile::make(&path, &Making::new(header(), &inputs, &linked, &options)));
    drop(std::fs::remove_file(&path));
}
