//! Why a sandbox could not start.

use std::path::PathBuf;

/// What went wrong, and where.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port is taken or not allowed.
    #[error("the sandbox cannot listen on 127.0.0.1:{port}: choose another port, or 0 for any free one")]
    Bind {
        /// The wanted port.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// A seed file is no CSV.
    #[error("the seed {name} cannot be read as CSV")]
    Seed {
        /// The seed's name.
        name: String,
        /// What the reader said.
        source: csv::Error,
    },
    /// A seed file could not be read at all.
    #[error("the seed {name} cannot be read")]
    SeedInput {
        /// The seed's name.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file for the record cannot be made.
    #[error("the record cannot be written to {}: name a file that is not there yet", path.display())]
    Record {
        /// The wanted file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No such time zone.
    #[error("there is no time zone named {0}: use a name like UTC or Europe/Berlin")]
    Timezone(String),
    /// No such API version.
    #[error("there is no API version {0}: use one like 1.4, 2.14 or 2.16")]
    Version(String),
}
