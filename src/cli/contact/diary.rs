//! The diary of single writes: what was about to be changed, as it was, and what came of it.
//!
//! One file of JSON lines per workspace in the user's state folder, readable by its owner only. A line is written and
//! synced before each request that changes something and another after its answer, so that nothing a one-contact command
//! overwrites is lost and a request without an answer can be seen.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::Context;
use serde_json::{Value, json};

use crate::cli::state;

/// An open diary.
#[derive(Debug)]
pub(super) struct Diary {
    path: PathBuf,
    file: Mutex<File>,
}

impl Diary {
    /// Opens the workspace's diary, made when missing.
    pub(super) fn open(workspace: &str) -> anyhow::Result<Self> {
        let folder = state::folder("contacts");
        let path = folder.join(format!("{}.jsonl", state::file_name(workspace)));
        let cannot = || format!("{}: the diary of single writes cannot be opened", path.display());
        std::fs::create_dir_all(&folder).with_context(cannot)?;
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).with_context(cannot)?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    /// What is about to be sent, and the contacts it changes as they are.
    pub(super) fn intend(&self, what: &str, before: &[&Value]) -> anyhow::Result<()> {
        self.line(&json!({ "at": now(), "about_to": what, "before": before }))
    }

    /// What came of it.
    pub(super) fn outcome(&self, what: &str, outcome: &str) -> anyhow::Result<()> {
        self.line(&json!({ "at": now(), "did": what, "outcome": outcome }))
    }

    fn line(&self, line: &Value) -> anyhow::Result<()> {
        let cannot = || format!("{}: the diary of single writes cannot be written", self.path.display());
        let mut file = self.file.lock().map_err(|_| anyhow::anyhow!(cannot()))?;
        file.write_all(format!("{line}\n").as_bytes()).with_context(cannot)?;
        file.sync_data().with_context(cannot)
    }
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}
