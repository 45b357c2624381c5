//! Accuracy of linking on labelled lists: `LEADFOLD_DATA=DIR cargo bench --bench accuracy -- [NAME…] [--groups DIR]`.
//!
//! Reads every `*.csv` of the folder that has a `cluster` column, links it with default options and prints pairwise and
//! B-cubed precision, recall and F1 of the groups, and of the `auto` band alone. `--groups DIR` writes `id,group,band` and
//! the pairs' evidence for a closer look. `LEADFOLD_IDENTIFIERS=ssn,passport` declares columns that identify a person.
#![allow(missing_docs, reason = "a program, not a library")]
#![allow(clippy::cast_precision_loss, reason = "counts of rows fit a float")]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a development tool")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use leadfold::contact::{Field, Record, Side, SourceId};
use leadfold::ingest;
use leadfold::link::{Linkage, Options, link};

fn main() {
    let Some(data) = std::env::var_os("LEADFOLD_DATA").map(PathBuf::from) else {
        println!("set LEADFOLD_DATA to a folder of labelled lists to measure accuracy; nothing measured");
        return;
    };
    let mut names: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let dump = names.iter().position(|name| name == "--groups").map(|at| {
        names.remove(at);
        PathBuf::from(names.remove(at))
    });
    let mut files: Vec<PathBuf> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".csv") && !file.to_string_lossy().ends_with(".flags.csv"));
    files.sort();
    println!(
        "{:20} {:>7} {:>6} auto | pair P / R / F1     | B3 P / R / F1       | auto P / R  | review | pairs",
        "list", "rows", "ms"
    );
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if names.is_empty() || names.contains(&name) {
            measure(&name, &file, dump.as_deref());
        }
    }
}

fn measure(name: &str, file: &Path, dump: Option<&Path>) {
    let (records, truth) = read(file);
    let start = Instant::now();
    let linkage = link(&records, &Options::default());
    let elapsed = start.elapsed();
    let mut group = vec![0; records.len()];
    for found in &linkage.groups {
        for member in &found.members {
            group[member.0 as usize] = found.id;
        }
    }
    let all = Scores::new(&truth, &group);
    let mut next = u32::MAX;
    let mut planned = group.clone();
    let mut review = 0;
    for found in linkage.groups.iter().filter(|found| found.is_open()) {
        review += 1;
        for member in found.waiting() {
            planned[member.0 as usize] = next;
            next -= 1;
        }
    }
    let auto = Scores::new(&truth, &planned);
    let many = linkage.groups.iter().filter(|found| found.members.len() > 1).count();
    println!(
        "{name:20} {:>7} {:>6} {:>4.1} | {:.3} {:.3} {:.3}  | {:.3} {:.3} {:.3}  | {:.4} {:.3} | {:>5.1}% | {} (left out {})",
        records.len(),
        elapsed.as_millis(),
        linkage.model.auto_weight.0,
        all.pair.0,
        all.pair.1,
        f1(all.pair),
        all.cubed.0,
        all.cubed.1,
        f1(all.cubed),
        auto.pair.0,
        auto.pair.1,
        100.0 * f64::from(review) / many.max(1) as f64,
        linkage.blocking.candidates,
        linkage.blocking.left_out,
    );
    if let Some(folder) = dump {
        write_groups(&folder.join(format!("{name}.groups.csv")), &records, &linkage);
    }
}

struct Scores {
    pair: (f64, f64),
    cubed: (f64, f64),
}

fn f1((precision, recall): (f64, f64)) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

impl Scores {
    fn new(truth: &[String], group: &[u32]) -> Self {
        let mut cells: HashMap<(&str, u32), f64> = HashMap::new();
        let mut clusters: HashMap<&str, f64> = HashMap::new();
        let mut groups: HashMap<u32, f64> = HashMap::new();
        for (cluster, group) in truth.iter().zip(group) {
            *cells.entry((cluster, *group)).or_default() += 1.0;
            *clusters.entry(cluster).or_default() += 1.0;
            *groups.entry(*group).or_default() += 1.0;
        }
        let pairs = |count: &f64| count * (count - 1.0) / 2.0;
        let both: f64 = cells.values().map(pairs).sum();
        let (found, wanted): (f64, f64) = (groups.values().map(pairs).sum(), clusters.values().map(pairs).sum());
        let rows = truth.len() as f64;
        let cubed = |size: &dyn Fn(&(&str, u32)) -> f64| {
            cells.iter().map(|(cell, count)| count * count / size(cell)).sum::<f64>() / rows
        };
        Self {
            pair: (if found > 0.0 { both / found } else { 1.0 }, both / wanted),
            cubed: (cubed(&|cell| groups[&cell.1]), cubed(&|cell| clusters[cell.0])),
        }
    }
}

fn write_groups(file: &Path, records: &[Record], linkage: &Linkage) {
    let id = |row: u32| records[row as usize].id.as_ref().map_or("", |id| &id.0).to_owned();
    let mut text = String::from("id,group,band,weight,reason\n");
    for group in &linkage.groups {
        for member in &group.members {
            let weight = group.loose_weight(*member).or(group.weight).map_or(99.0, |weight| weight.0);
            let reason = group.review_reason.as_deref().unwrap_or("");
            let band = group.band_of(*member);
            writeln!(text, "{},{},{band:?},{weight:.2},{reason}", id(member.0), group.id).unwrap();
        }
    }
    std::fs::write(file, text).unwrap();
    let mut text = String::new();
    for pair in &linkage.pairs {
        write!(text, "{}\t{}\t{:.2}\t{:?}\t", id(pair.left.0), id(pair.right.0), pair.weight.0, pair.found_by).unwrap();
        for term in &pair.terms {
            write!(text, "{} {:.1}; ", term.level, term.weight.0).unwrap();
        }
        text.push('\n');
    }
    std::fs::write(file.with_extension("pairs.tsv"), text).unwrap();
    let mut text = String::new();
    for veto in &linkage.vetoes {
        let between = (id(veto.between.0.0), id(veto.between.1.0));
        writeln!(
            text,
            "{}\t{}\t{:.2}\t{:?}\t{}\t{}",
            id(veto.left.0),
            id(veto.right.0),
            veto.weight.0,
            veto.reason,
            between.0,
            between.1
        )
        .unwrap();
    }
    std::fs::write(file.with_extension("vetoes.tsv"), text).unwrap();
    let mut text = format!("prior {:.2}\n", linkage.model.prior.0);
    for level in &linkage.model.levels {
        writeln!(
            text,
            "{:?}\t{}\t{:.5}\t{:.6}\t{:.2}",
            level.comparison, level.level, level.m, level.u, level.weight.0
        )
        .unwrap();
    }
    std::fs::write(file.with_extension("model.tsv"), text).unwrap();
}

/// Reads a list as `plan` would, and the truth beside it; the column with the truth is left out of the records.
fn read(file: &Path) -> (Vec<Record>, Vec<String>) {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let at = reader.headers().unwrap().iter().position(|column| column == "cluster").unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let truth: Vec<String> = reader.records().map(|row| row.unwrap().get(at).unwrap().to_owned()).collect();
    let declared = std::env::var("LEADFOLD_IDENTIFIERS").unwrap_or_default();
    let identifiers = declared.split(',').filter(|column| header.iter().any(|known| known == column));
    let mut map: Vec<(String, Field)> =
        identifiers.map(|column| (column.to_owned(), Field::Identifier(column.into()))).collect();
    map.push(("cluster".to_owned(), Field::Ignore));
    let options = ingest::Options { map, ..ingest::Options::default() };
    let input = std::fs::File::open(file).unwrap();
    let ingested = ingest::read(input, SourceId(0), &file.to_string_lossy(), Side::Incoming, &options).unwrap();
    let truth = ingested.records.iter().map(|record| truth[record.origin.row as usize - 1].clone()).collect();
    (ingested.records, truth)
}
