//! Why a plan file cannot be written, opened or trusted.

use std::path::PathBuf;

/// Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is not there.
    #[error("{path}: there is no such plan; make one with `leadfold plan`", path = .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is no plan.
    #[error("{path}: this is not a leadfold plan", path = .path.display())]
    NotAPlan {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer leadfold.
    #[error("{path}: the plan has format {found}, this leadfold reads up to {known}; use the leadfold that made it or a newer one", path = .path.display())]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format version.
        found: i64,
        /// The newest this program reads.
        known: i64,
    },
    /// The content does not match its seal.
    #[error("{path}: the plan was changed after it was made, so it will not be applied; make it again with `leadfold plan`", path = .path.display())]
    Edited {
        /// The file.
        path: PathBuf,
    },
    /// The disk or the folder refused.
    #[error("{path}: cannot be written: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is there but cannot be opened.
    #[error("{path}: cannot be read: {source}", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The new plan would replace one that was applied.
    #[error("{path}: there is a plan here that was applied; `leadfold undo` needs what it recorded, so it is not replaced; move it away or choose another name", path = .path.display())]
    WouldReplaceApplied {
        /// The file.
        path: PathBuf,
    },
    /// The temporary file of a run could not be made, written or read.
    #[error("{folder}: the temporary file of this run cannot be used: {source}; make room there, name another folder with --temporary-folder, or allow more memory with --memory-limit; no plan was written", folder = .folder.display())]
    Scratch {
        /// The folder it is in.
        folder: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Rows that were set aside did not come back.
    #[error("{path}: not written, because rows that were set aside in a temporary file cannot be read back", path = .path.display())]
    RowsLost {
        /// The plan that was to be written.
        path: PathBuf,
    },
    /// SQLite refused.
    #[error("{path}: the plan file is damaged or cannot be used: {source}", path = .path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// SQLite's reason.
        source: rusqlite::Error,
    },
    /// A stored value cannot be read.
    #[error("{path}: table {table} holds a value that cannot be read: {source}", path = .path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The reason.
        source: serde_json::Error,
    },
    /// Another process holds the plan.
    #[error("{path}: another leadfold is working on this plan; wait for it to end, then try again", path = .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Another process reads a workspace into the mirror, or from it.
    #[error("{path}: another leadfold is working with this mirror; wait for it to end, then try again", path = .path.display())]
    MirrorInUse {
        /// The file.
        path: PathBuf,
    },
    /// The plan has a journal already, so what it does is settled.
    #[error("{path}: this plan has been applied, at least in part, so it cannot be decided anew; make a new one with `leadfold plan`", path = .path.display())]
    Applied {
        /// The file.
        path: PathBuf,
    },
    /// The plan is bound to another workspace.
    #[error("{path}: the plan belongs to workspace {bound}, not to {asked}; use the token of workspace {bound} or make a new plan", path = .path.display())]
    OtherWorkspace {
        /// The file.
        path: PathBuf,
        /// The workspace it is bound to.
        bound: String,
        /// The workspace it was to be bound to.
        asked: String,
    },
    /// The file is no mirror.
    #[error("{path}: this is not a leadfold mirror, so it is left alone; choose another file with --mirror", path = .path.display())]
    NotAMirror {
        /// The file.
        path: PathBuf,
    },
    /// The mirror is of another workspace.
    #[error("{path}: the mirror is of workspace {bound}, not of {asked}; choose another file with --mirror", path = .path.display())]
    OtherMirror {
        /// The file.
        path: PathBuf,
        /// The workspace it is of.
        bound: String,
        /// The workspace that was asked for.
        asked: String,
    },
    /// Written by a newer leadfold.
    #[error("{path}: the mirror has format {found}, this leadfold reads up to {known}; choose another file with --mirror, or delete it and pull again", path = .path.display())]
    NewerMirror {
        /// The file.
        path: PathBuf,
        /// Its format version.
        found: i64,
        /// The newest this program reads.
        known: i64,
    },
}
