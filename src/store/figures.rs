//! Figures of a plan that SQL adds up, so that nobody has to read a plan of a million actions to know them.

use std::collections::BTreeMap;

use super::value::{counted, refused};
use super::{Error, PlanFile};
use crate::link::HELD;
use crate::plan::{ActionKind, Forecast, KEPT_BEFORE_MERGE, Outcome};

/// How large a plan is, and what of it waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Rows of all inputs, rejected ones included.
    pub rows: u64,
    /// Rows that were rejected.
    pub rejected: u64,
}

/// Open actions that an undo would treat alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prospect {
    /// What they do.
    pub kind: ActionKind,
    /// What an `attach` adds: `tag`, `company`, `note` or `everything_of`.
    pub attaches: Option<String>,
    /// Whether they write to a contact the plan makes.
    pub to_new: bool,
    /// Whether an `update` opts somebody out or changes a role.
    pub for_ever: bool,
    /// Whether an `update` keeps values of leads that are merged after it.
    pub for_merge: bool,
    /// How many.
    pub actions: u64,
}

impl PlanFile {
    /// What carrying the plan out will cost and cause.
    pub fn forecast(&self) -> Result<Forecast, Error> {
        let text = self.reader().meta("forecast")?;
        let text = text.ok_or_else(|| refused(&self.path, rusqlite::Error::QueryReturnedNoRows))?;
        self.reader().place("meta").parse_json(&text)
    }

    /// How large the plan is.
    pub fn size(&self) -> Result<Size, Error> {
        let sql = "SELECT coalesce(sum(rows), 0), coalesce(sum(rejected), 0) FROM inputs";
        let size = |row: &rusqlite::Row<'_>| Ok(Size { rows: counted(row.get(0)?), rejected: counted(row.get(1)?) });
        self.connection.query_row(sql, [], size).map_err(|source| refused(&self.path, source))
    }

    /// Rows that have an outcome, by outcome. Empty before an apply.
    pub fn outcome_counts(&self) -> Result<BTreeMap<Outcome, u64>, Error> {
        let place = self.reader().place("outcomes");
        let sql = "SELECT outcome, count(*) FROM outcomes GROUP BY outcome";
        let counts = self.reader().all(sql, [], |row| Ok((place.parse_word(row.get(0)?)?, counted(row.get(1)?))))?;
        Ok(counts.into_iter().collect())
    }

    /// Rows that were skipped because they wait for a person.
    pub fn skipped_for_review(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM outcomes JOIN expected USING (record) LEFT JOIN groups USING (group_id)
            LEFT JOIN (SELECT record, 1 AS is_loose FROM loose) USING (record)
            WHERE outcomes.outcome = 'skipped' AND (band = 'review' OR is_loose
                OR band = 'auto' AND review_reason IN (SELECT reason FROM reasons WHERE instr(text, ?1) = 1))";
        let count = self.connection.query_row(sql, [HELD], |row| row.get(0));
        count.map(counted).map_err(|source| refused(&self.path, source))
    }

    /// The open actions, by what an undo would do about them.
    pub fn prospects(&self) -> Result<Vec<Prospect>, Error> {
        let place = self.reader().place("actions");
        let sql = "SELECT kind,
                CASE kind WHEN 'attach' THEN (SELECT key FROM json_each(body, '$.what') LIMIT 1) END AS attaches,
                kind <> 'create' AND created_by IS NOT NULL AS to_new,
                kind = 'update' AND EXISTS (SELECT 1 FROM json_each(body, '$.changes') AS change
                    WHERE json_extract(change.value, '$.attribute.standard') IN ('unsubscribed_from_emails', 'role'))
                    AS for_ever,
                kind = 'update' AND reason = (SELECT reason FROM reasons WHERE text = ?1) AS for_merge,
                count(*)
            FROM actions LEFT JOIN action_states USING (action)
            WHERE state IS NULL OR state NOT IN ('done', 'already_so')
            GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5";
        self.reader().all(sql, [KEPT_BEFORE_MERGE], |row| {
            Ok(Prospect {
                kind: place.parse_word(row.get(0)?)?,
                attaches: row.get(1)?,
                to_new: row.get(2)?,
                for_ever: row.get(3)?,
                for_merge: row.get::<_, Option<bool>>(4)?.unwrap_or_default(),
                actions: counted(row.get(5)?),
            })
        })
    }
}
