//! Accuracy of linking on labelled lists: `LEADFOLD_DATA=DIR cargo bench --bench accuracy -- [NAME…] [--groups DIR]`.
//!
//! Reads every `*.csv` of the folder that has a `cluster` column, links it with default options and prints pairwise and
//! B-cubed precision, recall and F1 of the groups, and of the `auto` band alone. `--groups DIR` writes `id,group,band` and
//! the pairs' evidence for a closer look. `LEADFOLD_IDENTIFIERS=ssn,passport` declares columns that identify a person.
#![allow(missing_docs, reason = "a program, not a library")]
#![allow(clippy::cast_precision_loss, reason = "counts of rows fit a float")]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a development tool")]

mod labelled;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use labelled::{Scores, f1};
use leadfold::contact::Record;
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
    println!(
        "{:20} {:>7} {:>6} auto | pair P / R / F1     | B3 P / R / F1       | auto P / R  | review | pairs",
        "list", "rows", "ms"
    );
    for (name, file) in labelled::lists(&data, &names) {
        measure(&name, &file, dump.as_deref());
    }
}

fn measure(name: &str, file: &Path, dump: Option<&Path>) {
    let (records, truth) = labelled::read(file);
    let start = Instant::now();
    let linkage = link(&records, &Options::default());
    let elapsed = start.elapsed();
    let all = Scores::new(&truth, &labelled::groups(&linkage, records.len()));
    let auto = Scores::new(&truth, &labelled::planned(&linkage, records.len()));
    let review = linkage.groups.iter().filter(|found| found.is_open()).count();
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
        100.0 * review as f64 / many.max(1) as f64,
        linkage.blocking.candidates,
        linkage.blocking.left_out,
    );
    if let Some(folder) = dump {
        write_groups(&folder.join(format!("{name}.groups.csv")), &records, &linkage);
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
