//! Parts of a plan as CSV (RFC 4180, comma, UTF-8 without byte order mark, `\n`), for spreadsheets and scripts.
//!
//! `--groups` has the columns `source,row,id,group,survivor,weight,band`: the file's name, the 1-based data row, the
//! value of the id column or nothing, the group's number, `true` for the member that stays (always `true` for a
//! contact alone) else `false`, the weight of the group's weakest join in bits with four decimals (nothing for a
//! contact alone), and `auto`, `review` or `single`. Every accepted row is there exactly once, in input order.
//!
//! A cell that a spreadsheet would run as a formula gets a leading `'` ([`super::sanitize::cell`]).

use std::io::{self, Write};
use std::ops::ControlFlow;

use crate::plan::Plan;

use super::applied::Applied;
use super::sanitize::cell;
use super::{Part, sheet};

/// A CSV writer that makes every cell safe for a spreadsheet.
pub(super) struct SafeWriter<W: Write>(csv::Writer<W>);

impl<W: Write> SafeWriter<W> {
    pub(super) fn new(writer: W) -> Self {
        Self(csv::Writer::from_writer(writer))
    }

    pub(super) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> io::Result<()> {
        for text in cells {
            self.0.write_field(cell(text).as_bytes())?;
        }
        self.0.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One part of a plan as CSV.
pub(super) fn part(plan: &Plan, applied: Option<&Applied<'_>>, part: Part, writer: &mut impl Write) -> io::Result<()> {
    let mut csv = SafeWriter::new(writer);
    csv.row(sheet::columns(part).iter().copied())?;
    sheet::rows(plan, applied, part, &mut |cells| {
        csv.row(cells.iter().copied())?;
        Ok(ControlFlow::Continue(()))
    })?;
    csv.finish()
}
