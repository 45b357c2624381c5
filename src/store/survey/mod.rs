//! A plan file as a report reads it: figures that are added up by reading narrow columns once, and the few groups, actions
//! and rejected rows that are shown, looked up when they are asked for. The records of a large plan are never in memory
//! together; what is kept of it all is a few bytes for every contact that is in a group of several.

mod applied;
mod excerpt;
mod figures;

use std::path::PathBuf;
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use super::history::state;
use super::read::Failure;
use super::row::{ACTION, action, reject};
use super::value::refused;
use super::{ActionState, Error, PlanFile};
use crate::ingest::Reject;
use crate::link::MatchWeight;
use crate::plan::{Action, ActionId, Plan};
use crate::report::{AppliedActions, Depth, Excerpt, Figures, GroupHead, Subject};

/// Where in the file the parts of groups of several rows are.
#[derive(Debug, Default)]
struct Index {
    /// Group and record.
    members: Vec<(u32, u32)>,
    /// Group and action.
    actions: Vec<(u32, u32)>,
    /// Left record and pair, for pairs within a group.
    pairs: Vec<(u32, u32)>,
    /// Record and refused join.
    vetoes: Vec<(u32, u32)>,
    /// Members that wait for a person.
    loose: FxHashMap<u32, MatchWeight>,
}

/// The second of all entries under `key`, from a list ordered by its first.
fn under(list: &[(u32, u32)], key: u32) -> impl Iterator<Item = u32> {
    let start = list.partition_point(|(known, _)| *known < key);
    list.iter().skip(start).take_while(move |(known, _)| *known == key).map(|(_, value)| *value)
}

/// A plan file as a report reads it. Made at one moment; what an apply writes afterwards may or may not be seen.
#[derive(Debug)]
pub struct Survey {
    path: PathBuf,
    /// Connections nobody uses just now.
    idle: Mutex<Vec<PlanFile>>,
    figures: Figures,
    heads: Vec<GroupHead>,
    index: Index,
    /// The plan without its groups, records and actions.
    frame: Plan,
    applied: bool,
}

/// Why a report could not be made from a plan file.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The plan cannot be read.
    #[error(transparent)]
    Plan(#[from] Error),
    /// The report cannot be written.
    #[error(transparent)]
    Report(#[from] std::io::Error),
}

impl Survey {
    /// Looks a plan over.
    pub fn of(file: &PlanFile) -> Result<Self, Error> {
        figures::survey(file)
    }

    /// The figures alone.
    #[must_use]
    pub fn into_figures(self) -> Figures {
        self.figures
    }

    /// Reads with a connection of its own: connections cannot be shared between threads.
    fn with_file<T>(&self, read: impl FnOnce(&PlanFile) -> Result<T, Error>) -> Result<T, Error> {
        let idle = || self.idle.lock().ok();
        let file = match idle().and_then(|mut files| files.pop()) {
            Some(file) => file,
            None => figures::at_one_moment(&self.path)?,
        };
        let result = read(&file);
        if let Some(mut files) = idle() {
            files.push(file);
        }
        result
    }

    /// Where actions stand; none before an apply.
    fn states(&self, file: &PlanFile, actions: &[Action]) -> Result<Vec<(ActionId, ActionState)>, Error> {
        if !self.applied {
            return Ok(Vec::new());
        }
        let sql = "SELECT state, contact, message FROM action_states WHERE action = ?1";
        let state_of = |action: &Action| {
            let found = file.reader().all(sql, [action.id.0], |row| Ok(state(row)?))?.pop();
            Ok((action.id, found.unwrap_or_default()))
        };
        actions.iter().map(state_of).collect()
    }
}

impl Subject for Survey {
    type Error = SurveyError;

    fn figures(&self) -> &Figures {
        &self.figures
    }

    fn groups(&self) -> &[GroupHead] {
        &self.heads
    }

    fn excerpt<T>(&self, groups: &[u32], depth: Depth, tell: impl FnOnce(&Excerpt<'_>) -> T) -> Result<T, SurveyError> {
        let (plan, states) = self.with_file(|file| {
            let plan = self.part(file, groups, depth)?;
            let states = self.states(file, &plan.actions)?;
            Ok((plan, states))
        })?;
        let states = states.iter().map(|(action, state)| state.told(*action)).collect();
        Ok(tell(&Excerpt::new(&plan, states)))
    }

    fn actions<T>(
        &self,
        after: Option<ActionId>,
        limit: usize,
        tell: impl FnOnce(&[Action], &AppliedActions<'_>) -> T,
    ) -> Result<T, SurveyError> {
        let (after, limit) = (after.map_or(-1, |action| i64::from(action.0)), i64::try_from(limit).unwrap_or(i64::MAX));
        let (actions, states) = self.with_file(|file| {
            let place = file.reader().place("actions");
            let sql = format!("SELECT {ACTION} WHERE action > ?1 ORDER BY action LIMIT ?2");
            let actions = file.reader().all(&sql, [after, limit], |row| action(place, row))?;
            let states = self.states(file, &actions)?;
            Ok((actions, states))
        })?;
        let states = states.iter().map(|(action, state)| state.told(*action)).collect();
        Ok(tell(&actions, &AppliedActions::new(states)))
    }

    fn rejects<T>(&self, after: usize, limit: usize, tell: impl FnOnce(&[Reject]) -> T) -> Result<T, SurveyError> {
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let rejects = self.with_file(|file| {
            let place = file.reader().place("rejects");
            let sql = "SELECT * FROM rejects ORDER BY number LIMIT ?2 OFFSET ?1";
            file.reader().all(sql, [after, limit], |row| reject(place, row))
        })?;
        Ok(tell(&rejects))
    }
}

/// Hands every row of a query to `take`.
fn each(
    file: &PlanFile,
    sql: &str,
    mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<(), Failure>,
) -> Result<(), Error> {
    file.reader().all(sql, [], |row| take(row)).map(drop)
}

/// The one value of a query.
fn one<T: rusqlite::types::FromSql>(file: &PlanFile, sql: &str) -> Result<T, Error> {
    file.connection.query_row(sql, [], |row| row.get(0)).map_err(|source| refused(file.path(), source))
}
