//! The plan file as a thing one opens, reads and adds to.
//!
//! A plan at rest is a single file. While it is open for its journal it is in SQLite's write-ahead mode, with
//! `synchronous = FULL`: a commit is one append and one flush, it survives a killed process and a power cut, and `show`
//! can read while `apply` writes. Closing puts the log back into the file. After a kill the log stays beside it
//! (`NAME-wal`) and belongs to the plan until the plan is opened again.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::lock::Lock;
use super::read::Reader;
use super::value::{Place, refused};
use super::{Error, create, schema, seal, write};
use crate::plan::{Decision, Header, Making, Plan, Totals, WorkspaceBinding};

/// An open plan file.
#[derive(Debug)]
pub struct PlanFile {
    // Fields are dropped in this order: the lock outlives the connection.
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    lock: Option<Lock>,
    format: i64,
    /// The seal was right, and nobody else can have written since.
    verified: Cell<bool>,
}

impl PlanFile {
    /// Writes a plan, whole or not at all: into a temporary file beside `path`, readable by its owner only, flushed to
    /// the disk, then renamed. A plan that was applied is not replaced: [`Error::WouldReplaceApplied`].
    pub fn create(path: &Path, plan: &Plan) -> Result<(), Error> {
        create::create(path, |connection, path| write::whole(connection, path, plan))
    }

    /// The same of a plan in the making: groups are decided while others are written, and none is kept. Gives what they all
    /// come to.
    pub fn make(path: &Path, making: &Making<'_>) -> Result<Totals, Error> {
        create::create(path, |connection, path| write::made(connection, path, making))
    }

    /// Opens a plan to read it. Never writes.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, None)
    }

    /// Opens a plan to write its journal or decisions. One process at a time: [`Error::Locked`].
    pub fn open_for_journal(path: &Path) -> Result<Self, Error> {
        // Looked at first, so that no lock file appears beside something that is not there or is no plan.
        drop(Self::open(path)?);
        let lock = Lock::take(path)?;
        let file = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, Some(lock))?;
        // Where write-ahead logging is not possible SQLite keeps its rollback journal, which is as safe.
        file.connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            .map_err(|source| refused(path, source))?;
        // SQLite opens the log at the first read, and only who has it open removes it at the end.
        file.reader().meta("seal")?;
        Ok(file)
    }

    fn connect(path: &Path, mode: OpenFlags, lock: Option<Lock>) -> Result<Self, Error> {
        if !path.exists() {
            return Err(Error::Missing { path: path.to_owned() });
        }
        if path.is_dir() {
            return Err(Error::NotAPlan { path: path.to_owned() });
        }
        let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|source| unreadable(path, source))?;
        let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let application = pragma("application_id").map_err(|source| unreadable(path, source))?;
        if application != schema::APPLICATION_ID {
            return Err(Error::NotAPlan { path: path.to_owned() });
        }
        let found = pragma("user_version").map_err(|source| refused(path, source))?;
        if found > schema::FORMAT {
            return Err(Error::NewerFormat { path: path.to_owned(), found, known: schema::FORMAT });
        }
        connection
            .busy_timeout(Duration::from_secs(10))
            .and_then(|()| connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32768;"))
            .map_err(|source| refused(path, source))?;
        connection.set_prepared_statement_cache_capacity(32);
        // Else a statement may be planned anew for every value it is asked with
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(|source| refused(path, source))?;
        Ok(Self { connection, path: path.to_owned(), lock, format: found, verified: Cell::new(false) })
    }

    /// [`Error::Edited`] when anything the plan says has changed since it was made or reviewed. Journal, decisions,
    /// outcomes and the workspace binding are not covered.
    pub fn verify_seal(&self) -> Result<(), Error> {
        if self.verified.get() {
            return Ok(());
        }
        let edited = || Error::Edited { path: self.path.clone() };
        let sealed = self.reader().meta("seal")?.ok_or_else(edited)?;
        if seal::compute(&self.connection, &self.path, self.format)? != sealed {
            return Err(edited());
        }
        self.verified.set(self.lock.is_some());
        Ok(())
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole plan.
    pub fn plan(&self) -> Result<Plan, Error> {
        self.reader().plan()
    }

    /// Who made the plan, when, for which workspace.
    pub fn header(&self) -> Result<Header, Error> {
        self.reader().header()
    }

    /// Binds the plan to the workspace it is applied to. Binding it again to the same workspace changes nothing;
    /// another one is [`Error::OtherWorkspace`].
    pub fn bind_workspace(&mut self, workspace: &WorkspaceBinding) -> Result<(), Error> {
        if let Some(bound) = self.header()?.workspace {
            if bound.id == workspace.id {
                return Ok(());
            }
            return Err(Error::OtherWorkspace {
                path: self.path.clone(),
                bound: bound.id,
                asked: workspace.id.clone(),
            });
        }
        let json = Place::new(&self.path, "meta").json(workspace)?;
        write::set_meta(&self.connection, &self.path, "workspace", &json)
    }

    /// People's decisions, in the order they were made.
    pub fn decisions(&self) -> Result<Vec<Decision>, Error> {
        let place = Place::new(&self.path, "decisions");
        self.reader().all("SELECT body FROM decisions ORDER BY number", [], |row| {
            Ok(place.parse_json(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?)
        })
    }

    /// Adds a decision, durably.
    pub fn decide(&mut self, decision: &Decision) -> Result<(), Error> {
        let place = Place::new(&self.path, "decisions");
        let verdict = serde_json::to_value(&decision.verdict).unwrap_or_default();
        let word = match &verdict {
            serde_json::Value::Object(parts) => parts.keys().next().cloned().unwrap_or_default(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let body = place.json(decision)?;
        self.connection
            .execute(
                "INSERT INTO decisions (group_id, verdict, decided_at, remark, body) VALUES (?1,?2,?3,?4,?5)",
                params![decision.group, word, decision.at.0, decision.remark, body],
            )
            .map_err(|source| refused(&self.path, source))?;
        Ok(())
    }

    /// After a review: puts the groups, rows, actions and forecast of `plan` in place of the old ones and seals them.
    /// Inputs, rows and evidence stay. [`Error::Applied`] once there is a journal, [`Error::Edited`] when the plan was
    /// changed by hand before.
    pub fn replace_actions(&mut self, plan: &Plan) -> Result<(), Error> {
        if self.has_journal()? {
            return Err(Error::Applied { path: self.path.clone() });
        }
        self.verify_seal()?;
        let transaction = self.connection.transaction().map_err(|source| refused(&self.path, source))?;
        write::decided_anew(&transaction, &self.path, plan, self.format)?;
        transaction.commit().map_err(|source| refused(&self.path, source))
    }

    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { connection: &self.connection, path: &self.path }
    }
}

impl Drop for PlanFile {
    /// Leaves a single file: the write-ahead log goes back into it, unless somebody is reading just now.
    fn drop(&mut self) {
        if self.lock.is_some() {
            let _ = self.connection.execute_batch("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE;");
        }
    }
}

/// SQLite's "unable to open" does not say why; the system does.
fn unreadable(path: &Path, source: rusqlite::Error) -> Error {
    match source.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            match std::fs::File::open(path) {
                Err(source) => Error::Unreadable { path: path.to_owned(), source },
                Ok(_) => Error::Sqlite { path: path.to_owned(), source },
            }
        }
        _ => refused(path, source),
    }
}
