//! The journal in the plan file: what was about to be done, what was done, and what was there before.

use rusqlite::{Connection, Row, params};

use super::read::Failure;
use super::value::{Place, refused};
use super::{
    ActionState, Attempt, AttemptId, AttemptResult, BeforeImage, Error, JournalEntry, PlanFile, RowOutcome, Run,
};
use crate::contact::{IntercomId, Timestamp};
use crate::link::RecordIndex;
use crate::plan::ActionId;

/// What runs noted about their pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Answers 429 of all runs, when any of them counted.
    pub rate_limited: Option<u64>,
    /// Requests a window of ten seconds allowed, as the last run that noted it was told.
    pub window_limit: Option<u32>,
}

impl PlanFile {
    /// Records entries: all or none, and durable when this returns.
    pub fn record(&mut self, entries: &[JournalEntry]) -> Result<(), Error> {
        if entries.is_empty() {
            return Ok(());
        }
        let transaction = self.connection.transaction().map_err(|source| refused(&self.path, source))?;
        for entry in entries {
            write(&transaction, Place::new(&self.path, "attempts"), entry)?;
        }
        transaction.commit().map_err(|source| refused(&self.path, source))
    }

    /// Whether any request was ever recorded: the plan was applied, at least in part.
    pub fn has_journal(&self) -> Result<bool, Error> {
        self.connection
            .query_row("SELECT EXISTS (SELECT 1 FROM attempts) OR EXISTS (SELECT 1 FROM action_states)", [], |row| {
                row.get(0)
            })
            .map_err(|source| refused(&self.path, source))
    }

    /// All attempts, by number.
    pub fn attempts(&self) -> Result<Vec<Attempt>, Error> {
        self.reader().all("SELECT * FROM attempts ORDER BY attempt", [], |row| Ok(attempt(row)?))
    }

    /// All before-images, by contact.
    pub fn before_images(&self) -> Result<Vec<BeforeImage>, Error> {
        let place = Place::new(&self.path, "before_images");
        self.reader().all("SELECT * FROM before_images ORDER BY contact", [], |row| image(place, row))
    }

    /// The before-image of one contact.
    pub fn before_image(&self, contact: &IntercomId) -> Result<Option<BeforeImage>, Error> {
        let place = Place::new(&self.path, "before_images");
        let mut found = self
            .reader()
            .all("SELECT * FROM before_images WHERE contact = ?1", [&*contact.0], |row| image(place, row))?;
        Ok(found.pop())
    }

    /// Where every action stands, in the order of the plan; `Pending` where nothing is recorded.
    pub fn action_states(&self) -> Result<Vec<ActionState>, Error> {
        let sql = "SELECT state, action_states.contact AS contact, message
            FROM actions LEFT JOIN action_states USING (action) ORDER BY action";
        self.reader().all(sql, [], |row| Ok(state(row)?))
    }

    /// What became of the records, by record. Empty before an apply.
    pub fn outcomes(&self) -> Result<Vec<RowOutcome>, Error> {
        self.outcomes_where("1")
    }

    pub(super) fn outcomes_where(&self, which: &str) -> Result<Vec<RowOutcome>, Error> {
        let place = Place::new(&self.path, "outcomes");
        self.reader().all(&format!("SELECT * FROM outcomes WHERE {which} ORDER BY record"), [], |row| {
            Ok(RowOutcome {
                record: RecordIndex(row.get("record")?),
                outcome: place.parse_word(row.get("outcome")?)?,
                contact: row.get::<_, Option<String>>("contact")?.map(|id| IntercomId(id.into())),
                message: row.get("message")?,
            })
        })
    }

    /// The runs of `apply` and `undo`, by number.
    pub fn runs(&self) -> Result<Vec<Run>, Error> {
        let place = Place::new(&self.path, "runs");
        self.reader().all("SELECT * FROM runs ORDER BY number", [], |row| {
            Ok(Run {
                number: row.get("number")?,
                started_at: Timestamp(row.get("started_at")?),
                ended_at: row.get::<_, Option<i64>>("ended_at")?.map(Timestamp),
                summary: place.parse_json(&row.get::<_, String>("summary")?)?,
            })
        })
    }

    /// What the runs noted about their pace.
    pub fn pace(&self) -> Result<Pace, Error> {
        let runs = self.runs()?;
        let noted = |key: &'static str| runs.iter().filter_map(move |run| run.summary.get(key)?.as_u64());
        Ok(Pace {
            rate_limited: noted("rate_limited").reduce(|one, other| one + other),
            window_limit: noted("window_limit").next_back().and_then(|limit| u32::try_from(limit).ok()),
        })
    }

    /// Records a run, in place of an earlier recording of the same number.
    pub fn record_run(&mut self, run: &Run) -> Result<(), Error> {
        let summary = Place::new(&self.path, "runs").json(&run.summary)?;
        let ended = run.ended_at.map(|at| at.0);
        self.connection
            .execute(
                "INSERT OR REPLACE INTO runs VALUES (?1,?2,?3,?4)",
                params![run.number, run.started_at.0, ended, summary],
            )
            .map_err(|source| refused(&self.path, source))?;
        Ok(())
    }
}

fn write(connection: &Connection, place: Place<'_>, entry: &JournalEntry) -> Result<(), Error> {
    let run = |sql: &str, parameters: &[&dyn rusqlite::ToSql]| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(parameters))
            .map_err(|source| refused(place.path, source))
    };
    match entry {
        JournalEntry::Intent(attempt) => {
            let (word, detail) = attempt.result.as_ref().map(columns).unzip();
            let ended = attempt.ended_at.map(|at| at.0);
            run(
                "INSERT INTO attempts VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
                params![
                    attempt.id.0,
                    attempt.action.0,
                    attempt.step,
                    attempt.request,
                    attempt.intended_at.0,
                    word,
                    detail.flatten(),
                    ended,
                    attempt.request_id,
                ],
            )?;
        }
        JournalEntry::Result { id, result, at, request_id } => {
            let (word, detail) = columns(result);
            let sql = "UPDATE attempts SET result = ?2, detail = ?3, ended_at = ?4, request_id = ?5 WHERE attempt = ?1";
            let changed = run(sql, params![id.0, word, detail, at.0, request_id])?;
            if changed == 0 {
                // A result without its intent would be lost silently.
                return Err(refused(place.path, rusqlite::Error::QueryReturnedNoRows));
            }
        }
        JournalEntry::BeforeImage(image) => {
            let state = Place { table: "before_images", ..place }.json(&image.state)?;
            let sql = "INSERT INTO before_images VALUES (?1,?2,?3) ON CONFLICT (contact) DO NOTHING";
            run(sql, params![&*image.contact.0, image.read_at.0, state])?;
        }
        JournalEntry::State { action, state } => {
            let (word, contact, message) = match state {
                ActionState::Pending => ("pending", None, None),
                ActionState::Done { contact } => ("done", contact.as_ref().map(|id| &*id.0), None),
                ActionState::AlreadySo => ("already_so", None, None),
                ActionState::Stale { message } => ("stale", None, Some(message)),
                ActionState::Failed { message } => ("failed", None, Some(message)),
                ActionState::Unknown { message } => ("unknown", None, Some(message)),
            };
            let sql = "INSERT OR REPLACE INTO action_states VALUES (?1,?2,?3,?4)";
            run(sql, params![action.0, word, contact, message])?;
        }
        JournalEntry::Outcomes(outcomes) => {
            for row in outcomes {
                let contact = row.contact.as_ref().map(|id| &*id.0);
                let sql = "INSERT OR REPLACE INTO outcomes VALUES (?1,?2,?3,?4)";
                run(sql, params![row.record.0, row.outcome.name(), contact, row.message])?;
            }
        }
    }
    Ok(())
}

fn columns(result: &AttemptResult) -> (&'static str, Option<&str>) {
    match result {
        AttemptResult::Done { id } => ("done", id.as_deref()),
        AttemptResult::NotDone { message } => ("not_done", Some(message)),
        AttemptResult::InDoubt { message } => ("in_doubt", Some(message)),
    }
}

/// A row of `attempts`.
pub(super) fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        id: AttemptId(row.get("attempt")?),
        action: ActionId(row.get("action")?),
        step: row.get("step")?,
        request: row.get("request")?,
        intended_at: Timestamp(row.get("intended_at")?),
        result: result(row)?,
        ended_at: row.get::<_, Option<i64>>("ended_at")?.map(Timestamp),
        request_id: row.get("request_id")?,
    })
}

/// The columns `state`, `contact` and `message` of `action_states`; null where nothing is recorded.
pub(super) fn state(row: &Row<'_>) -> rusqlite::Result<ActionState> {
    let message = || row.get::<_, Option<String>>("message").map(Option::unwrap_or_default);
    Ok(match row.get::<_, Option<String>>("state")?.as_deref() {
        Some("done") => {
            ActionState::Done { contact: row.get::<_, Option<String>>("contact")?.map(|id| IntercomId(id.into())) }
        }
        Some("already_so") => ActionState::AlreadySo,
        Some("stale") => ActionState::Stale { message: message()? },
        Some("failed") => ActionState::Failed { message: message()? },
        Some("unknown") => ActionState::Unknown { message: message()? },
        _ => ActionState::Pending,
    })
}

fn result(row: &Row<'_>) -> rusqlite::Result<Option<AttemptResult>> {
    let detail: Option<String> = row.get("detail")?;
    Ok(match row.get::<_, Option<String>>("result")?.as_deref() {
        Some("done") => Some(AttemptResult::Done { id: detail }),
        Some("not_done") => Some(AttemptResult::NotDone { message: detail.unwrap_or_default() }),
        Some("in_doubt") => Some(AttemptResult::InDoubt { message: detail.unwrap_or_default() }),
        _ => None,
    })
}

fn image(place: Place<'_>, row: &Row<'_>) -> Result<BeforeImage, Failure> {
    Ok(BeforeImage {
        contact: IntercomId(row.get::<_, String>("contact")?.into()),
        read_at: Timestamp(row.get("read_at")?),
        state: place.parse_json(row.get_ref("state")?.as_str().map_err(rusqlite::Error::from)?)?,
    })
}
