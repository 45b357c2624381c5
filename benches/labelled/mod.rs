//! Labelled lists: which there are, their rows and truth, and how right a division into groups is.
#![allow(clippy::cast_precision_loss, reason = "counts of rows fit a float")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use leadfold::contact::{Field, Record, Side, SourceId};
use leadfold::ingest;
use leadfold::link::{Group, Linkage};

/// Name and file of every labelled list of a folder, or of the named ones only.
pub(crate) fn lists(folder: &Path, names: &[String]) -> Vec<(String, PathBuf)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".csv") && !file.to_string_lossy().ends_with(".flags.csv"));
    files.sort();
    let called = |file: PathBuf| (file.file_stem().unwrap().to_string_lossy().into_owned(), file);
    files.into_iter().map(called).filter(|(name, _)| names.is_empty() || names.contains(name)).collect()
}

/// Group number of each record.
pub(crate) fn groups(linkage: &Linkage, records: usize) -> Vec<u32> {
    let mut groups = vec![0; records];
    for group in &linkage.groups {
        group.members.iter().for_each(|member| groups[member.0 as usize] = group.id);
    }
    groups
}

/// The same for what is planned without a person: whoever waits for one is alone.
pub(crate) fn planned(linkage: &Linkage, records: usize) -> Vec<u32> {
    let mut groups = groups(linkage, records);
    let waiting = linkage.groups.iter().filter(|group| group.is_open()).flat_map(Group::waiting);
    for (member, alone) in waiting.zip((0..u32::MAX).rev()) {
        groups[member.0 as usize] = alone;
    }
    groups
}

/// Precision and recall, by pairs of rows and by rows (B-cubed).
pub(crate) struct Scores {
    pub(crate) pair: (f64, f64),
    pub(crate) cubed: (f64, f64),
}

/// The harmonic mean of precision and recall.
pub(crate) fn f1((precision, recall): (f64, f64)) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

impl Scores {
    /// Scores of a division into groups.
    pub(crate) fn new(truth: &[String], group: &[u32]) -> Self {
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

/// Reads a list as `plan` would, and the truth beside it; the column with the truth is left out of the records.
pub(crate) fn read(file: &Path) -> (Vec<Record>, Vec<String>) {
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
    (ingested.records.into_iter().collect(), truth)
}
