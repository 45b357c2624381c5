//! The log: on standard error for people, and as JSON lines in a file for collectors.
//!
//! The file is readable by its owner only and set aside by size: `FILE` becomes `FILE.1`, `FILE.1` becomes `FILE.2`, up to five.
//! What is logged at the level of information holds counts and ids, never what contacts hold.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// A log file is set aside when it would grow beyond this.
const LARGEST_BYTES: u64 = 10 * 1024 * 1024;
/// Files set aside that are kept.
const KEPT: usize = 5;

/// What to log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// Only errors on standard error.
    pub(super) quiet: bool,
    /// How often `-v` was given.
    pub(super) verbose: u8,
    /// The file.
    pub(super) file: Option<&'a Path>,
}

/// Starts the log: warnings on standard error, with `-v` what is done, with `-vv` every request.
pub(super) fn start(wanted: Wanted<'_>) -> anyhow::Result<()> {
    let level = match (wanted.quiet, wanted.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "leadfold=info",
        (false, _) => "leadfold=debug",
    };
    let filter = EnvFilter::try_from_env("LEADFOLD_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    // Without colours: the library is built without them, and asking for them all the same ends the program
    let terminal =
        fmt::layer().with_writer(io::stderr).with_ansi(false).without_time().with_target(false).with_filter(filter);
    let file = wanted.file.map(RotatingFile::open).transpose()?.map(|file| {
        let level = if wanted.verbose > 1 { "leadfold=debug" } else { "leadfold=info" };
        fmt::layer().json().flatten_event(true).with_writer(Mutex::new(file)).with_filter(EnvFilter::new(level))
    });
    // A second start (in tests of the library) keeps the first log
    drop(tracing_subscriber::registry().with(terminal).with(file).try_init());
    Ok(())
}

/// A file that is set aside when it is full.
#[derive(Debug)]
struct RotatingFile {
    path: PathBuf,
    file: File,
    written: u64,
    largest: u64,
}

impl RotatingFile {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("{}: the log cannot be written", path.display());
        let file = append(path).with_context(cannot)?;
        let written = file.metadata().with_context(cannot)?.len();
        Ok(Self { path: path.to_owned(), file, written, largest: LARGEST_BYTES })
    }

    fn set_aside(&mut self) -> io::Result<()> {
        for number in (1..KEPT).rev() {
            let from = numbered(&self.path, number);
            if from.exists() {
                std::fs::rename(from, numbered(&self.path, number + 1))?;
            }
        }
        std::fs::rename(&self.path, numbered(&self.path, 1))?;
        self.file = append(&self.path)?;
        self.written = 0;
        Ok(())
    }
}

impl Write for RotatingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let size = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.written > 0 && self.written.saturating_add(size) > self.largest {
            self.set_aside()?;
        }
        // One write a line, so that two processes with one log do not mix within lines
        self.file.write_all(line)?;
        self.written = self.written.saturating_add(size);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_set_aside_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = RotatingFile::open(&path).unwrap();
        log.largest = 20;
        for number in 0..20 {
            log.write_all(format!("line number {number:02}\n").as_bytes()).unwrap();
        }
        let read = |path: &Path| std::fs::read_to_string(path).unwrap();
        assert_eq!(read(&path), "line number 19\n");
        assert_eq!(read(&numbered(&path, 1)), "line number 18\n");
        assert_eq!(read(&numbered(&path, KEPT)), "line number 14\n");
        assert!(!numbered(&path, KEPT + 1).exists());
        // What was there before counts
        drop(log);
        assert_eq!(RotatingFile::open(&path).unwrap().written, 15);
    }
}
