//! The match model of a plan: what agreement on each field weighs, where the weights come from, and what blocking found.
//!
//! Tables for the terminal, complete because a model is short; and rows for CSV, where what is no level stands in
//! parentheses.

use std::io::{self, Write};

use crate::link::{BlockingReport, KeyReport, LevelWeight, Model};
use crate::plan::Plan;

use super::sheet::{Sink, decimal};
use super::text::{TextOptions, heading};
use super::{table, words};

/// Columns of the CSV.
pub(super) const COLUMNS: &[&str] = &["comparison", "level", "m", "u", "weight", "from", "pairs", "new_pairs", "alone"];

/// Number of rows of the CSV.
pub(super) fn len(plan: &Plan) -> usize {
    plan.linkage.model.levels.len() + plan.linkage.blocking.keys.len() + 6
}

/// Hands every row of the CSV to `sink`: prior and thresholds, levels, blocking keys.
pub(super) fn rows(plan: &Plan, sink: &mut Sink<'_>) -> io::Result<()> {
    let (model, blocking) = (&plan.linkage.model, &plan.linkage.blocking);
    let fixed = [
        ("(prior)", model.prior),
        ("(threshold of auto)", model.auto_weight),
        ("(threshold of review)", model.review_weight),
    ];
    let fixed = fixed.map(|(name, weight)| row(&[name, "", "", "", &decimal(weight.0)]));
    let levels = model.levels.iter().map(|level| {
        let (m, u) = (level.m.to_string(), level.u.to_string());
        row(&[words::comparison(level.comparison), &level.level, &m, &u, &decimal(level.weight.0), from(level)])
    });
    let keys = blocking.keys.iter().map(|key| {
        let counts = [key.pairs, key.new, key.alone].map(|count| count.to_string());
        row(&["(blocking)", words::blocking_key(key.key), "", "", "", "", &counts[0], &counts[1], &counts[2]])
    });
    let pairs = |name: &str, count: u64| row(&[name, "", "", "", "", "", &count.to_string()]);
    let ends = [
        pairs("(candidates)", blocking.candidates),
        pairs("(left out)", blocking.left_out),
        pairs("(contradicted)", blocking.contradicted),
    ];
    for cells in fixed.into_iter().chain(levels).chain(keys).chain(ends) {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        if sink(&cells)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// A row with all columns, the last ones empty.
fn row(cells: &[&str]) -> Vec<String> {
    let mut row: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
    row.resize(COLUMNS.len(), String::new());
    row
}

/// Where a level's m comes from.
fn from(level: &LevelWeight) -> &'static str {
    if level.learned { "learned" } else { "default" }
}

/// A probability with as many digits as say something.
fn probability(value: f64) -> String {
    if value < 0.001 { format!("{value:.2e}") } else { format!("{value:.4}") }
}

/// The whole model for a terminal.
pub(super) fn text(plan: &Plan, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    let model = &plan.linkage.model;
    origin(model, writer)?;
    writeln!(
        writer,
        "Prior {}; groups are planned from {}, reviewed from {} (bits: log2 of a Bayes factor)",
        words::weight(model.prior.0),
        words::weight(model.auto_weight.0),
        words::weight(model.review_weight.0)
    )?;
    heading("Levels", options, writer)?;
    let mut shown = table::table(options.width, &["comparison", "level", "m", "u", "weight", "from"], &[2, 3, 4]);
    for level in &model.levels {
        let (m, u) = (probability(level.m), probability(level.u));
        let weight = words::weight(level.weight.0);
        table::add(&mut shown, [words::comparison(level.comparison), &level.level, &m, &u, &weight, from(level)]);
    }
    table::write(&shown, writer)?;
    writeln!(writer, "Where two records agree on a value, its own frequency takes the place of u.")?;
    blocking(&plan.linkage.blocking, options, writer)
}

/// Where the weights come from, in two sentences.
fn origin(model: &Model, writer: &mut impl Write) -> io::Result<()> {
    match model.fallback {
        None => writeln!(writer, "Weights learned from a list")?,
        Some(reason) => writeln!(writer, "Shipped default weights: {reason}")?,
    }
    let scale = model.scale;
    writeln!(
        writer,
        "Made for {} with {} and {}{}",
        words::count(u64::from(scale.records), "record|records"),
        words::count(u64::from(scale.names), "distinct name|distinct names"),
        words::count(u64::from(scale.companies), "company|companies"),
        if scale.organisations { "; they are organisations, and the company is the name" } else { "" }
    )
}

/// What each key found, and what was left out.
fn blocking(report: &BlockingReport, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    heading(&format!("Candidates: {} compared", words::count(report.candidates, "pair|pairs")), options, writer)?;
    let header = ["found by", "pairs", "no earlier key", "no other key", "share found alone"];
    let mut shown = table::table(options.width, &header, &[1, 2, 3, 4]);
    for key in &report.keys {
        let counts = [key.pairs, key.new, key.alone].map(words::thousands);
        let share = share_alone(key, report.candidates);
        table::add(&mut shown, [words::blocking_key(key.key), &counts[0], &counts[1], &counts[2], &share]);
    }
    table::write(&shown, writer)?;
    if report.contradicted > 0 {
        let pairs = words::count(report.contradicted, "pair was|pairs were");
        writeln!(
            writer,
            "{pairs} not compared because neither name nor address agrees, only a name and a city or the like."
        )?;
    }
    match report.left_out {
        0 => writeln!(writer, "No limit left a pair out."),
        pairs => {
            let pairs = words::count(pairs, "pair was|pairs were");
            writeln!(writer, "{pairs} left out because their blocks are too large to be compared completely.")
        }
    }
}

/// Share of all candidates that only this key found.
fn share_alone(key: &KeyReport, candidates: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a share for display")]
    let share = 100.0 * key.alone as f64 / candidates.max(1) as f64;
    format!("{share:.1}%")
}
