//! What kind of pretend workspace to start.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::clock::{Clock, SystemClock};
use super::error::Error;
use super::faults::Faults;

/// Requests per ten-second window of a private app today: 10,000 a minute.
pub const DEFAULT_LIMIT_PER_WINDOW: u64 = 1667;

/// A CSV that fills the workspace before it opens.
#[derive(Debug, Clone)]
pub struct Seed {
    /// For error messages.
    pub name: String,
    /// The file's content.
    pub bytes: Vec<u8>,
    /// `"lead"` or `"user"` for rows that do not say; without it, rows with an external id are users.
    pub default_role: Option<SeedRole>,
}

/// The role of seeded rows that do not name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedRole {
    /// Leads.
    Lead,
    /// Users.
    User,
}

/// Settings of a sandbox. The default is an empty, healthy workspace on any free port.
#[derive(Clone)]
pub struct Options {
    /// 0 = any free port.
    pub port: u16,
    /// Accepted bearer tokens; empty = any token.
    pub tokens: Vec<String>,
    /// What `/me` says: `US`, `EU` or `AU`.
    pub region: String,
    /// The workspace's `id_code`.
    pub workspace_id: String,
    /// The workspace's name.
    pub workspace_name: String,
    /// Decides where days begin in a search.
    pub timezone: String,
    /// Spoken when a request names no `Intercom-Version`: `1.0` to `1.4`, `2.0` to `2.17`, or `Preview`.
    pub default_version: String,
    /// Whether callers of the preview version find bulk jobs, merge previews and merges of two users.
    pub preview: bool,
    /// Requests let through per ten-second window.
    pub limit_per_window: u64,
    /// How long a new or changed contact is unknown to search.
    pub search_lag: Duration,
    /// What goes wrong.
    pub faults: Faults,
    /// Read in order before the first request.
    pub seeds: Vec<Seed>,
    /// Every request with its body is written to this new file, one JSON object a line.
    pub record: Option<PathBuf>,
    /// The server's clock.
    pub clock: Arc<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            tokens: Vec::new(),
            region: "US".to_owned(),
            workspace_id: "sandbox1".to_owned(),
            workspace_name: "Leadfold sandbox".to_owned(),
            timezone: "UTC".to_owned(),
            default_version: "2.14".to_owned(),
            preview: false,
            limit_per_window: DEFAULT_LIMIT_PER_WINDOW,
            search_lag: Duration::ZERO,
            faults: Faults::default(),
            seeds: Vec::new(),
            record: None,
            clock: Arc::new(SystemClock::default()),
        }
    }
}

impl Options {
    /// Adds a CSV to fill the workspace with.
    pub fn seed_csv(mut self, name: impl Into<String>, mut reader: impl Read) -> Result<Self, Error> {
        let mut seed = Seed { name: name.into(), bytes: Vec::new(), default_role: None };
        match reader.read_to_end(&mut seed.bytes) {
            Ok(_) => self.seeds.push(seed),
            Err(source) => return Err(Error::SeedInput { name: seed.name, source }),
        }
        Ok(self)
    }
}
