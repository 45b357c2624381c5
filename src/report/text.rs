//! The report on a terminal: verdict first, then what is risky, then the tables, then what to do next.
//!
//! Knows nothing of terminals: width and colour are handed in. All foreign text goes through
//! [`super::sanitize`].

use std::io::{self, Write};

use crate::ingest::Source;
use crate::link::RecordIndex;
use crate::plan::{Header, Outcome, Reversibility};

use super::figures::Figures;
use super::lookup::name_among;
use super::sanitize::visible;
use super::subject::{Depth, Subject};
use super::tally::Tally;
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Colour or not.
    pub style: Style,
    /// Columns of the terminal; tables fit into it.
    pub width: u16,
    /// Rows of a long table to show before pointing at CSV.
    pub rows: usize,
    /// What the plan is called in the commands that are proposed, as it is typed.
    pub plan: String,
}

impl Default for TextOptions {
    /// Plain, 100 columns, 50 rows, a plan of any name.
    fn default() -> Self {
        Self { style: Style::Plain, width: 100, rows: 50, plan: "PLAN".to_owned() }
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
pub(super) fn summary<S: Subject>(subject: &S, options: &TextOptions, writer: &mut impl Write) -> Result<(), S::Error> {
    let (figures, style) = (subject.figures(), options.style);
    writeln!(writer, "{}", style.paint(Emphasis::Strong, &verdict::line(figures)))?;
    writeln!(writer, "{}", identity(&figures.header))?;
    warnings(&verdict::warnings(figures), options, writer)?;
    inputs(&figures.sources, options, writer)?;
    actions(figures, options, writer)?;
    groups(subject, options, writer)?;
    rejects(subject, options, writer)?;
    if figures.applied.is_some() {
        heading("What became of every row", options, writer)?;
        let given = figures.sources.iter().map(|source| source.rows).sum();
        tallied(&figures.tally, given, options, writer)?;
    } else {
        next_steps(figures, options, writer)?;
    }
    Ok(())
}

fn identity(header: &Header) -> String {
    let workspace = header.workspace.as_ref().map_or_else(
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
        words::moment(header.made_at),
        visible(&header.api_version),
        visible(&header.tool_version)
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

fn inputs(sources: &[Source], options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if sources.is_empty() {
        return Ok(());
    }
    heading("Inputs", options, writer)?;
    let header = ["source", "is", "rows", "rejected", "encoding", "recognised as"];
    let mut inputs = table::table(options.width, &header, &[2, 3]);
    for source in sources {
        let (rows, rejected) = (words::thousands(source.rows), words::thousands(source.rejected));
        let preset = source.preset.as_deref().unwrap_or("–");
        let cells =
            [&source.name, words::side(source.side), &rows, &rejected, words::encoding(source.encoding), preset];
        table::add(&mut inputs, cells);
    }
    table::write(&inputs, writer)?;
    for source in sources {
        for note in &source.notes {
            writeln!(writer, "{}: {}", visible(&source.name), visible(note))?;
        }
    }
    Ok(())
}

fn actions(figures: &Figures, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if figures.kinds.is_empty() {
        return Ok(());
    }
    heading("Actions", options, writer)?;
    let mut actions = table::table(options.width, &["action", "count", "undo"], &[1]);
    for kind in &figures.kinds {
        let undo = match kind.reversibility {
            Reversibility::Reversible => "can be put back",
            Reversibility::Irreversible => "cannot be undone",
        };
        table::add(&mut actions, [kind.kind.name(), words::thousands(kind.actions).as_str(), undo]);
    }
    table::write(&actions, writer)?;
    let forecast = &figures.forecast;
    writeln!(
        writer,
        "{} that read and {} that write; {} at {} calls per 10 s",
        words::count(forecast.reads, "call"),
        words::thousands(forecast.writes),
        words::duration(forecast.seconds),
        words::thousands(forecast.window_limit.into())
    )
}

fn groups<S: Subject>(subject: &S, options: &TextOptions, writer: &mut impl Write) -> Result<(), S::Error> {
    let heads = subject.groups();
    if heads.is_empty() {
        return Ok(());
    }
    let shown: Vec<u32> = heads.iter().take(TOP_GROUPS).map(|head| head.id).collect();
    heading(
        &format!("Groups, the ones to review and the loosest first ({} of {})", shown.len(), heads.len()),
        options,
        writer,
    )?;
    let header = ["group", "band", "weight", "rows", "survivor", "others"];
    let mut top = table::table(options.width, &header, &[0, 2, 3]);
    subject.excerpt(&shown, Depth::Members, |excerpt| {
        let headline = |index: RecordIndex| excerpt.plan.record(index).map(view::headline);
        for group in shown.iter().filter_map(|id| excerpt.group(*id)) {
            let survivor = headline(group.golden.survivor).unwrap_or_default();
            let others = group.members.iter().filter(|index| **index != group.golden.survivor);
            let others: Vec<String> = others.filter_map(|index| headline(*index)).collect();
            let weight = group.weight.map(|weight| words::weight(weight.0)).unwrap_or_default();
            let (id, members) = (group.id.to_string(), group.members.len().to_string());
            table::add(&mut top, [&id, words::band(group.band), &weight, &members, &survivor, &others.join(", ")]);
        }
    })?;
    Ok(table::write(&top, writer)?)
}

fn rejects<S: Subject>(subject: &S, options: &TextOptions, writer: &mut impl Write) -> Result<(), S::Error> {
    let figures = subject.figures();
    let rejected = figures.rejected();
    if rejected == 0 {
        return Ok(());
    }
    let mut by_reason = figures.rejects.clone();
    by_reason.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    let by_reason: Vec<String> = by_reason
        .into_iter()
        .map(|(reason, rows)| format!("{} {}", words::thousands(rows), words::reject(reason)))
        .collect();
    heading(&format!("Rejected rows: {}", by_reason.join(", ")), options, writer)?;
    let mut table = table::table(options.width, &["source", "row", "line", "what is wrong", "what to do"], &[1, 2]);
    subject.rejects(0, TOP_REJECTS, |rejects| {
        for reject in rejects {
            let (row, line) = (reject.origin.row.to_string(), reject.origin.line.to_string());
            let name = name_among(&figures.sources, reject.origin.source);
            table::add(&mut table, [name, &row, &line, &reject.message, &reject.suggestion]);
        }
    })?;
    table::write(&table, writer)?;
    let more = rejected.saturating_sub(u64::try_from(TOP_REJECTS).unwrap_or(u64::MAX));
    if more > 0 {
        writeln!(writer, "… and {}", words::thousands(more))?;
    }
    Ok(())
}

fn next_steps(figures: &Figures, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    heading("Next", options, writer)?;
    let (plan, review) = (&options.plan, figures.groups.open);
    let mut steps = Vec::new();
    if review > 0 {
        steps.push((format!("review {plan}"), format!("decide on {}", words::count(review, "doubtful group"))));
    }
    let nothing = figures.kinds.is_empty();
    if !nothing {
        let step = |command: String, what: &str| (command, what.to_owned());
        steps.extend([
            step(format!("show {plan} --group N"), "why a group was joined, pair by pair"),
            step(format!("apply {plan} -n"), "check again and forecast, without writing"),
            step(format!("apply {plan}"), "carry it out; running it again resumes it"),
            step(format!("undo {plan}"), "put back what can be put back"),
        ]);
    }
    let width = steps.iter().map(|(command, _)| command.chars().count()).max().unwrap_or_default();
    for (command, what) in steps {
        writeln!(writer, "  leadfold {command:<width$}   {what}")?;
    }
    if nothing { writeln!(writer, "  Nothing to apply.") } else { Ok(()) }
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
