//! How right a plan's groups are, as text and as one JSON document (`leadfold.evaluation/1`), and the two records of a
//! question side by side.

use std::io::{self, Write};

use serde::Serialize;

use crate::link::evaluation::{
    CurvePoint, Estimate, Evaluation, KeyTruth, PairEstimate, Rates, Sampled, Scores, Stratum, StratumAnswers,
};
use crate::link::{Band, RecordIndex};
use crate::plan::Plan;

use super::explain::members_table;
use super::lookup::source_name;
use super::sanitize::visible;
use super::text::{Emphasis, TextOptions};
use super::view::two_side_by_side;
use super::{json, table, words};

const SCHEMA: &str = "leadfold.evaluation/1";

/// A score to four digits: `0.9950`.
fn score(value: f64) -> String {
    format!("{value:.4}")
}

fn title(writer: &mut impl Write, options: &TextOptions, text: &str) -> io::Result<()> {
    writeln!(writer, "{}", options.style.paint(Emphasis::Strong, text))
}

/// An evaluation against the truth of a column, on a terminal.
pub fn evaluation_text(
    plan: &Plan,
    evaluation: &Evaluation,
    column: &str,
    options: &TextOptions,
    writer: &mut impl Write,
) -> io::Result<()> {
    let heading = format!(
        "{} of {} by '{}', in {}",
        words::count(evaluation.rows, "row"),
        words::count(evaluation.people, "person|people"),
        visible(column),
        words::count(evaluation.groups, "group")
    );
    title(writer, options, &heading)?;
    if evaluation.rows_without_truth > 0 {
        let left_out = words::count(evaluation.rows_without_truth, "row has|rows have");
        writeln!(writer, "{left_out} no value there and count nowhere")?;
    }
    writeln!(writer)?;
    let header = ["groups", "counted by", "precision", "recall", "F1", "pairs joined", "right", "wanted"];
    let mut scores = table::table(options.width, &header, &[2, 3, 4, 5, 6, 7]);
    for (name, found) in [("auto, review", &evaluation.all), ("auto alone", &evaluation.auto)] {
        let counts = [found.found_pairs, found.right_pairs, found.wanted_pairs].map(words::thousands);
        table::add(&mut scores, score_cells(name, "pair", &found.pairwise, &counts).iter().map(String::as_str));
        let none = [const { String::new() }; 3];
        table::add(&mut scores, score_cells("", "row (B³)", &found.b_cubed, &none).iter().map(String::as_str));
    }
    table::write(&scores, writer)?;
    writeln!(
        writer,
        "To review: {} of {} ({:.1}%), {}",
        words::thousands(evaluation.groups_to_review),
        words::count(evaluation.groups_of_several, "group of several rows|groups of several rows"),
        100.0 * evaluation.review_share(),
        words::count(evaluation.rows_to_review, "row")
    )?;
    wrong_merges_text(plan, evaluation, options, writer)?;
    curve_text(&evaluation.curve, plan, options, writer)?;
    keys_text(&evaluation.keys, options, writer)
}

fn score_cells(name: &str, counted_by: &str, rates: &Rates, counts: &[String; 3]) -> [String; 8] {
    let [joined, right, wanted] = counts.clone();
    let [precision, recall, f1] = [rates.precision, rates.recall, rates.f1].map(score);
    [name.to_owned(), counted_by.to_owned(), precision, recall, f1, joined, right, wanted]
}

fn place(plan: &Plan, index: RecordIndex) -> String {
    plan.record(index).map_or_else(String::new, |record| {
        format!("{} row {}", visible(source_name(plan, record.origin.source)), record.origin.row)
    })
}

fn wrong_merges_text(
    plan: &Plan,
    evaluation: &Evaluation,
    options: &TextOptions,
    writer: &mut impl Write,
) -> io::Result<()> {
    if evaluation.wrong_merges.is_empty() {
        return writeln!(writer, "\nNo group holds two people.");
    }
    let heading = format!("\nWrong merges, the largest of {}", words::count(evaluation.wrong_groups, "group|groups"));
    title(writer, options, &heading)?;
    let header = ["group", "band", "weight", "rows", "people", "false pairs", "largest parts", "for instance"];
    let mut shown = table::table(options.width, &header, &[0, 2, 3, 4, 5]);
    for merge in &evaluation.wrong_merges {
        let parts: Vec<String> = merge.largest_parts.iter().map(ToString::to_string).collect();
        let examples: Vec<String> = merge.examples.iter().map(|index| place(plan, *index)).collect();
        let cells = [
            merge.group.to_string(),
            words::band(merge.band).to_owned(),
            merge.weight.map(|weight| words::weight(weight.0)).unwrap_or_default(),
            words::thousands(merge.rows),
            words::thousands(merge.people),
            words::thousands(merge.false_pairs),
            parts.join(" "),
            examples.join(", "),
        ];
        table::add(&mut shown, cells.iter().map(String::as_str));
    }
    table::write(&shown, writer)?;
    writeln!(writer, "leadfold show PLAN --group ID explains one of them")
}

fn curve_text(curve: &[CurvePoint], plan: &Plan, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if curve.is_empty() {
        return Ok(());
    }
    title(writer, options, "\nIf only groups of at least this weight were made")?;
    let header = ["weight", "probability", "groups", "precision", "recall", "F1", "B³ F1", ""];
    let mut shown = table::table(options.width, &header, &[0, 1, 2, 3, 4, 5, 6]);
    let model = &plan.linkage.model;
    let is = |one: f64, other: f64| (one - other).abs() < 1e-9;
    for point in curve {
        let note = if is(point.weight.0, model.auto_weight.0) {
            "← auto"
        } else if is(point.weight.0, model.review_weight.0) {
            "← review"
        } else {
            ""
        };
        let cells = [
            words::weight(point.weight.0),
            words::probability(point.probability),
            words::thousands(point.groups),
            score(point.scores.pairwise.precision),
            score(point.scores.pairwise.recall),
            score(point.scores.pairwise.f1),
            score(point.scores.b_cubed.f1),
            note.to_owned(),
        ];
        table::add(&mut shown, cells.iter().map(String::as_str));
    }
    table::write(&shown, writer)
}

fn keys_text(keys: &[KeyTruth], options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    title(writer, options, "\nPairs kept, by the blocking key that found them first")?;
    let header = ["key", "pairs", "one person", "joined, right", "joined, wrong"];
    let mut shown = table::table(options.width, &header, &[1, 2, 3, 4]);
    for key in keys {
        let counts = [key.pairs, key.right, key.right_and_joined, key.wrong_and_joined].map(words::thousands);
        let name = std::iter::once(words::blocking_key(key.key));
        table::add(&mut shown, name.chain(counts.iter().map(String::as_str)));
    }
    table::write(&shown, writer)
}

#[derive(Serialize)]
struct Place<'a> {
    source: &'a str,
    row: u32,
}

#[derive(Serialize)]
struct MergeDocument<'a> {
    group: u32,
    band: Band,
    weight: Option<f64>,
    rows: u64,
    people: u64,
    false_pairs: u64,
    largest_parts: &'a [u64],
    examples: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct EvaluationDocument<'a> {
    schema: &'static str,
    by: &'static str,
    column: &'a str,
    rows: u64,
    rows_without_truth: u64,
    people: u64,
    groups: u64,
    all: &'a Scores,
    auto: &'a Scores,
    groups_of_several: u64,
    groups_to_review: u64,
    rows_to_review: u64,
    review_share: f64,
    wrong_groups: u64,
    wrong_merges: Vec<MergeDocument<'a>>,
    curve: &'a [CurvePoint],
    keys: &'a [KeyTruth],
}

/// The same as one JSON document (`leadfold.evaluation/1`, `by` is `truth`).
pub fn evaluation_json(plan: &Plan, evaluation: &Evaluation, column: &str, writer: &mut impl Write) -> io::Result<()> {
    let merges = evaluation.wrong_merges.iter().map(|merge| MergeDocument {
        group: merge.group,
        band: merge.band,
        weight: merge.weight.map(|weight| weight.0),
        rows: merge.rows,
        people: merge.people,
        false_pairs: merge.false_pairs,
        largest_parts: &merge.largest_parts,
        examples: merge
            .examples
            .iter()
            .filter_map(|index| plan.record(*index))
            .map(|record| Place { source: source_name(plan, record.origin.source), row: record.origin.row })
            .collect(),
    });
    let document = EvaluationDocument {
        schema: SCHEMA,
        by: "truth",
        column,
        rows: evaluation.rows,
        rows_without_truth: evaluation.rows_without_truth,
        people: evaluation.people,
        groups: evaluation.groups,
        all: &evaluation.all,
        auto: &evaluation.auto,
        groups_of_several: evaluation.groups_of_several,
        groups_to_review: evaluation.groups_to_review,
        rows_to_review: evaluation.rows_to_review,
        review_share: evaluation.review_share(),
        wrong_groups: evaluation.wrong_groups,
        wrong_merges: merges.collect(),
        curve: &evaluation.curve,
        keys: &evaluation.keys,
    };
    json::document(&document, writer)
}

fn stratum(stratum: Stratum) -> &'static str {
    match stratum {
        Stratum::Certain => "joined, certain",
        Stratum::NearAuto => "joined, just certain",
        Stratum::Review => "joined, to review",
        Stratum::Apart => "kept apart, close",
    }
}

/// `98.3% (93.1–99.7)`.
fn interval(estimate: Estimate) -> String {
    format!("{:.1}% ({:.1}–{:.1})", 100.0 * estimate.value, 100.0 * estimate.low, 100.0 * estimate.high)
}

/// What a person's answers say, on a terminal.
pub fn sampled_text(sampled: &Sampled, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    title(writer, options, &format!("{} answered, with 95% intervals", words::count(sampled.answered, "pair|pairs")))?;
    writeln!(writer)?;
    let open = |estimate: Option<Estimate>| estimate.map_or_else(|| "not known yet".to_owned(), interval);
    let mut rates = table::table(options.width, &["groups", "precision", "recall, at most"], &[1, 2]);
    let lines: [(&str, &PairEstimate); 2] = [("auto, review", &sampled.all), ("auto alone", &sampled.auto)];
    for (name, pairs) in lines {
        table::add(&mut rates, [name, &open(pairs.precision), &open(pairs.recall)]);
    }
    table::write(&rates, writer)?;
    writeln!(writer)?;
    let header = ["pairs", "in the plan", "answered", "one person", "share"];
    let mut strata = table::table(options.width, &header, &[1, 2, 3, 4]);
    for part in &sampled.strata {
        let counts = [part.pairs, part.answered, part.matches].map(words::thousands);
        let share = if part.answered == 0 { String::new() } else { interval(part.share) };
        let cells = [stratum(part.stratum), &counts[0], &counts[1], &counts[2], &share];
        table::add(&mut strata, cells);
    }
    table::write(&strata, writer)?;
    writeln!(writer, "Recall is among pairs that came close; what no blocking key found cannot be sampled.")?;
    if sampled.outside > 0 {
        writeln!(
            writer,
            "{} answered never came close; {} of them are one person and were missed.",
            words::count(sampled.outside, "pair|pairs"),
            words::thousands(sampled.outside_matches)
        )?;
    }
    Ok(())
}

#[derive(Serialize)]
struct SampledDocument<'a> {
    schema: &'static str,
    by: &'static str,
    answered: u64,
    outside: u64,
    outside_matches: u64,
    all: &'a PairEstimate,
    auto: &'a PairEstimate,
    strata: &'a [StratumAnswers],
}

/// The same as one JSON document (`leadfold.evaluation/1`, `by` is `labels`).
pub fn sampled_json(sampled: &Sampled, writer: &mut impl Write) -> io::Result<()> {
    let document = SampledDocument {
        schema: SCHEMA,
        by: "labels",
        answered: sampled.answered,
        outside: sampled.outside,
        outside_matches: sampled.outside_matches,
        all: &sampled.all,
        auto: &sampled.auto,
        strata: &sampled.strata,
    };
    json::document(&document, writer)
}

/// Two records side by side, without what leadfold thinks of them, so that the answer is a person's own.
pub fn pair_text(
    plan: &Plan,
    left: RecordIndex,
    right: RecordIndex,
    options: &TextOptions,
    writer: &mut impl Write,
) -> io::Result<()> {
    members_table(&two_side_by_side(plan, left, right), options, writer)
}
