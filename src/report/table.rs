//! Tables for the terminal: fitted to a width, no escape codes of their own, cells made safe.

use std::io::{self, Write};
use std::ops::ControlFlow;

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use crate::plan::Plan;

use super::applied::Applied;
use super::sanitize::{shorten, visible};
use super::text::TextOptions;
use super::words;
use super::{Part, sheet};

/// Characters of a cell shown in a table; longer ones are cut and marked.
const CELL_LIMIT: usize = 100;

/// One line under the header, nothing else: calm, and easy to cut with other tools.
const LINES: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// An empty table of that width. Columns named in `right` (starting at 0) are aligned to the right.
pub(super) fn table(width: u16, header: &[&str], right: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(LINES);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.force_no_tty();
    table.set_width(width);
    table.set_header(header.iter().map(|text| visible(text).into_owned()));
    for at in right {
        if let Some(column) = table.column_mut(*at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Adds a row, every cell made safe and cut.
pub(super) fn add<'c>(table: &mut Table, cells: impl IntoIterator<Item = &'c str>) {
    table.add_row(cells.into_iter().map(|text| shorten(text, CELL_LIMIT).into_owned()));
}

/// Writes a table without trailing spaces.
pub(super) fn write(table: &Table, writer: &mut impl Write) -> io::Result<()> {
    for line in table.lines() {
        writeln!(writer, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The columns of a part that a terminal has room for, as positions in [`sheet::columns`], and those among them to
/// align to the right. CSV has all.
fn layout(part: Part, applied: bool) -> (&'static [usize], &'static [usize]) {
    match (part, applied) {
        (Part::Groups, _) => (&[0, 1, 2, 3, 4, 5, 6], &[1, 3, 5]),
        (Part::Actions, false) => (&[0, 1, 2, 3, 5, 6], &[0, 1]),
        (Part::Actions, true) => (&[0, 1, 2, 3, 5, 9, 10], &[0, 1]),
        (Part::Rows, _) => (&[0, 1, 3, 4, 5, 6, 7, 8], &[1, 3]),
        (Part::Outcomes, false) => (&[0, 1, 3, 4, 5, 6, 8], &[1, 3]),
        (Part::Outcomes, true) => (&[0, 1, 3, 4, 6, 7, 8], &[1, 3]),
        (Part::Model, _) => (&[0, 1, 2, 3, 4, 5], &[2, 3, 4]),
    }
}

/// The first rows of a part as a table, and how to see the rest.
pub(super) fn part(
    plan: &Plan,
    applied: Option<&Applied<'_>>,
    part: Part,
    options: &TextOptions,
    writer: &mut impl Write,
) -> io::Result<()> {
    let (columns, right) = layout(part, applied.is_some());
    let pick = |cells: &[&str]| -> Vec<String> {
        columns.iter().filter_map(|at| cells.get(*at)).map(|text| shorten(text, CELL_LIMIT).into_owned()).collect()
    };
    let header = pick(sheet::columns(part));
    let right: Vec<usize> = columns.iter().enumerate().filter(|(_, at)| right.contains(at)).map(|(at, _)| at).collect();
    let mut table = table(options.width, &header.iter().map(String::as_str).collect::<Vec<_>>(), &right);
    let mut shown = 0;
    sheet::rows(plan, applied, part, &mut |cells| {
        if shown == options.rows {
            return Ok(ControlFlow::Break(()));
        }
        shown += 1;
        table.add_row(pick(cells));
        Ok(ControlFlow::Continue(()))
    })?;
    write(&table, writer)?;
    let all = sheet::len(plan, part);
    if all > shown {
        let more = u64::try_from(all - shown).unwrap_or(u64::MAX);
        writeln!(writer, "… and {}; --format csv prints all", words::count(more, "more row|more rows"))?;
    }
    Ok(())
}
