//! The answer in one line, and what is risky, red first.

use serde::Serialize;

use crate::ingest::SourceKind;
use crate::plan::Outcome;

use super::applied::AppliedFigures;
use super::figures::{Figures, LARGE_GROUP};
use super::tally::Tally;
use super::words;

/// How much a warning matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Severity {
    /// Cannot be taken back, or reaches people outside.
    Danger,
    /// Worth a look.
    Caution,
}

/// Something a person should know before applying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Warning {
    pub(super) severity: Severity,
    pub(super) message: String,
}

/// `1,204 rows → 310 create, …; 987 calls, about 1 min; nothing has been written`. The counts add up to the rows.
pub(super) fn line(figures: &Figures) -> String {
    match &figures.applied {
        None => planned_line(figures),
        Some(applied) => applied_line(figures, applied),
    }
}

/// Counts in the order they are reported, with the words of a plan or those of an apply.
fn counts(tally: &Tally, word: impl Fn(Outcome) -> &'static str, pending: &str) -> String {
    let mut parts = Vec::new();
    let mut put = |rows: u64, word: &str| {
        if rows > 0 {
            parts.push(format!("{} {word}", words::thousands(rows)));
        }
    };
    for (outcome, rows) in tally.lines() {
        match outcome {
            Outcome::Unchanged => {
                put(tally.to_review, "to review");
                put(rows, word(outcome));
            }
            Outcome::Skipped => put(tally.left_alone(), word(outcome)),
            _ => put(rows, word(outcome)),
        }
    }
    put(tally.pending, pending);
    if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") }
}

fn planned_line(figures: &Figures) -> String {
    let (tally, forecast) = (&figures.tally, &figures.forecast);
    let verb = |outcome| match outcome {
        Outcome::Created => "create",
        Outcome::Updated => "update",
        Outcome::Merged => "merge",
        Outcome::Archived => "archive",
        Outcome::Deleted => "delete",
        other => other.name(),
    };
    let what = counts(tally, verb, "not planned");
    let cost = if figures.kinds.is_empty() {
        "no calls needed".to_owned()
    } else {
        let calls = words::count(forecast.reads + forecast.writes, "call");
        format!("{calls}, {}", words::duration(forecast.seconds))
    };
    format!("{} → {what}; {cost}; nothing has been written", words::count(tally.rows, "row"))
}

fn applied_line(figures: &Figures, applied: &AppliedFigures) -> String {
    let tally = &figures.tally;
    let what = counts(tally, Outcome::name, "not done yet");
    let time = applied.seconds.map(|seconds| format!(" in {}", words::duration(seconds))).unwrap_or_default();
    let sent = words::count(applied.requests, "write request");
    format!("{} → {what}; {sent}{time}", words::count(tally.rows, "row"))
}

/// Everything a person should know before applying, the most serious first.
pub(super) fn warnings(figures: &Figures) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |severity, message| warnings.push(Warning { severity, message });

    // The forecast counts them and says which cannot be undone or reach people
    for effect in &figures.forecast.side_effects {
        let contacts = words::thousands(effect.contacts);
        let severity = if effect.grave { Severity::Danger } else { Severity::Caution };
        warn(severity, format!("{} ({contacts})", effect.message));
    }
    cautions(figures, &mut warn);
    warnings.sort_by_key(|warning| warning.severity);
    warnings
}

fn cautions(figures: &Figures, warn: &mut impl FnMut(Severity, String)) {
    let groups = &figures.groups;
    if groups.large > 0 {
        let are = words::count(groups.large, "group has|groups have");
        warn(
            Severity::Caution,
            format!("{are} more than {LARGE_GROUP} members: look for a shared inbox or switchboard"),
        );
    }
    if groups.open > 0 {
        let wait = words::count(groups.open, "group waits|groups wait");
        warn(Severity::Caution, format!("{wait} for a person: leadfold review"));
    }
    if groups.held > 0 {
        let are = words::count(groups.held, "certain group is|certain groups are");
        warn(
            Severity::Caution,
            format!(
                "{are} held back, being too large to be joined unseen (plan.largest_automatic_group): leadfold review"
            ),
        );
    }
    if figures.vetoes > 0 {
        let refused = words::count(figures.vetoes, "join was|joins were");
        warn(Severity::Caution, format!("{refused} refused because the records contradict each other"));
    }
    let rejected = figures.rejected();
    if rejected > 0 {
        let read = words::count(rejected, "row|rows");
        warn(Severity::Caution, format!("{read} could not be read; leadfold export writes them to errors.csv"));
    }
    let invalid: u64 = figures.sources.iter().flat_map(|source| &source.columns).map(|column| column.invalid).sum();
    if invalid > 0 {
        let cells = words::count(invalid, "cell|cells");
        warn(Severity::Caution, format!("{cells} could not be understood: carried as written, never compared"));
    }
    if figures.left_out > 0 {
        let pairs = words::count(figures.left_out, "pair was|pairs were");
        warn(Severity::Caution, format!("{pairs} never compared because too many records share a value"));
    }
    for source in &figures.sources {
        if source.kind == SourceKind::File
            && !source.encoding_certain
            && source.encoding == crate::ingest::TextEncoding::Windows1252
        {
            warn(
                Severity::Caution,
                format!(
                    "{}: read as Windows-1252, as its bytes suggest; if names look wrong use --encoding",
                    source.name
                ),
            );
        }
    }
}
