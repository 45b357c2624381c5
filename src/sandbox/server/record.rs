//! Writing down every request with its body, to replay it elsewhere: one JSON object a line, readable by the owner only.
//!
//! Tokens are left out; everything else is there, people's data included. A line is on disk before its answer leaves.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde_json::{Value, json};

/// Headers that decide what a request means.
const HEADERS: [&str; 3] = ["intercom-version", "accept", "content-type"];

/// The file, and what went wrong with it first.
#[derive(Debug)]
pub(super) struct Recorder(Mutex<(File, Option<io::ErrorKind>)>);

impl Recorder {
    /// Makes the file; one that is there already is left alone.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self(Mutex::new((options.open(path)?, None))))
    }

    /// Adds one request and the status of its answer. A failure is kept, to be shown by [`Self::failure`].
    pub(super) fn write(&self, number: u64, head: &Parts, body: &[u8], status: Option<u16>) {
        let mut line = json!({
            "number": number,
            "method": head.method.as_str(),
            "path": head.uri.path_and_query().map_or("", |path| path.as_str()),
            "headers": headers(&head.headers),
            "body": readable(body),
            "status": status,
        })
        .to_string();
        line.push('\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.0.write_all(line.as_bytes()) {
            file.1.get_or_insert(error.kind());
        }
    }

    /// Why the record has a gap.
    pub(super) fn failure(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.map(|kind| kind.to_string())
    }
}

fn headers(all: &HeaderMap) -> Value {
    let named = HEADERS.iter().filter_map(|name| Some((name, all.get(*name)?.to_str().ok()?)));
    named.map(|(name, value)| ((*name).to_owned(), Value::from(value))).collect()
}

/// JSON as it is, anything else as text, nothing as `null`.
fn readable(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body)))
}
