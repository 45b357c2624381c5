//! What can be wrong with a configuration.

/// Every message names the place and says what is allowed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file is no valid TOML, or has a key or a value that does not exist.
    #[error("{origin}: {message}")]
    Invalid {
        /// The file, variable or flag.
        origin: String,
        /// What is wrong, with line and column for a file.
        message: String,
    },
}
