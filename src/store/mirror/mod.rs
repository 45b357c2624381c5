//! The mirror of a workspace: one SQLite database, readable by its owner only, that later pulls bring up to date.
//!
//! Holds every contact as it was read last, with the names of its tags and companies, the names of companies, and contacts
//! that went away with what became of them. A mirror belongs to one workspace; it is a copy that can be
//! made again at any time, so a damaged or foreign one is refused and never repaired. Knows nothing of requests.

mod read;
mod schema;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::Error;
use super::lock::Lock;
use super::value::{Place, count, counted, refused};
use crate::contact::IntercomId;
use crate::intercom::{Contact, Member};

pub use read::Contents;

/// A mirror, open.
#[derive(Debug)]
pub struct Mirror {
    connection: Connection,
    path: PathBuf,
    _lock: Lock,
}

/// The last pull that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When it began, Unix seconds.
    pub began_at: i64,
    /// Contacts the server counted at its end.
    pub counted: Option<u64>,
}

/// What became of a contact that is in the workspace's list no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Archived; `unarchive` brings it back.
    Archived,
    /// Merged into another contact.
    Merged {
        /// That contact, where the API says.
        into: Option<IntercomId>,
    },
    /// Deleted, or merged where the API does not tell the two apart.
    Gone,
}

impl Fate {
    fn word(&self) -> &'static str {
        match self {
            Self::Archived => "archived",
            Self::Merged { .. } => "merged",
            Self::Gone => "gone",
        }
    }
}

impl Mirror {
    /// Opens the mirror of a workspace, made when missing. One of another workspace is [`Error::OtherMirror`], any other
    /// database [`Error::NotAMirror`], and one that another process has open [`Error::MirrorInUse`]: two readings into one
    /// mirror would take each other's contacts for gone.
    pub fn open(path: &Path, workspace: &str) -> Result<Self, Error> {
        let lock = Lock::take(path).map_err(|error| match error {
            Error::Locked { path } => Error::MirrorInUse { path },
            other => other,
        })?;
        let fresh = !path.exists();
        if fresh {
            let mut options = OpenOptions::new();
            options.create_new(true).write(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        }
        let damaged = |source| broken(path, source);
        let not_a_mirror = || Error::NotAMirror { path: path.to_owned() };
        let connection = Connection::open(path).map_err(damaged)?;
        let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let application = pragma("application_id").map_err(|_| not_a_mirror())?;
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(|_| not_a_mirror())?;
        if application == 0 && tables == 0 {
            connection.execute_batch(schema::CREATE).map_err(damaged)?;
        } else if application != schema::APPLICATION_ID {
            return Err(not_a_mirror());
        }
        let found = pragma("user_version").map_err(damaged)?;
        if found > schema::FORMAT {
            return Err(Error::NewerMirror { path: path.to_owned(), found, known: schema::FORMAT });
        }
        connection.busy_timeout(Duration::from_secs(10)).map_err(damaged)?;
        // A mirror can be made again, so a commit need not wait for the disk; a killed process still loses nothing of it
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192; PRAGMA trusted_schema = OFF;")
            .map_err(damaged)?;
        let mirror = Self { connection, path: path.to_owned(), _lock: lock };
        match mirror.meta("workspace")? {
            None => mirror.set_meta("workspace", workspace)?,
            Some(bound) if bound == workspace => {}
            Some(bound) => {
                return Err(Error::OtherMirror { path: path.to_owned(), bound, asked: workspace.to_owned() });
            }
        }
        Ok(mirror)
    }

    /// Says when the workspace was made. A copy of another one of the same id (a sandbox that was started anew) is thrown
    /// away.
    pub fn founded(&self, at: Option<i64>) -> Result<(), Error> {
        let at = at.map_or_else(String::new, |at| at.to_string());
        if self.meta("founded_at")?.as_ref() != Some(&at) {
            for table in ["contacts", "departed", "companies", "custom_names"] {
                self.run(&format!("DELETE FROM {table}"), [])?;
            }
            self.run("DELETE FROM meta WHERE key = 'mark'", [])?;
            self.set_meta("founded_at", &at)?;
        }
        Ok(())
    }

    /// Says in which generation of the API the contacts are read. They are written down differently in each, so after a
    /// change everything is read anew.
    pub fn speak(&self, generation: &str) -> Result<(), Error> {
        if self.meta("generation")?.as_deref() != Some(generation) {
            self.run("DELETE FROM meta WHERE key = 'mark'", [])?;
            self.set_meta("generation", generation)?;
        }
        Ok(())
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last pull that came to its end; `None` when there is none.
    pub fn mark(&self) -> Result<Option<Mark>, Error> {
        // A mark that cannot be read is no mark: then everything is read again
        Ok(self.meta("mark")?.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Notes that a pull came to its end.
    pub fn set_mark(&self, mark: Mark) -> Result<(), Error> {
        self.set_meta("mark", &serde_json::to_string(&mark).unwrap_or_default())
    }

    /// Begins to read everything anew. Until [`Self::set_mark`] the mirror counts as unfinished. The number is for
    /// [`Self::put`] and [`Self::not_seen_in`].
    pub fn begin_full(&self) -> Result<u64, Error> {
        let number = self.number()? + 1;
        self.set_meta("full", &number.to_string())?;
        self.run("DELETE FROM meta WHERE key = 'mark'", [])?;
        Ok(number)
    }

    /// The number of the last full reading.
    pub fn number(&self) -> Result<u64, Error> {
        Ok(self.meta("full")?.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// Stores contacts as they were read, in one transaction.
    pub fn put(&mut self, full: u64, members: &[Member]) -> Result<(), Error> {
        let path = self.path.clone();
        let damaged = |source| broken(&path, source);
        let transaction = self.connection.transaction().map_err(damaged)?;
        {
            let mut insert = transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO contacts (id, role, updated_at, full, body) VALUES (?1,?2,?3,?4,?5)",
                )
                .map_err(damaged)?;
            let mut name =
                transaction.prepare_cached("INSERT OR IGNORE INTO custom_names (name) VALUES (?1)").map_err(damaged)?;
            for member in members {
                let body = serde_json::to_string(member).map_err(|source| Error::Value {
                    path: path.clone(),
                    table: "contacts",
                    source,
                })?;
                let contact = &member.contact;
                let role = Place::new(&path, "contacts").word(&contact.role)?;
                insert
                    .execute(params![&*contact.id.0, role, contact.updated_at, count(full), body])
                    .map_err(damaged)?;
                for custom in contact.custom_attributes.keys() {
                    name.execute([custom]).map_err(damaged)?;
                }
            }
        }
        transaction.commit().map_err(damaged)
    }

    /// Whether the contact is here as it is. Times of change are whole seconds, so one that is not before `settled` (when
    /// the last reading began) may hide a second change within its second, and the whole contact is compared.
    pub fn is_known(&self, contact: &Contact, settled: i64) -> Result<bool, Error> {
        let Some(updated_at) = contact.updated_at else { return Ok(false) };
        let id = &*contact.id.0;
        let found: Option<Option<i64>> = self.one("SELECT updated_at FROM contacts WHERE id = ?1", [id])?;
        if found != Some(Some(updated_at)) || updated_at < settled {
            return Ok(found == Some(Some(updated_at)));
        }
        let body: Option<String> = self.one("SELECT body FROM contacts WHERE id = ?1", [id])?;
        let held = body.and_then(|body| serde_json::from_str::<Member>(&body).ok());
        Ok(held.is_some_and(|held| held.contact == *contact))
    }

    /// How many contacts there are.
    pub fn count(&self) -> Result<u64, Error> {
        let found: Option<i64> = self.one("SELECT count(*) FROM contacts", [])?;
        Ok(found.map_or(0, counted))
    }

    /// Contacts that a full reading did not come across, in order of their ids.
    pub fn not_seen_in(&self, full: u64) -> Result<Vec<IntercomId>, Error> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id FROM contacts WHERE full < ?1 ORDER BY id")
            .map_err(|source| broken(&self.path, source))?;
        let ids = query
            .query_map([count(full)], |row| row.get::<_, String>(0))
            .map_err(|source| broken(&self.path, source))?;
        ids.map(|id| id.map(|id| IntercomId(id.as_str().into())).map_err(|source| broken(&self.path, source))).collect()
    }

    /// Every contact with the time it was created in Unix seconds, in order of their ids.
    pub fn created(&self) -> Result<Vec<(IntercomId, Option<i64>)>, Error> {
        let damaged = |source| broken(&self.path, source);
        let sql = "SELECT id, json_extract(body, '$.contact.created_at') FROM contacts ORDER BY id";
        let mut query = self.connection.prepare(sql).map_err(damaged)?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).map_err(damaged)?;
        rows.map(|row| row.map(|(id, at)| (IntercomId(id.as_str().into()), at)).map_err(damaged)).collect()
    }

    /// Takes a contact out and keeps what became of it.
    pub fn remove(&mut self, id: &IntercomId, fate: &Fate, at: i64) -> Result<(), Error> {
        let into = match fate {
            Fate::Merged { into } => into.as_ref().map(|into| into.0.to_string()),
            Fate::Archived | Fate::Gone => None,
        };
        self.run(
            "INSERT OR REPLACE INTO departed (id, fate, merged_into, noticed_at, body)
             SELECT id, ?2, ?3, ?4, body FROM contacts WHERE id = ?1",
            params![&*id.0, fate.word(), into, at],
        )?;
        self.run("DELETE FROM contacts WHERE id = ?1", [&*id.0])
    }

    /// Contacts that went away, with the word for what became of them, in order of their ids.
    pub fn departed(&self) -> Result<Vec<(IntercomId, String)>, Error> {
        let damaged = |source| broken(&self.path, source);
        let mut query = self.connection.prepare("SELECT id, fate FROM departed ORDER BY id").map_err(damaged)?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).map_err(damaged)?;
        rows.map(|row| row.map(|(id, fate)| (IntercomId(id.as_str().into()), fate)).map_err(damaged)).collect()
    }

    /// Names of companies, by Intercom's id.
    pub fn companies(&self) -> Result<Vec<(String, String)>, Error> {
        let damaged = |source| broken(&self.path, source);
        let mut query = self.connection.prepare("SELECT id, name FROM companies ORDER BY id").map_err(damaged)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(damaged)?;
        rows.collect::<Result<_, _>>().map_err(damaged)
    }

    /// Keeps names of companies.
    pub fn put_companies<'a>(&mut self, names: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), Error> {
        let path = self.path.clone();
        let damaged = |source| broken(&path, source);
        let transaction = self.connection.transaction().map_err(damaged)?;
        for (id, name) in names {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO companies (id, name) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute([id, name]))
                .map_err(damaged)?;
        }
        transaction.commit().map_err(damaged)
    }

    /// Names of every custom attribute a contact has had.
    pub fn custom_names(&self) -> Result<BTreeSet<String>, Error> {
        let damaged = |source| broken(&self.path, source);
        let mut query = self.connection.prepare("SELECT name FROM custom_names").map_err(damaged)?;
        let rows = query.query_map([], |row| row.get(0)).map_err(damaged)?;
        rows.collect::<Result<_, _>>().map_err(damaged)
    }

    fn meta(&self, key: &str) -> Result<Option<String>, Error> {
        self.one("SELECT value FROM meta WHERE key = ?1", [key])
    }

    fn set_meta(&self, key: &str, value: &str) -> Result<(), Error> {
        self.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", [key, value])
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), Error> {
        self.connection.execute(sql, values).map(drop).map_err(|source| broken(&self.path, source))
    }
}

/// SQLite's refusal, as one of a mirror.
fn broken(path: &Path, source: rusqlite::Error) -> Error {
    match refused(path, source) {
        Error::NotAPlan { path } => Error::NotAMirror { path },
        other => other,
    }
}

impl Drop for Mirror {
    /// Leaves a single file, unless somebody reads it just now.
    fn drop(&mut self) {
        let _ = self.connection.execute_batch("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE;");
    }
}
