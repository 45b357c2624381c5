//! Shows a plan: as text, CSV, JSON and one self-contained HTML page.
//!
//! Is given a [`Plan`] and, once it was applied, what the apply left behind ([`Applied`]), or whatever else answers what
//! a report asks ([`Subject`]); renders to any [`Write`]. Pure: opens no file, reads no clock, knows no terminal, no store and no network. Every
//! report says the same things in the same order: the verdict in one line, what is risky (red first), the tables,
//! what to do next. Text from contacts is made safe for where it is shown: no control characters or direction marks
//! on a terminal, everything escaped in the page, no formulas in CSV.

mod actions;
mod applied;
mod cells;
mod charts;
mod check;
mod csv;
mod evaluation;
mod explain;
mod export;
mod figures;
mod html;
mod json;
mod lookup;
mod model;
mod nightly;
mod sanitize;
mod sheet;
mod subject;
mod table;
mod tally;
mod text;
mod verdict;
mod view;
mod words;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::plan::Plan;

pub(crate) use html::ELEMENTS;
pub(crate) use lookup::pairs_of;
pub(crate) use sanitize::visible;

pub use applied::{Applied, AppliedAction, AppliedFigures, AppliedRow, Progress, WINDOW_SECONDS};
pub use check::{check_json, check_text};
pub use evaluation::{evaluation_json, evaluation_text, pair_text, sampled_json, sampled_text};
pub use explain::Explanation;
pub use export::{ExportFile, export};
pub use figures::{Figures, Waits};
pub use html::{of_later_night, page};
pub use lookup::AppliedActions;
pub use nightly::{Counted, SinceLast};
pub use subject::{Depth, Excerpt, GroupHead, Kinds, Subject, Whole, by_interest};
pub use tally::Tallied;
pub use text::{Style, TextOptions};
pub use view::{CellKind, Member, SideBySide, SideCell, SideRow, in_order, side_by_side};

/// A part of a plan that `show` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Every accepted row with its group.
    Groups,
    /// Every action.
    Actions,
    /// Every row and what is planned for it.
    Rows,
    /// Every row and what became of it; what is planned where nothing was done yet.
    Outcomes,
    /// The match model.
    Model,
}

/// How a part is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A table for people.
    #[default]
    Table,
    /// CSV for spreadsheets and scripts.
    Csv,
    /// One JSON document.
    Json,
}

/// Prints one part of a plan.
pub fn part(
    plan: &Plan,
    applied: Option<&Applied<'_>>,
    part: Part,
    format: Format,
    options: &TextOptions,
    writer: &mut impl Write,
) -> io::Result<()> {
    match format {
        Format::Table if part == Part::Model => model::text(plan, options, writer),
        Format::Table => table::part(plan, applied, part, options, writer),
        Format::Csv => csv::part(plan, applied, part, writer),
        Format::Json => json::part(plan, applied, part, writer),
    }
}

/// The verdict alone: `1,204 rows → 310 create, …; 987 calls, about 1 min; nothing has been written`.
#[must_use]
pub fn verdict(plan: &Plan, applied: Option<&Applied<'_>>) -> String {
    verdict::line(&Figures::of(plan, applied))
}

/// The [`page`] of a plan in memory.
pub fn html(plan: &Plan, applied: Option<&Applied<'_>>, writer: &mut impl Write) -> io::Result<()> {
    page(&Whole::new(plan, applied), None, writer)
}

/// The same for a night of `clean`, with what changed since the last one.
pub fn html_of_night(
    plan: &Plan,
    applied: Option<&Applied<'_>>,
    since: &SinceLast,
    writer: &mut impl Write,
) -> io::Result<()> {
    page(&Whole::new(plan, applied), Some(since), writer)
}

/// The [`overview`] of a plan in memory.
pub fn summary_text(
    plan: &Plan,
    applied: Option<&Applied<'_>>,
    options: &TextOptions,
    writer: &mut impl Write,
) -> io::Result<()> {
    overview(&Whole::new(plan, applied), options, writer)
}

/// The report on a terminal.
pub fn overview<S: Subject>(subject: &S, options: &TextOptions, writer: &mut impl Write) -> Result<(), S::Error> {
    text::summary(subject, options, writer)
}

/// The [`overview_json`] of a plan in memory.
pub fn summary_json(plan: &Plan, applied: Option<&Applied<'_>>, writer: &mut impl Write) -> io::Result<()> {
    overview_json(&Figures::of(plan, applied), writer)
}

/// The report on a terminal as one JSON document (`leadfold.summary/1`).
pub fn overview_json(figures: &Figures, writer: &mut impl Write) -> io::Result<()> {
    json::summary(figures, writer)
}

/// Every outcome with its count, and the sum held against the rows that were given: the last lines of an apply.
pub fn reconciliation(tallied: &Tallied, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    text::tallied(&tally::Tally::counted(tallied), tallied.given, options, writer)
}
