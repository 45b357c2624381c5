//! Writing a new plan file, whole or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Transaction};

use super::lock::{Lock, beside};
use super::value::refused;
use super::{Error, PlanFile};

/// Makes the database in a temporary file in the same folder, so that the rename at the end cannot cross file systems, and
/// lets `write` fill its tables; it is told the name of that file. On every failure the temporary file is removed and what was
/// at `path` before is still there.
pub(super) fn create<T>(
    path: &Path,
    write: impl FnOnce(&Transaction<'_>, &Path) -> Result<T, Error>,
) -> Result<T, Error> {
    let failed = |source: io::Error| Error::Io { path: path.to_owned(), source };
    if path.file_name().is_none() || path.is_dir() {
        return Err(failed(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    let folder = folder_of(path);
    // `tempfile` gives mode 0600 on Unix, which the plan keeps: it holds personal data.
    let temporary = tempfile::Builder::new()
        .prefix(".leadfold-")
        .suffix(".partial")
        .tempfile_in(&folder)
        .map_err(failed)?
        .into_temp_path();
    let written = fill(&temporary, write).map_err(|error| at(path, error))?;
    File::open(&temporary).and_then(|file| file.sync_all()).map_err(failed)?;

    let _lock = Lock::take(path)?;
    if PlanFile::open(path).and_then(|old| old.has_journal()).unwrap_or(false) {
        return Err(Error::WouldReplaceApplied { path: path.to_owned() });
    }
    // SQLite would take the leftovers of a former database for a part of the new one.
    for suffix in ["-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    temporary.persist(path).map_err(|error| failed(error.error))?;
    sync_folder(&folder).map_err(failed)?;
    Ok(written)
}

/// Neither a rollback journal nor syncing is needed for a file that is thrown away unless it becomes whole.
fn fill<T>(temporary: &Path, write: impl FnOnce(&Transaction<'_>, &Path) -> Result<T, Error>) -> Result<T, Error> {
    let refuse = |source| refused(temporary, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(temporary, flags).map_err(refuse)?;
    connection
        .execute_batch(
            "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
             PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;",
        )
        .map_err(refuse)?;
    connection.set_prepared_statement_cache_capacity(32);
    let transaction = connection.transaction().map_err(refuse)?;
    super::write::tables(&transaction).map_err(refuse)?;
    let written = write(&transaction, temporary)?;
    transaction.commit().map_err(refuse)?;
    connection.close().map_err(|(_, source)| refuse(source))?;
    Ok(written)
}

/// The folder a file is in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A rename is durable only once its folder is. Other systems than Unix cannot open a folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The same error, naming the plan instead of the temporary file.
fn at(target: &Path, error: Error) -> Error {
    let path = target.to_owned();
    match error {
        Error::Io { source, .. } => Error::Io { path, source },
        Error::Sqlite { source, .. } => Error::Sqlite { path, source },
        Error::Value { table, source, .. } => Error::Value { path, table, source },
        Error::RowsLost { .. } => Error::RowsLost { path },
        other => other,
    }
}
