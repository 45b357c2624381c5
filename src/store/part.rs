//! Parts of a plan that are plans by themselves, so that a file about a million rows is written without reading them all.
//!
//! A part has some of the records, counted anew from 0, with their groups as far as a table shows them, what was expected of
//! them and what became of them; or some of the actions, with where they stand. What the parts do not need is empty.

use rusqlite::params;

use super::content::Records;
use super::read::plain;
use super::row::{ACTION, EXPECTED, action, expected, reject};
use super::{ActionState, Error, PlanFile, RowOutcome};
use crate::contact::Origin;
use crate::ingest::Reject;
use crate::link::{Group, Linkage, RecordIndex};
use crate::plan::{ActionBody, ActionId, Plan, Target};

/// A part of a plan, with what an apply made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The part, as a plan.
    pub plan: Plan,
    /// What became of its records.
    pub outcomes: Vec<RowOutcome>,
    /// Where its actions stand, and the creates they point at.
    pub states: Vec<(ActionId, ActionState)>,
    /// The number in the whole plan of its last record or action.
    pub last: u32,
}

/// Rows whose end needs somebody.
const FAILED: &str = "record IN (SELECT record FROM outcomes WHERE outcome IN ('failed', 'unknown'))";

impl PlanFile {
    /// The next records after number `after`, at most `limit`, with the rejected rows that stand between them in their
    /// files; the last part has the rejected rows after it. `None` at the end.
    pub fn part_of_rows(&self, after: Option<u32>, limit: u32) -> Result<Option<Part>, Error> {
        let from = after.map_or(-1, i64::from);
        let last_of = "SELECT max(record) FROM (SELECT record FROM rows WHERE record > ?1 ORDER BY record LIMIT ?2)";
        let found = self.reader().all(last_of, params![from, limit], |row| Ok(row.get::<_, Option<u32>>(0)?))?;
        let Some(last) = found.into_iter().flatten().next() else {
            // A plan of nothing but rejected rows is one part
            let rejects = if after.is_none() { self.rejects_between(None, None)? } else { Vec::new() };
            return Ok((!rejects.is_empty()).then_some(self.part("0", rejects, 0)?));
        };
        let is_end = self.reader().all("SELECT 1 FROM rows WHERE record > ?1 LIMIT 1", [last], |_| Ok(()))?.is_empty();
        let end = if is_end { None } else { self.origin_of(last)? };
        let begin = after.map(|record| self.origin_of(record)).transpose()?.flatten();
        let rejects = self.rejects_between(begin, end)?;
        Ok(Some(self.part(&format!("record > {from} AND record <= {last}"), rejects, last)?))
    }

    /// The rows that were rejected, failed or are unknown.
    pub fn part_of_failures(&self) -> Result<Part, Error> {
        self.part(FAILED, self.rejects_between(None, None)?, 0)
    }

    /// The next actions after number `after` that take a contact away, at most `limit`. `None` at the end.
    pub fn part_of_removals(&self, after: Option<ActionId>, limit: u32) -> Result<Option<Part>, Error> {
        let place = self.reader().place("actions");
        let sql = format!(
            "SELECT {ACTION} WHERE kind IN ('merge', 'archive', 'delete') AND action > ?1 ORDER BY action LIMIT ?2"
        );
        let after = after.map_or(-1, |action| i64::from(action.0));
        let actions = self.reader().all(&sql, params![after, limit], |row| action(place, row))?;
        let Some(last) = actions.last().map(|action| action.id.0) else { return Ok(None) };
        let mut states = Vec::with_capacity(actions.len());
        for action in &actions {
            states.push((action.id, self.action_state(action.id)?));
            if let ActionBody::Archive { survivor: Target::CreatedBy(create) }
            | ActionBody::Delete { survivor: Target::CreatedBy(create) } = action.body
            {
                states.push((create, self.action_state(create)?));
            }
        }
        let part = self.part("0", Vec::new(), last)?;
        Ok(Some(Part { plan: Plan { actions, ..part.plan }, states, ..part }))
    }

    fn part(&self, which: &str, rejects: Vec<Reject>, last: u32) -> Result<Part, Error> {
        let reader = self.reader();
        let mut records = Records::new(reader.place("rows"));
        let numbered = reader.all(&format!("SELECT * FROM rows WHERE {which} ORDER BY record"), [], |row| {
            Ok((row.get::<_, u32>("record")?, records.record(row)?))
        })?;
        let (numbers, records): (Vec<u32>, Vec<_>) = numbered.into_iter().unzip();
        let anew = |record: &mut RecordIndex| {
            record.0 = numbers.binary_search(&record.0).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX);
        };
        let place = reader.place("expected");
        let mut rows =
            reader.all(&format!("SELECT {EXPECTED} WHERE {which} ORDER BY record"), [], |row| expected(place, row))?;
        for row in &mut rows {
            anew(&mut row.record);
        }
        let mut outcomes = self.outcomes_where(which)?;
        for row in &mut outcomes {
            anew(&mut row.record);
        }
        let grouped = rows.iter().filter(|row| row.group > 0);
        let groups: Vec<Group> = grouped.map(|row| plain(row.group, row.record)).collect();
        let plan = Plan {
            header: reader.header()?,
            sources: reader.sources()?,
            records: records.into(),
            rejects,
            linkage: Linkage { groups, ..Linkage::default() },
            actions: Vec::new(),
            rows,
            attributes: Vec::new(),
            forecast: crate::plan::Forecast::default(),
        };
        Ok(Part { plan, outcomes, states: Vec::new(), last })
    }

    fn origin_of(&self, record: u32) -> Result<Option<Origin>, Error> {
        let mut records = Records::new(self.reader().place("rows"));
        let found = self.reader().all("SELECT * FROM rows WHERE record = ?1", [record], |row| records.record(row))?;
        Ok(found.first().map(|record| record.origin))
    }

    /// Rejected rows after the one place in the inputs and up to the other.
    fn rejects_between(&self, after: Option<Origin>, up_to: Option<Origin>) -> Result<Vec<Reject>, Error> {
        let place = self.reader().place("rejects");
        let (begin, end) = (after.map(ends), up_to.map(ends));
        let sql = "SELECT * FROM rejects
            WHERE (?1 IS NULL OR (source, row) > (?1, ?2)) AND (?3 IS NULL OR (source, row) <= (?3, ?4)) ORDER BY number";
        let bounds = params![begin.map(|at| at.0), begin.map(|at| at.1), end.map(|at| at.0), end.map(|at| at.1)];
        self.reader().all(sql, bounds, |row| reject(place, row))
    }
}

fn ends(origin: Origin) -> (u16, u32) {
    (origin.source.0, origin.row)
}
