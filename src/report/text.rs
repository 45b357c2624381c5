//! The report on a terminal: verdict first, then what is risky, then the tables, then what to do next.
//!
//! Knows nothing of terminals: width and colour are handed in. All foreign text goes through
//! [`super::sanitize`].

use std::io::{self, Write};

use crate::plan::{Outcome, Plan, Reversibility};

use super::applied::Applied;
use super::export::rejects_by_reason;
use super::lookup::{groups_by_interest, source_name};
use super::sanitize::visible;
use super::tally::{Tally, by_kind};
use super::verdict::{self, Severity, Warning};
use super::{table, view, words};

/// Whether escape codes for colour may be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// ANSI colours (ECMA-48 SGR).
    Colour,
}

/// How to write text for a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Colour or not.
    pub style: Style,
    /// Columns of the terminal; tables fit into it.
    pub width: u16,
    /// Rows of a long table to show before pointing at CSV.
    pub rows: usize,
}

impl Default for TextOptions {
    /// Plain, 100 columns, 50 rows.
    fn default() -> Self {
        Self { style: Style::Plain, width: 100, rows: 50 }
    }
}

/// How a piece of text stands out.
#[derive(Clone, Copy)]
pub(super) enum Emphasis {
    Strong,
    Danger,
    Caution,
    Good,
}

impl Style {
    pub(super) fn paint(self, emphasis: Emphasis, text: &str) -> String {
        let code = match (self, emphasis) {
            (Self::Plain, _) => return text.to_owned(),
            (Self::Colour, Emphasis::Strong) => "1",
            (Self::Colour, Emphasis::Danger) => "1;31",
            (Self::Colour, Emphasis::Caution) => "33",
            (Self::Colour, Emphasis::Good) => "32",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Groups shown in the summary.
const TOP_GROUPS: usize = 10;
/// Rejected rows shown in the summary.
const TOP_REJECTS: usize = 10;

/// A plan on a terminal; after an apply, what it came to.
pub(super) fn summary(
    plan: &Plan,
    applied: Option<&Applied<'_>>,
    options: &TextOptions,
    writer: &mut impl Write,
) -> io::Result<()> {
    let style = options.style;
    writeln!(writer, "{}", style.paint(Emphasis::Strong, &verdict::line(plan, applied)))?;
    writeln!(writer, "{}", identity(plan))?;
    warnings(&verdict::warnings(plan), options, writer)?;
    inputs(plan, options, writer)?;
    actions(plan, options, writer)?;
    groups(plan, options, writer)?;
    rejects(plan, options, writer)?;
    if applied.is_some() {
        heading("What became of every row", options, writer)?;
        reconciliation(plan, applied, options, writer)
    } else {
        next_steps(plan, options, writer)
    }
}

fn identity(plan: &Plan) -> String {
    let workspace = plan.header.workspace.as_ref().map_or_else(
        || "any workspace (bound at the first apply)".to_owned(),
        |workspace| {
            format!(
                "workspace {} ({}, {})",
                visible(&workspace.name),
                visible(&workspace.id),
                visible(&workspace.region)
            )
        },
    );
    format!(
        "Plan of {} for {workspace}, Intercom {}, by leadfold {}",
        words::moment(plan.header.made_at),
        visible(&plan.header.api_version),
        visible(&plan.header.tool_version)
    )
}

pub(super) fn heading(text: &str, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    writeln!(writer, "\n{}", options.style.paint(Emphasis::Strong, text))
}

fn warnings(warnings: &[Warning], options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    heading("Before you apply", options, writer)?;
    for warning in warnings {
        let (mark, emphasis) = match warning.severity {
            Severity::Danger => ("!!", Emphasis::Danger),
            Severity::Caution => (" !", Emphasis::Caution),
        };
        writeln!(writer, "{}", options.style.paint(emphasis, &format!("{mark} {}", visible(&warning.message))))?;
    }
    Ok(())
}

fn inputs(plan: &Plan, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if plan.sources.is_empty() {
        return Ok(());
    }
    heading("Inputs", options, writer)?;
    let header = ["source", "is", "rows", "rejected", "encoding", "recognised as"];
    let mut inputs = table::table(options.width, &header, &[2, 3]);
    for source in &plan.sources {
        let (rows, rejected) = (words::thousands(source.rows), words::thousands(source.rejected));
        let preset = source.preset.as_deref().unwrap_or("–");
        let cells =
            [&source.name, words::side(source.side), &rows, &rejected, words::encoding(source.encoding), preset];
        table::add(&mut inputs, cells);
    }
    table::write(&inputs, writer)?;
    for source in &plan.sources {
        for note in &source.notes {
            writeln!(writer, "{}: {}", visible(&source.name), visible(note))?;
        }
    }
    Ok(())
}

fn actions(plan: &Plan, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if plan.actions.is_empty() {
        return Ok(());
    }
    heading("Actions", options, writer)?;
    let mut actions = table::table(options.width, &["action", "count", "undo"], &[1]);
    for kind in by_kind(&plan.actions) {
        let undo = match kind.reversibility {
            Reversibility::Reversible => "can be put back",
            Reversibility::Irreversible => "cannot be undone",
        };
        table::add(&mut actions, [kind.kind.name(), words::thousands(kind.actions).as_str(), undo]);
    }
    table::write(&actions, writer)?;
    let forecast = &plan.forecast;
    writeln!(
        writer,
        "{} that read and {} that write; {} at {} calls per 10 s",
        words::count(forecast.reads, "call"),
        words::thousands(forecast.writes),
        words::duration(forecast.seconds),
        words::thousands(forecast.window_limit.into())
    )
}

fn groups(plan: &Plan, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    let groups = groups_by_interest(plan);
    if groups.is_empty() {
        return Ok(());
    }
    let shown = groups.len().min(TOP_GROUPS);
    heading(
        &format!("Groups, the ones to review and the loosest first ({shown} of {})", groups.len()),
        options,
        writer,
    )?;
    let header = ["group", "band", "weight", "rows", "survivor", "others"];
    let mut top = table::table(options.width, &header, &[0, 2, 3]);
    for group in groups.iter().take(TOP_GROUPS) {
        let survivor = plan.record(group.golden.survivor).map(view::headline).unwrap_or_default();
        let others: Vec<String> = group
            .members
            .iter()
            .filter(|index| **index != group.golden.survivor)
            .filter_map(|index| plan.record(*index).map(view::headline))
            .collect();
        let weight = group.weight.map(|weight| words::weight(weight.0)).unwrap_or_default();
        let (id, members) = (group.id.to_string(), group.members.len().to_string());
        table::add(&mut top, [&id, words::band(group.band), &weight, &members, &survivor, &others.join(", ")]);
    }
    table::write(&top, writer)
}

fn rejects(plan: &Plan, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if plan.rejects.is_empty() {
        return Ok(());
    }
    let by_reason: Vec<String> = rejects_by_reason(plan)
        .into_iter()
        .map(|(reason, rows)| format!("{} {}", words::thousands(rows), words::reject(reason)))
        .collect();
    heading(&format!("Rejected rows: {}", by_reason.join(", ")), options, writer)?;
    let mut table = table::table(options.width, &["source", "row", "line", "what is wrong", "what to do"], &[1, 2]);
    for reject in plan.rejects.iter().take(TOP_REJECTS) {
        let (row, line) = (reject.origin.row.to_string(), reject.origin.line.to_string());
        let name = source_name(plan, reject.origin.source);
        table::add(&mut table, [name, &row, &line, &reject.message, &reject.suggestion]);
    }
    table::write(&table, writer)?;
    if plan.rejects.len() > TOP_REJECTS {
        let more = u64::try_from(plan.rejects.len() - TOP_REJECTS).unwrap_or(u64::MAX);
        writeln!(writer, "… and {}", words::thousands(more))?;
    }
    Ok(())
}

fn next_steps(plan: &Plan, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    heading("Next", options, writer)?;
    let review = plan.linkage.groups.iter().filter(|group| group.is_open()).count();
    if review > 0 {
        let review = u64::try_from(review).unwrap_or(u64::MAX);
        writeln!(writer, "  leadfold review PLAN           decide on {}", words::count(review, "doubtful group"))?;
    }
    if plan.actions.is_empty() {
        return writeln!(writer, "  Nothing to apply.");
    }
    writeln!(writer, "  leadfold show PLAN --group N   why a group was joined, pair by pair")?;
    writeln!(writer, "  leadfold apply PLAN -n         check again and forecast, without writing")?;
    writeln!(writer, "  leadfold apply PLAN            carry it out; running it again resumes it")?;
    writeln!(writer, "  leadfold undo PLAN             put back what can be put back")
}

/// Every outcome with its count, the sum, and whether it is the number of rows: the last lines of an apply.
pub(super) fn reconciliation(
    plan: &Plan,
    applied: Option<&Applied<'_>>,
    options: &TextOptions,
    writer: &mut impl Write,
) -> io::Result<()> {
    let tally = applied.map_or_else(|| Tally::planned(plan), |applied| Tally::applied(plan, applied));
    tallied(&tally, plan.sources.iter().map(|source| source.rows).sum(), options, writer)
}

/// Every outcome with its count, and their sum held against the rows that were given.
pub(super) fn tallied(tally: &Tally, given: u64, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    let style = options.style;
    let width = words::thousands(tally.rows).len().max(6);
    let mut sum = 0;
    for (outcome, rows) in tally.lines().filter(|(_, rows)| *rows > 0) {
        sum += rows;
        let trouble = matches!(outcome, Outcome::Failed | Outcome::Unknown | Outcome::Rejected);
        let mut line = format!("  {:<13}{:>width$}", outcome.name(), words::thousands(rows));
        if outcome == Outcome::Skipped && tally.to_review > 0 {
            let waiting = format!("  ({} for a person to review)", words::count(tally.to_review, "waits|wait"));
            line.push_str(&waiting);
        }
        writeln!(writer, "{}", if trouble { style.paint(Emphasis::Caution, &line) } else { line })?;
    }
    if tally.pending > 0 {
        let line = format!("  {:<13}{:>width$}", "not done yet", words::thousands(tally.pending));
        writeln!(writer, "{}", style.paint(Emphasis::Caution, &line))?;
    }
    writeln!(writer, "  {:<13}{:>width$}", "sum", words::thousands(sum + tally.pending))?;
    let (rows, outcomes) = (words::count(given, "row"), words::count(sum, "outcome"));
    let (emphasis, line) = if sum == given {
        (Emphasis::Good, format!("{rows} = {outcomes}: every row has exactly one"))
    } else if sum + tally.pending == given {
        (
            Emphasis::Caution,
            format!("{rows}: {outcomes}, {} not done yet; apply again to go on", words::thousands(tally.pending)),
        )
    } else {
        (Emphasis::Danger, format!("{rows}, but {outcomes}: please report this as a bug"))
    };
    writeln!(writer, "{}", style.paint(emphasis, &line))
}
