//! A temporary file for what a run does not need in memory at once.
//!
//! Owns a file without a name (it is gone when the run ends, however it ends) and the first error of using it. Phases
//! write and read it through [`Scratch`]; whoever made it asks [`ScratchFile::check`] after each phase and before a plan is
//! kept. It holds contacts, so only the owner may read it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Error;
use crate::contact::{Place, Scratch};

/// A temporary file.
#[derive(Debug)]
pub struct ScratchFile {
    file: File,
    folder: PathBuf,
    end: AtomicU64,
    failed: OnceLock<io::Error>,
    #[cfg(not(unix))]
    turn: std::sync::Mutex<()>,
}

impl ScratchFile {
    /// Makes a file in a folder, for the owner only, which nobody else can open by a name.
    pub fn new_in(folder: &Path) -> Result<Self, Error> {
        let file =
            tempfile::tempfile_in(folder).map_err(|source| Error::Scratch { folder: folder.to_owned(), source })?;
        Ok(Self {
            file,
            folder: folder.to_owned(),
            end: AtomicU64::new(0),
            failed: OnceLock::new(),
            #[cfg(not(unix))]
            turn: std::sync::Mutex::new(()),
        })
    }

    /// The first error there was: what was decided with this scratch must not be kept then.
    pub fn check(&self) -> Result<(), Error> {
        match self.failed.get() {
            None => Ok(()),
            Some(source) => Err(Error::Scratch { folder: self.folder.clone(), source: again(source) }),
        }
    }

    /// Bytes written so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.end.load(Ordering::Relaxed)
    }

    fn remember<T>(&self, result: io::Result<T>) -> Option<T> {
        result.map_err(|error| self.failed.set(error)).ok()
    }

    #[cfg(unix)]
    fn write_at(&self, bytes: &[u8], start: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.file, bytes, start)
    }

    #[cfg(unix)]
    fn read_at(&self, bytes: &mut [u8], start: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, bytes, start)
    }

    #[cfg(not(unix))]
    fn write_at(&self, bytes: &[u8], start: u64) -> io::Result<()> {
        use std::io::{Seek as _, Write as _};
        let _turn = self.turn.lock();
        (&self.file).seek(io::SeekFrom::Start(start))?;
        (&self.file).write_all(bytes)
    }

    #[cfg(not(unix))]
    fn read_at(&self, bytes: &mut [u8], start: u64) -> io::Result<()> {
        use std::io::{Read as _, Seek as _};
        let _turn = self.turn.lock();
        (&self.file).seek(io::SeekFrom::Start(start))?;
        (&self.file).read_exact(bytes)
    }
}

/// The same error once more, as far as a message goes.
fn again(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error)
}

impl Scratch for ScratchFile {
    fn put(&self, bytes: &[u8]) -> Option<Place> {
        if self.failed() {
            return None;
        }
        let start = self.end.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.remember(self.write_at(bytes, start))?;
        Some(Place::new(start, bytes.len()))
    }

    fn get(&self, place: Place, into: &mut Vec<u8>) -> bool {
        into.clear();
        if self.failed() {
            return false;
        }
        into.resize(place.length(), 0);
        if self.remember(self.read_at(into, place.start())).is_none() {
            into.clear();
            return false;
        }
        true
    }

    fn failed(&self) -> bool {
        self.failed.get().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_comes_back_in_any_order_and_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = ScratchFile::new_in(folder.path()).unwrap();
        let places: Vec<Place> = (0..100_u8).map(|byte| scratch.put(&[byte; 77]).unwrap()).collect();
        let mut bytes = vec![1, 2, 3];
        for (byte, place) in (0..100_u8).zip(&places).rev() {
            assert!(scratch.get(*place, &mut bytes));
            assert_eq!(bytes, [byte; 77]);
        }
        assert!(scratch.get(places[9].part(70, 7).unwrap(), &mut bytes));
        assert_eq!((bytes, scratch.bytes()), (vec![9; 7], 7_700));
        scratch.check().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it has no name");
    }

    #[test]
    fn threads_do_not_write_over_one_another() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = ScratchFile::new_in(folder.path()).unwrap();
        let put = |byte: u8| (0..50).map(|_| scratch.put(&[byte; 33]).unwrap()).collect::<Vec<_>>();
        let places = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|byte| scope.spawn(move || put(byte))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        let mut bytes = Vec::new();
        for (byte, places) in (0..4).zip(places) {
            assert!(places.into_iter().all(|place| scratch.get(place, &mut bytes) && bytes == [byte; 33]));
        }
    }

    #[test]
    fn the_first_error_is_kept_and_nothing_is_given_back_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = ScratchFile::new_in(folder.path()).unwrap();
        let place = scratch.put(b"abc").unwrap();
        let mut bytes = Vec::new();
        assert!(!scratch.get(Place::new(1, 3), &mut bytes));
        assert!(scratch.failed() && bytes.is_empty());
        assert!(!scratch.get(place, &mut bytes) && scratch.put(b"d").is_none());
        let told = scratch.check().unwrap_err().to_string();
        assert_eq!(
            told.replace(&folder.path().display().to_string(), "FOLDER"),
            "FOLDER: the temporary file of this run cannot be used: failed to fill whole buffer; make room there, name \
             another folder with --temporary-folder, or allow more memory with --memory-limit; no plan was written"
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_at_once() {
        assert!(ScratchFile::new_in(Path::new("/nowhere/at/all")).unwrap_err().to_string().contains("/nowhere/at/all"));
    }
}
