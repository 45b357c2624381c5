//! One run at a time per workspace. The lock is the operating system's, so it vanishes with the process.

use std::fs::{File, OpenOptions, TryLockError};

use anyhow::Context;

use super::state;

/// Holds the lock of a workspace until it is dropped.
#[derive(Debug)]
pub(super) struct WorkspaceLock {
    _file: File,
}

/// Another run works on the same workspace.
#[derive(Debug, thiserror::Error)]
#[error("another leadfold works on workspace {workspace} right now; wait until it has ended, then run this again")]
pub(super) struct Held {
    workspace: String,
}

impl WorkspaceLock {
    /// Takes the lock or fails at once.
    pub(super) fn take(workspace: &str) -> anyhow::Result<Self> {
        let folder = state::folder("locks");
        let path = folder.join(format!("{}.lock", state::file_name(workspace)));
        let cannot = || format!("{}: the workspace's lock cannot be made", path.display());
        std::fs::create_dir_all(&folder).with_context(cannot)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Held { workspace: workspace.to_owned() }.into()),
            Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
        }
    }
}
