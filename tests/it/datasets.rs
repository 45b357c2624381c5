//! The labelled data sets, where they are there: every row once, the same plan whatever the order and the threads.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::people::Chance;
use crate::support::{Desk, data};

const SETS: [&str; 7] =
    ["chicago_childcare", "fake_1000", "febrl3", "leads_10k", "leads_100k", "pseudopeople", "senzing_truthset"];

/// `id` → group, from `show --groups`.
fn groups(desk: &Desk, list: &str, extra: &[&str]) -> (String, BTreeMap<String, String>) {
    let mut arguments = vec!["plan", list, "-o", "out.plan", "--no-report", "--quiet"];
    arguments.extend(extra);
    let ran = desk.run(&arguments);
    assert!([0, 3].contains(&ran.code), "{}", ran.err);
    let csv = desk.run(&["show", "out.plan", "--groups", "--format", "csv"]).ends_with(0).out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["source", "row", "id", "group", "survivor", "weight", "band"]);
    let mut found = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let earlier = found.insert(record[2].to_owned(), record[3].to_owned());
        assert_eq!(earlier, None, "id {} is listed twice", &record[2]);
    }
    std::fs::remove_file(desk.at("out.plan")).unwrap();
    (csv, found)
}

/// Groups as sets of ids, so that their numbers do not matter.
fn partition(groups: &BTreeMap<String, String>) -> BTreeSet<BTreeSet<String>> {
    let mut members: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
    for (id, group) in groups {
        members.entry(group).or_default().insert(id.clone());
    }
    members.into_values().collect()
}

#[test]
fn every_row_is_in_one_group_whatever_the_threads_and_the_order() {
    let Some(folder) = data() else { return };
    // The large set is for optimised builds: there it takes a second, without optimisation a minute.
    for set in SETS.into_iter().filter(|set| !cfg!(debug_assertions) || *set != "leads_100k") {
        let desk = Desk::new();
        let text = std::fs::read(folder.join(format!("{set}.csv"))).unwrap();
        desk.file("list.csv", &text);
        let (first, found) = groups(&desk, "list.csv", &["--threads", "2"]);
        let (second, _) = groups(&desk, "list.csv", &["--threads", "1"]);
        assert!(first == second, "{set}: one thread and two give different groups");

        let mut reader = csv::Reader::from_reader(text.as_slice());
        let header = reader.byte_headers().unwrap().clone();
        let mut rows: Vec<csv::ByteRecord> = reader.byte_records().map(Result::unwrap).collect();
        assert_eq!(found.len(), rows.len(), "{set}: rows are missing");

        let mut chance = Chance::new(3);
        for last in (1..rows.len()).rev() {
            rows.swap(last, chance.below(last + 1));
        }
        let mut shuffled = csv::Writer::from_writer(Vec::new());
        shuffled.write_byte_record(&header).unwrap();
        for row in &rows {
            shuffled.write_byte_record(row).unwrap();
        }
        desk.file("shuffled.csv", shuffled.into_inner().unwrap());
        let (_, moved) = groups(&desk, "shuffled.csv", &[]);
        assert!(partition(&found) == partition(&moved), "{set}: another order gives other groups");
    }
}
