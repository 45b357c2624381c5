//! A plan as work to be done, page by page, so that a plan of a million actions is never in memory at once.
//!
//! Groups and attempts are put in order in temporary tables (on disk, gone when the file is closed), because the plan's
//! own tables are in the order of the plan.

use rusqlite::{OptionalExtension, params};

use super::history::{attempt, state};
use super::row::{ACTION, action, expected};
use super::value::{counted, refused};
use super::{ActionState, Attempt, AttemptId, Error, PlanFile};
use crate::contact::IntercomId;
use crate::plan::{Action, ActionId, ActionKind, NeededAttribute, RowPlan};

/// An action with what the journal knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionWork {
    /// The action.
    pub action: Action,
    /// Where it stands.
    pub state: ActionState,
    /// Its attempts, oldest first.
    pub attempts: Vec<Attempt>,
}

/// A row with what decides its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct RowWork {
    /// What is planned for it.
    pub plan: RowPlan,
    /// The contact the row itself describes, when it is in the workspace.
    pub contact: Option<IntercomId>,
    /// The actions it hangs on, in order.
    pub actions: Vec<ActionWork>,
}

/// Actions of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The kind.
    pub kind: ActionKind,
    /// In the plan.
    pub all: u64,
    /// Neither carried out nor found to be so already.
    pub open: u64,
    /// Of the open ones, those without any end recorded yet.
    pub pending: u64,
}

/// Groups by the place of their first action in the plan, so that they come in the order of the plan.
const ARRANGE_GROUPS: &str = "
CREATE TEMP TABLE IF NOT EXISTS chosen_groups (group_id INTEGER PRIMARY KEY, place INTEGER NOT NULL);
DELETE FROM temp.chosen_groups;
INSERT INTO temp.chosen_groups
    SELECT group_id, min(action) FROM main.actions WHERE group_id IN (CHOICE) GROUP BY group_id;
CREATE TEMP TABLE IF NOT EXISTS chosen_actions (
    place INTEGER NOT NULL, action INTEGER NOT NULL, PRIMARY KEY (place, action)
) WITHOUT ROWID;
DELETE FROM temp.chosen_actions;
INSERT INTO temp.chosen_actions
    SELECT place, action FROM main.actions CROSS JOIN temp.chosen_groups USING (group_id) ORDER BY place, action;
";

const OPEN: &str = "SELECT group_id FROM main.actions LEFT JOIN main.action_states USING (action)
    WHERE state IS NULL OR state NOT IN ('done', 'already_so')";

const TRIED: &str = "SELECT group_id FROM main.attempts JOIN main.actions USING (action)";

const ARRANGE_ATTEMPTS: &str = "
CREATE TEMP TABLE IF NOT EXISTS tried (
    action INTEGER NOT NULL, attempt INTEGER NOT NULL, PRIMARY KEY (action, attempt)
) WITHOUT ROWID;
DELETE FROM temp.tried;
INSERT INTO temp.tried SELECT action, attempt FROM main.attempts ORDER BY action, attempt;
";

/// Only a lost answer asks who knows a contact, so only then are these worth their space.
const CONTACT_INDEXES: &str = "
CREATE INDEX IF NOT EXISTS rows_by_contact ON rows (contact) WHERE side = 'existing';
CREATE INDEX IF NOT EXISTS actions_by_contact ON actions (contact);
CREATE INDEX IF NOT EXISTS states_by_contact ON action_states (contact);
CREATE INDEX IF NOT EXISTS attempts_by_contact ON attempts (detail) WHERE result = 'done';
";

/// Which groups are work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Those with actions that are not carried out yet: for applying.
    Open,
    /// As many of those as have the first so many of the open actions: for a look at a part.
    FirstOpen(u64),
    /// Those with requests in the journal: for undoing.
    Tried,
}

impl PlanFile {
    /// Puts groups and attempts in order, as they are now. To be called before [`groups`](Self::groups) and
    /// [`rows`](Self::rows), which see attempts up to this call.
    pub fn arrange_work(&self, choice: Choice) -> Result<(), Error> {
        let chosen = match choice {
            Choice::Open => OPEN.to_owned(),
            Choice::FirstOpen(most) => format!("{OPEN} ORDER BY action LIMIT {most}"),
            Choice::Tried => TRIED.to_owned(),
        };
        self.connection
            .execute_batch(&ARRANGE_GROUPS.replace("CHOICE", &chosen))
            .map_err(|source| refused(&self.path, source))?;
        self.arrange_attempts()
    }

    /// Puts the attempts alone in order, which is all that [`rows`](Self::rows) needs.
    pub fn arrange_attempts(&self) -> Result<(), Error> {
        self.connection.execute_batch(ARRANGE_ATTEMPTS).map_err(|source| refused(&self.path, source))
    }

    /// The next of the chosen groups in the order of the plan, at most `limit`, each with all its actions in order.
    /// `after` is the first action of the last group of the page before. Empty at the end.
    pub fn groups(&self, after: Option<ActionId>, limit: usize) -> Result<Vec<Vec<ActionWork>>, Error> {
        let after = after.map_or(-1, |action| i64::from(action.0));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let place = self.reader().place("actions");
        let sql = "SELECT actions.*, reasons.text AS why FROM temp.chosen_actions AS chosen
            JOIN main.actions USING (action) JOIN main.reasons USING (reason)
            WHERE chosen.place > ?1 AND chosen.place <= (SELECT max(place) FROM (
                SELECT DISTINCT place FROM temp.chosen_actions WHERE place > ?1 ORDER BY place LIMIT ?2))
            ORDER BY chosen.place, chosen.action";
        let actions = self.reader().all(sql, params![after, limit], |row| action(place, row))?;
        let mut groups: Vec<Vec<ActionWork>> = Vec::new();
        for action in actions {
            let group = action.group;
            let work = self.known_of(action)?;
            match groups.last_mut() {
                Some(members) if members.last().is_some_and(|last| last.action.group == group) => members.push(work),
                _ => groups.push(vec![work]),
            }
        }
        Ok(groups)
    }

    /// The next rows after record number `after`, in the order of the plan, at most `limit`. Empty at the end.
    pub fn rows(&self, after: Option<u32>, limit: usize) -> Result<Vec<RowWork>, Error> {
        let (after, limit) = (after.map_or(-1, i64::from), i64::try_from(limit).unwrap_or(i64::MAX));
        let place = self.reader().place("expected");
        let sql = "SELECT expected.*, reasons.text AS why, rows.contact AS own, rows.side AS side
            FROM expected JOIN reasons USING (reason) LEFT JOIN rows USING (record) WHERE record > ?1 ORDER BY record LIMIT ?2";
        let rows = self.reader().all(sql, params![after, limit], |row| {
            // An incoming row may carry an id too; it is a handle of another system until proved otherwise
            let existing = row.get::<_, Option<String>>("side")?.as_deref() == Some("existing");
            let own = row.get::<_, Option<String>>("own")?.filter(|_| existing);
            Ok((expected(place, row)?, own.map(|id| IntercomId(id.into()))))
        })?;
        rows.into_iter()
            .map(|(plan, contact)| {
                let mut actions = Vec::with_capacity(plan.decided_by.len());
                for id in &plan.decided_by {
                    let place = self.reader().place("actions");
                    let sql = format!("SELECT {ACTION} WHERE action = ?1");
                    let found = self.reader().all(&sql, [id.0], |row| action(place, row))?;
                    for action in found {
                        actions.push(self.known_of(action)?);
                    }
                }
                Ok(RowWork { plan, contact, actions })
            })
            .collect()
    }

    fn known_of(&self, action: Action) -> Result<ActionWork, Error> {
        let id = action.id.0;
        let states = "SELECT state, contact, message FROM action_states WHERE action = ?1";
        let state = self.reader().all(states, [id], |row| Ok(state(row)?))?.pop().unwrap_or_default();
        let tried = "SELECT attempts.* FROM temp.tried JOIN main.attempts USING (attempt) WHERE tried.action = ?1
            ORDER BY attempt";
        let attempts = self.reader().all(tried, [id], |row| Ok(attempt(row)?))?;
        Ok(ActionWork { action, state, attempts })
    }

    /// Where one action stands.
    pub fn action_state(&self, action: ActionId) -> Result<ActionState, Error> {
        let sql = "SELECT state, contact, message FROM action_states WHERE action = ?1";
        Ok(self.reader().all(sql, [action.0], |row| Ok(state(row)?))?.pop().unwrap_or_default())
    }

    /// Actions by kind; kinds without actions are left out.
    pub fn tally(&self) -> Result<Vec<Tally>, Error> {
        let place = self.reader().place("actions");
        let sql = "SELECT kind, count(*), sum(state IS NULL OR state NOT IN ('done', 'already_so')) AS open,
                sum(state IS NULL OR state = 'pending') AS pending
            FROM actions LEFT JOIN action_states USING (action) GROUP BY kind";
        self.reader().all(sql, [], |row| {
            let kind = place.parse_word(row.get(0)?)?;
            Ok(Tally { kind, all: counted(row.get(1)?), open: counted(row.get(2)?), pending: counted(row.get(3)?) })
        })
    }

    /// Custom attributes the actions write.
    pub fn needed_attributes(&self) -> Result<Vec<NeededAttribute>, Error> {
        self.reader().attributes()
    }

    /// The newest attempt.
    pub fn last_attempt(&self) -> Result<Option<AttemptId>, Error> {
        self.connection
            .query_row("SELECT max(attempt) FROM attempts", [], |row| row.get::<_, Option<i64>>(0))
            .optional()
            .map(|found| found.flatten().map(AttemptId))
            .map_err(|source| refused(&self.path, source))
    }

    /// The newest request in the journal.
    pub fn newest_request(&self) -> Result<Option<String>, Error> {
        self.connection
            .query_row("SELECT request FROM attempts ORDER BY attempt DESC LIMIT 1", [], |row| row.get(0))
            .optional()
            .map_err(|source| refused(&self.path, source))
    }

    /// Whether the plan, or the journal of any other action than `action`, knows a contact. The first call makes
    /// indexes; they change nothing that is sealed.
    pub fn knows_contact(&self, contact: &IntercomId, action: ActionId) -> Result<bool, Error> {
        self.connection.execute_batch(CONTACT_INDEXES).map_err(|source| refused(&self.path, source))?;
        let sql = "SELECT EXISTS (SELECT 1 FROM rows WHERE contact = ?1 AND side = 'existing')
            OR EXISTS (SELECT 1 FROM actions WHERE contact = ?1)
            OR EXISTS (SELECT 1 FROM action_states WHERE contact = ?1 AND action <> ?2)
            OR EXISTS (SELECT 1 FROM attempts WHERE detail = ?1 AND result = 'done' AND action <> ?2)";
        self.connection
            .query_row(sql, params![&*contact.0, action.0], |row| row.get(0))
            .map_err(|source| refused(&self.path, source))
    }
}

/// Where the page after this one begins: the first action of its last group.
#[must_use]
pub fn last_place(page: &[Vec<ActionWork>]) -> Option<ActionId> {
    page.last()?.first().map(|work| work.action.id)
}
