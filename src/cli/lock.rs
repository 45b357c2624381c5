//! One run at a time per workspace. The lock is the operating system's, so it vanishes with the process.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;

use anyhow::Context;

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
        let folder = folder();
        let name: String = workspace.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let path = folder.join(format!("{name}.lock"));
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

fn folder() -> PathBuf {
    use etcetera::BaseStrategy;
    let own = etcetera::choose_base_strategy()
        .ok()
        .map(|strategy| strategy.state_dir().unwrap_or_else(|| strategy.cache_dir()).join("leadfold").join("locks"));
    own.unwrap_or_else(|| std::env::temp_dir().join("leadfold-locks"))
}
