//! Opening files to read and writing files whole or not at all, with messages that name them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, anyhow, bail};

use crate::ingest::{Again, Once, Seekable};

/// Temporary files that exist right now, so that a signal can remove them.
static TEMPORARIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Opens an input; `-` is standard input.
pub(super) fn open_input(path: &Path) -> anyhow::Result<Box<dyn Again>> {
    if path == Path::new("-") {
        return Ok(Box::new(Once::new(io::stdin())));
    }
    let shown = path.display();
    let metadata = std::fs::metadata(path).with_context(|| format!("{shown}: cannot be opened; check the name"))?;
    if metadata.is_dir() {
        bail!("{shown}: this is a folder; name the CSV files in it, for instance {shown}/*.csv");
    }
    let file = File::open(path).with_context(|| format!("{shown}: cannot be opened"))?;
    // A named pipe gives its bytes once
    Ok(if metadata.is_file() { Box::new(Seekable(file)) } else { Box::new(Once::new(file)) })
}

/// The name an input is called by: the file's name without folders.
pub(super) fn input_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Writes a file whole or not at all, readable by its owner only. `-` writes to standard output.
pub(super) fn write_whole<E: Into<anyhow::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> anyhow::Result<()> {
    if path == Path::new("-") {
        let mut out = BufWriter::new(io::stdout());
        write(&mut out).map_err(Into::into)?;
        return Ok(out.flush()?);
    }
    let shown = path.display();
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let cannot = || format!("{shown}: cannot be written");
    // tempfile makes the file with mode 0600.
    let temporary = tempfile::Builder::new().prefix(".leadfold-").tempfile_in(folder).with_context(cannot)?;
    remember(temporary.path());
    let result = (|| -> anyhow::Result<()> {
        let mut out = BufWriter::new(temporary.as_file());
        write(&mut out).map_err(Into::into)?;
        out.flush()?;
        drop(out);
        Ok(temporary.as_file().sync_all()?)
    })();
    let temporary_path = temporary.path().to_owned();
    let persisted =
        result.and_then(|()| Ok(temporary.persist(path).map_err(|error| error.error)?)).with_context(cannot);
    forget(&temporary_path);
    persisted.map(drop)
}

fn remember(path: &Path) {
    if let Ok(mut paths) = TEMPORARIES.lock() {
        paths.push(path.to_owned());
    }
}

fn forget(path: &Path) {
    if let Ok(mut paths) = TEMPORARIES.lock() {
        paths.retain(|other| other != path);
    }
}

/// Removes the temporary files of a run that a signal ended.
pub(super) fn remove_temporaries() {
    let Ok(paths) = TEMPORARIES.lock() else { return };
    for path in paths.iter() {
        drop(std::fs::remove_file(path));
    }
}

/// A path beside another with another extension: `web.plan` → `web.html`.
pub(super) fn beside(path: &Path, extension: &str) -> PathBuf {
    path.with_extension(extension)
}

/// Makes sure an output's folder is there before long work begins.
pub(super) fn check_folder_of(path: &Path) -> anyhow::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(anyhow!("{}: the folder {} does not exist; make it first", path.display(), folder.display()))
        }
        _ => Ok(()),
    }
}
