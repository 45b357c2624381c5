//! One group in full: who is in it, why each pair was joined or refused, why the survivor stays, which value wins each
//! field, and what is planned.

use std::io::{self, Write};

use serde::Serialize;

use crate::link::{Group, RecordIndex, ScoredPair, Veto};
use crate::plan::{Action, Plan};

use super::lookup::{ActionsByGroup, group_by_id, pairs_of, source_name, weakest_first};
use super::sanitize::{shorten, visible};
use super::subject::Excerpt;
use super::text::{Emphasis, TextOptions};
use super::view::{CellKind, SideBySide, side_by_side};
use super::{actions, json, table, words};

/// Members shown side by side on a terminal; more do not fit.
const COLUMNS: usize = 4;
/// Pairs shown, the weakest first; a group of many members has many.
const PAIRS: usize = 12;

/// One group of a plan, ready to be explained.
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'a> {
    plan: &'a Plan,
    group: &'a Group,
}

impl<'a> Explanation<'a> {
    /// The group with that number; `None` when the plan has none.
    #[must_use]
    pub fn of(plan: &'a Plan, group: u32) -> Option<Self> {
        group_by_id(plan, group).map(|group| Self { plan, group })
    }

    /// The group with that number among those of an excerpt that holds everything about them.
    #[must_use]
    pub fn in_excerpt(excerpt: &Excerpt<'a>, group: u32) -> Option<Self> {
        excerpt.group(group).map(|group| Self { plan: excerpt.plan, group })
    }

    /// `row 3 of leads.csv`.
    fn place(&self, index: RecordIndex) -> String {
        self.plan.record(index).map_or_else(
            || format!("record {}", index.0),
            |record| format!("row {} of {}", record.origin.row, visible(source_name(self.plan, record.origin.source))),
        )
    }

    /// Joins that were refused and touch a member.
    fn vetoes(&self) -> Vec<&'a Veto> {
        let touches = |index: RecordIndex| self.group.members.contains(&index);
        self.plan.linkage.vetoes.iter().filter(|veto| touches(veto.left) || touches(veto.right)).collect()
    }

    /// The explanation for a terminal.
    pub fn text(&self, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
        let Self { plan, group } = *self;
        let weight = group.weight.map(|weight| format!(", weight {}", words::weight(weight.0))).unwrap_or_default();
        let members = u64::try_from(group.members.len()).unwrap_or(u64::MAX);
        let title =
            format!("Group {}: {}, {}{weight}", group.id, words::count(members, "row"), words::band(group.band));
        writeln!(writer, "{}", options.style.paint(Emphasis::Strong, &title))?;
        if let Some(reason) = &group.review_reason {
            writeln!(writer, "{}", options.style.paint(Emphasis::Caution, &format!("To review: {}", visible(reason))))?;
        }
        writeln!(writer, "★ {} stays: {}\n", self.place(group.golden.survivor), visible(&group.golden.reason))?;
        members_table(&side_by_side(plan, group, COLUMNS), options, writer)?;
        if group.members.len() > COLUMNS {
            writeln!(writer, "… and {} more members; --format json shows all", group.members.len() - COLUMNS)?;
        }
        self.pairs_text(options, writer)?;
        self.vetoes_text(options, writer)?;
        self.winners_text(options, writer)?;
        self.actions_text(options, writer)
    }

    fn pairs_text(&self, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
        let mut pairs = pairs_of(self.plan, self.group);
        weakest_first(&mut pairs);
        for pair in pairs.iter().take(PAIRS) {
            let title = format!("Why {} and {}?", self.place(pair.left), self.place(pair.right));
            writeln!(writer, "\n{}", options.style.paint(Emphasis::Strong, &title))?;
            pair_text(pair, writer)?;
        }
        if pairs.len() > PAIRS {
            writeln!(writer, "… and {} more pairs; --format json shows all", pairs.len() - PAIRS)?;
        }
        Ok(())
    }

    fn vetoes_text(&self, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
        let vetoes = self.vetoes();
        if vetoes.is_empty() {
            return Ok(());
        }
        writeln!(writer, "\n{}", options.style.paint(Emphasis::Strong, "Joins refused"))?;
        for veto in vetoes {
            let (one, other) = veto.between;
            let because = words::veto(veto.reason);
            writeln!(
                writer,
                "  {} and {} (weight {}): {because}, between {} and {}",
                self.place(veto.left),
                self.place(veto.right),
                words::weight(veto.weight.0),
                self.place(one),
                self.place(other)
            )?;
        }
        Ok(())
    }

    fn winners_text(&self, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
        if self.group.golden.fields.is_empty() {
            return Ok(());
        }
        writeln!(writer, "\n{}", options.style.paint(Emphasis::Strong, "The merged contact"))?;
        let mut winners = table::table(options.width, &["field", "value", "from", "not used"], &[]);
        for field in &self.group.golden.fields {
            let losers: Vec<String> =
                field.alternatives.iter().map(|other| words::golden_value(&field.field, &other.value)).collect();
            let name = field.field.to_string();
            let from = format!("{}{}", self.place(field.from), words::chosen_by(field));
            let value = words::golden_value(&field.field, &field.value);
            table::add(&mut winners, [name.as_str(), &value, &from, &losers.join(", ")]);
        }
        table::write(&winners, writer)
    }

    fn actions_text(&self, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
        let by_group = ActionsByGroup::new(self.plan);
        let planned = by_group.of(self.group.id);
        writeln!(writer, "\n{}", options.style.paint(Emphasis::Strong, "Planned"))?;
        if planned.is_empty() {
            return writeln!(writer, "  nothing");
        }
        for action in planned {
            let text = actions::before_after(action);
            let target = actions::target(action);
            writeln!(
                writer,
                "  {}. {} {}: {}",
                action.id.0,
                action.kind(),
                visible(&target),
                shorten(&text.after, 400)
            )?;
            if !text.before.is_empty() {
                writeln!(writer, "     before: {}", shorten(&text.before, 400))?;
            }
            writeln!(writer, "     because {}", visible(&action.reason))?;
        }
        Ok(())
    }

    /// The explanation as one JSON document (`leadfold.group/1`).
    pub fn json(&self, writer: &mut impl Write) -> io::Result<()> {
        let by_group = ActionsByGroup::new(self.plan);
        let document = GroupExplained {
            schema: "leadfold.group/1",
            group: self.group,
            side_by_side: side_by_side(self.plan, self.group, usize::MAX),
            pairs: pairs_of(self.plan, self.group)
                .into_iter()
                .map(|pair| PairExplained { pair, probability: pair.weight.probability() })
                .collect(),
            vetoes: self.vetoes(),
            actions: by_group.of(self.group.id),
        };
        json::document(&document, writer)
    }
}

#[derive(Serialize)]
struct PairExplained<'a> {
    #[serde(flatten)]
    pair: &'a ScoredPair,
    probability: f64,
}

#[derive(Serialize)]
struct GroupExplained<'a> {
    schema: &'static str,
    group: &'a Group,
    side_by_side: SideBySide,
    pairs: Vec<PairExplained<'a>>,
    vetoes: Vec<&'a Veto>,
    actions: &'a [&'a Action],
}

pub(super) fn members_table(side: &SideBySide, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    let mut header = vec!["field".to_owned()];
    for (number, member) in (1..).zip(&side.members) {
        let star = if member.survivor {
            "★ "
        } else if member.loose {
            "? "
        } else {
            ""
        };
        let role = if member.role.is_empty() { String::new() } else { format!(" {}", member.role) };
        header.push(format!("{number}: {star}{} row {}\n{}{role}", member.source, member.row, member.side));
    }
    let mut shown = table::table(options.width, &[], &[]);
    shown.set_header(header);
    for row in &side.rows {
        let cells = row.cells.iter().map(|cell| match cell.kind {
            CellKind::Differs => format!("≠ {}", cell.value),
            CellKind::Adds => format!("+ {}", cell.value),
            CellKind::Same | CellKind::Empty => cell.value.clone(),
        });
        let cells: Vec<String> = std::iter::once(row.field.clone()).chain(cells).collect();
        table::add(&mut shown, cells.iter().map(String::as_str));
    }
    table::write(&shown, writer)
}

fn pair_text(pair: &ScoredPair, writer: &mut impl Write) -> io::Result<()> {
    writeln!(writer, "  {:<12} {:<40} {:>8}", "prior", "before anything is compared", words::weight(pair.prior.0))?;
    for term in &pair.terms {
        let (name, level) = (words::comparison(term.comparison), shorten(&term.level, 40));
        writeln!(writer, "  {name:<12} {level:<40} {:>8}", words::weight(term.weight.0))?;
    }
    let probability = words::probability(pair.weight.probability());
    writeln!(
        writer,
        "  {:<12} {:<40} {:>8}",
        "total",
        format!("probability {probability}"),
        words::weight(pair.weight.0)
    )?;
    writeln!(writer, "  found by {}", words::blocking_key(pair.found_by))
}
