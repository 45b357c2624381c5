//! The house keeps its walls: who may import whom, what pure rooms must not touch, how long a file may be.

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 400;
/// What the module doc of a longer file has to say.
const LONGER_BECAUSE: &str = "Longer than 400 lines because";

/// For each room: the rooms it must never import.
const FORBIDDEN_ROOMS: &[(&str, &[&str])] = &[
    (
        "contact",
        &["ingest", "link", "plan", "store", "report", "review", "intercom", "apply", "sandbox", "config", "cli"],
    ),
    ("ingest", &["link", "intercom", "apply", "store", "sandbox", "review", "config", "cli"]),
    ("link", &["ingest", "intercom", "apply", "store", "sandbox", "review", "config", "cli"]),
    ("plan", &["intercom", "apply", "store", "sandbox", "review", "config", "cli"]),
    ("report", &["intercom", "apply", "store", "sandbox", "review", "config", "cli"]),
    ("store", &["sandbox", "config", "cli"]),
    ("review", &["sandbox", "config", "cli"]),
    ("intercom", &["ingest", "link", "plan", "sandbox", "config", "cli"]),
    ("apply", &["ingest", "link", "sandbox", "config", "cli"]),
    ("sandbox", &["intercom", "config", "cli"]),
    ("config", &["sandbox", "cli"]),
];

/// Crates and modules that only edges may touch.
const FORBIDDEN_IN_PURE: &[&str] = &[
    "tokio",
    "reqwest",
    "axum",
    "rusqlite",
    "std::fs",
    "std::env",
    "std::time::SystemTime",
    "std::time::Instant",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "clap",
    "anyhow",
];
const PURE_ROOMS: &[&str] = &["contact", "ingest", "link", "plan", "report"];

/// Crates only the command line may touch.
const FORBIDDEN_OUTSIDE_CLI: &[&str] = &["clap", "anyhow"];

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().to_owned();
                found.push((inside, text));
            }
        }
    }
    found.sort();
    found
}

fn room(path: &Path) -> &str {
    let first = path.iter().next().and_then(|part| part.to_str()).unwrap_or_default();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The code of a file: without comments, and without what follows the first `#[cfg(test)]` (tests stand last).
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
        .take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"))
}

/// Whether `line` names `what` as a path of its own: `tokio::spawn`, `use tokio`, not `my_tokio`.
fn names(line: &str, what: &str) -> bool {
    line.match_indices(what).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + what.len()..).and_then(|text| text.chars().next());
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let path = !what.contains("::") && !matches!(after, Some(':' | ';'));
        !inside(before) && !inside(after) && !path
    })
}

fn is_test_file(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "tests") || path.iter().any(|part| part == "tests")
}

fn violations(path: &Path, text: &str) -> Vec<String> {
    if is_test_file(path) {
        return Vec::new();
    }
    let room = room(path);
    let mut found = Vec::new();
    let forbidden = FORBIDDEN_ROOMS.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, rooms)| rooms);
    // A `use crate::{a, b};` over several lines is one statement, so the statement is looked at as a whole.
    let mut statement = String::new();
    for (number, line) in code(text) {
        let at = || format!("{}:{number}", path.display());
        for other in forbidden {
            if names(line, &format!("crate::{other}")) {
                found.push(format!("{}: {room} must not import {other}", at()));
            }
        }
        if line.contains("use crate::{") || !statement.is_empty() {
            statement.push_str(line);
            if line.contains(';') {
                for other in forbidden {
                    if statement.split(['{', '}', ',', ' ']).any(|part| part.split("::").next() == Some(other)) {
                        found.push(format!("{}: {room} must not import {other}", at()));
                    }
                }
                statement.clear();
            }
        }
        if PURE_ROOMS.contains(&room) {
            for what in FORBIDDEN_IN_PURE {
                if names(line, what) {
                    found.push(format!("{}: the pure room {room} must not touch {what}", at()));
                }
            }
        }
        if room != "cli" {
            for what in FORBIDDEN_OUTSIDE_CLI {
                if names(line, what) && !PURE_ROOMS.contains(&room) {
                    found.push(format!("{}: only cli may touch {what}", at()));
                }
            }
        }
        if room != "main" && names(line, "process::exit") {
            found.push(format!("{}: only main ends the process", at()));
        }
    }
    found
}

#[test]
fn no_room_imports_what_it_must_not() {
    let sources = sources();
    assert!(sources.len() > 40, "the sources were not found");
    let found: Vec<String> = sources.iter().flat_map(|(path, text)| violations(path, text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_rules_notice_every_kind_of_breach() {
    let cases = [
        ("contact/email.rs", "use crate::ingest::Source;", "contact must not import ingest"),
        ("link/score.rs", "use crate::{\n    contact::Record,\n    store::PlanFile,\n};", "link must not import store"),
        ("ingest/read.rs", "let link = crate::link::link(&records);", "ingest must not import link"),
        ("intercom/client.rs", "use crate::plan::Action;", "intercom must not import plan"),
        ("apply/executor.rs", "use crate::link::RecordIndex;", "apply must not import link"),
        ("sandbox/server.rs", "use crate::intercom::Client;", "sandbox must not import intercom"),
        ("plan/decide.rs", "let now = std::time::SystemTime::now();", "must not touch std::time::SystemTime"),
        ("report/html.rs", "std::fs::write(path, page)?;", "must not touch std::fs"),
        ("store/schema.rs", "use anyhow::Context;", "only cli may touch anyhow"),
        ("apply/undo.rs", "std::process::exit(1);", "only main ends the process"),
    ];
    for (path, text, expected) in cases {
        let found = violations(Path::new(path), text).join("\n");
        assert!(found.contains(expected), "{path}: {text}\nfound: {found}");
    }
    assert!(violations(Path::new("link/score.rs"), "use crate::contact::Record; // not crate::store").is_empty());
    assert!(violations(Path::new("cli/plan.rs"), "use anyhow::Context; use crate::store::PlanFile;").is_empty());
}

#[test]
fn no_file_is_longer_than_its_reader_can_hold() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > LONGEST_FILE && !text.contains(LONGER_BECAUSE))
        .map(|(path, text)| {
            format!("{}: {} lines; split it, or say why in its module doc", path.display(), text.lines().count())
        })
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The text of a theme's tests: one file, or a folder of them.
fn theme(root: &Path, module: &str) -> String {
    let folder = root.join("tests/it").join(module);
    let Ok(files) = fs::read_dir(&folder) else {
        return fs::read_to_string(folder.with_extension("rs")).unwrap_or_default();
    };
    files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// Tests named in the documentation, as `module::name`.
#[test]
fn every_test_the_documentation_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/intercom.md")).unwrap();
    let mut named = 0;
    for name in page.split('`').filter(|part| part.split("::").count() == 2 && !part.starts_with("Client::")) {
        let (module, test) = name.split_once("::").unwrap();
        assert!(theme(root, module).contains(&format!("fn {test}()")), "there is no test {name}");
        named += 1;
    }
    assert!(named > 70, "the table was not found");
    assert!(!page.to_lowercase().contains("not yet"), "an operation is not done yet");
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(path, text)| !text.starts_with("//!") && !is_test_file(path))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no module doc: {}", silent.join(", "));
}
