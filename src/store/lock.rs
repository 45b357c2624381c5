//! One process at a time may write a plan's journal.
//!
//! The lock is an advisory lock on a file of its own beside the plan, `NAME.lock`, which the system releases when the
//! process ends in whatever way. It is not on the plan itself: on some systems such a lock would stop SQLite's readers,
//! and on others closing it would drop SQLite's own locks.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::Error;

/// Held as long as the value lives. Removes its file at the end.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock of the plan at `plan`, or says at once that another process has it.
    pub(super) fn take(plan: &Path) -> Result<Self, Error> {
        let path = beside(plan, ".lock");
        loop {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(|source| Error::Io { path: path.clone(), source })?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(Error::Locked { path: plan.to_owned() }),
                Err(TryLockError::Error(source)) => return Err(Error::Io { path, source }),
            }
            // The former holder may have removed the file between our opening and locking it; then another process
            // could lock a new file of the same name. Only the file that is still there counts.
            if is_still_there(&file, &path) {
                return Ok(Self { path, file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while still locked, so that nobody can take a file that is about to vanish.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// The path of a file that belongs to a plan: its name with something added.
pub(super) fn beside(plan: &Path, suffix: &str) -> PathBuf {
    let mut name = plan.file_name().map_or_else(OsString::new, OsString::from);
    name.push(suffix);
    plan.with_file_name(name)
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => ours.dev() == there.dev() && ours.ino() == there.ino(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still_there(_file: &File, path: &Path) -> bool {
    path.exists()
}
