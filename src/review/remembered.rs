//! A file of decisions that hold for other plans: read by `plan`, added to by `review`.
//!
//! One JSON document a line, the first one names the format; readable by its owner only. Every answer is one write of one
//! line, durable before it counts, so that a killed process leaves whole lines and perhaps a torn last one, which was
//! never said to be saved and is passed over.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Error;
use crate::plan::Remembered;

/// The first line.
const SCHEMA: &str = "leadfold.decisions/1";

/// A file of decisions.
#[derive(Clone, Debug)]
pub struct DecisionsFile {
    path: PathBuf,
}

impl DecisionsFile {
    /// The file at this path; it need not exist yet.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All decisions, the oldest first; `None` when there is no such file yet.
    pub fn read(&self) -> Result<Option<Vec<Remembered>>, Error> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::DecisionsUnreadable { path: self.path.clone(), source }),
        };
        let wrong = |line: usize, problem: String| Error::DecisionsLine { path: self.path.clone(), line, problem };
        let mut lines = (1..).zip(text.split_inclusive('\n')).filter(|(_, line)| line.ends_with('\n'));
        let Some((_, first)) = lines.next() else { return Ok(Some(Vec::new())) };
        let schema: serde_json::Value = serde_json::from_str(first).unwrap_or_default();
        match schema.get("schema").and_then(serde_json::Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => return Err(wrong(1, format!("it has the format {other}, this version reads {SCHEMA}"))),
            None => return Err(wrong(1, "this is no file of decisions".to_owned())),
        }
        let decision = |(number, line): (usize, &str)| {
            let decision: Result<Remembered, _> = serde_json::from_str(line);
            decision.map_err(|error| wrong(number, format!("it cannot be understood at column {}", error.column())))
        };
        lines.map(decision).collect::<Result<_, _>>().map(Some)
    }

    /// Adds a decision, durably.
    pub fn add(&self, decision: &Remembered) -> Result<(), Error> {
        let failed = |source: io::Error| Error::DecisionsUnwritable { path: self.path.clone(), source };
        let line = serde_json::to_string(decision).map_err(|error| failed(error.into()))?;
        self.append(&line).map_err(failed)
    }

    fn append(&self, line: &str) -> io::Result<()> {
        let mut file = open_to_add(&self.path)?;
        file.lock()?;
        let end = whole_lines(&mut file)?;
        file.set_len(end)?;
        let head = if end == 0 { format!("{{\"schema\":\"{SCHEMA}\"}}\n") } else { String::new() };
        file.write_all(format!("{head}{line}\n").as_bytes())?;
        file.sync_data()
    }
}

/// Opens for adding; a new file is readable by its owner only.
fn open_to_add(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Bytes up to the end of the last whole line.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut end = length;
    let mut block = [0_u8; 4096];
    while end > 0 {
        let from = end.saturating_sub(4096);
        file.seek(SeekFrom::Start(from))?;
        let wanted = usize::try_from(end - from).unwrap_or(block.len()).min(block.len());
        let Some(read) = block.get_mut(..wanted) else { break };
        file.read_exact(read)?;
        if let Some(last) = read.iter().rposition(|byte| *byte == b'\n') {
            return Ok(from + u64::try_from(last).unwrap_or_default() + 1);
        }
        end = from;
    }
    Ok(0)
}
