//! Where nights are kept: one folder a workspace, in it the history, people's decisions, and a folder a night.
//!
//! `history.jsonl` has a line a night and is never pruned; `nights/NAME` holds the plan, the report and the exports, and only
//! the newest are kept. Everything is readable by its owner only. A line torn by a power cut is passed over.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::record::Night;
use crate::cli::{file, state};

/// The plan in a night's folder.
pub(in crate::cli) const PLAN: &str = "night.plan";

/// The folder of a workspace's nights.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Nights {
    root: PathBuf,
}

impl Nights {
    /// The folder that was told, else the workspace's own in the user's state folder.
    pub(in crate::cli) fn of(told: Option<&str>, workspace: &str) -> Self {
        let own = || state::folder("clean").join(state::file_name(workspace));
        Self { root: told.map_or_else(own, PathBuf::from) }
    }

    /// A folder that is there already.
    pub(in crate::cli) fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// Every workspace that has nights in the user's state folder, by name.
    pub(in crate::cli) fn known() -> Vec<(String, Self)> {
        let mut found: Vec<(String, Self)> = std::fs::read_dir(state::folder("clean"))
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                entry.path().join("history.jsonl").is_file().then(|| (name, Self { root: entry.path() }))
            })
            .collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }

    /// Where it is.
    pub(in crate::cli) fn root(&self) -> &Path {
        &self.root
    }

    fn nights(&self) -> PathBuf {
        self.root.join("nights")
    }

    /// Where a night is kept.
    pub(in crate::cli) fn night(&self, run: &str) -> PathBuf {
        self.nights().join(run)
    }

    /// Makes the folder of a new night and gives its name: the time, with a number when there is one of that second already.
    pub(in crate::cli) fn begin(&self, at: jiff::Timestamp) -> anyhow::Result<String> {
        make(&self.root)?;
        make(&self.nights())?;
        let time = at.strftime("%Y-%m-%dT%H-%M-%SZ").to_string();
        for number in 1..=99 {
            let run = if number == 1 { time.clone() } else { format!("{time}-{number}") };
            let path = self.night(&run);
            match std::fs::create_dir(&path) {
                Ok(()) => return owner_only(&path).map(|()| run),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("{}: the night's folder cannot be made", path.display()));
                }
            }
        }
        anyhow::bail!("{}: a hundred nights began in one second; is the clock right?", self.root.display())
    }

    /// Names of the nights that are kept, the oldest first.
    pub(in crate::cli) fn kept(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.nights())
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()))
            .collect();
        names.sort();
        names
    }

    /// The newest night that has a plan.
    pub(in crate::cli) fn newest_plan(&self) -> Option<PathBuf> {
        self.kept().iter().rev().map(|run| self.night(run).join(PLAN)).find(|plan| plan.is_file())
    }

    /// Where people's decisions are kept, unless the settings name another file.
    pub(in crate::cli) fn decisions(&self) -> PathBuf {
        self.root.join("decisions")
    }

    /// Removes all but the newest `keep` nights; `current` always stays.
    pub(in crate::cli) fn prune(&self, keep: usize, current: &str) -> anyhow::Result<usize> {
        let kept = self.kept();
        let surplus = kept.len().saturating_sub(keep.max(1));
        let mut removed = 0;
        for run in kept.iter().take(surplus).filter(|run| *run != current) {
            let path = self.night(run);
            std::fs::remove_dir_all(&path)
                .with_context(|| format!("{}: an old night cannot be removed", path.display()))?;
            removed += 1;
        }
        Ok(removed)
    }

    /// All nights of the history, the oldest first.
    pub(in crate::cli) fn history(&self) -> anyhow::Result<Vec<Night>> {
        let path = self.root.join("history.jsonl");
        let mut text = String::new();
        match File::open(&path).and_then(|mut file| file.read_to_string(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(|| format!("{}: cannot be read", path.display())),
        }
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Adds a night to the history, durably.
    pub(in crate::cli) fn note(&self, night: &Night) -> anyhow::Result<()> {
        let path = self.root.join("history.jsonl");
        let cannot = || format!("{}: the history cannot be written", path.display());
        let mut options = OpenOptions::new();
        options.create(true).append(true).read(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(cannot)?;
        let line = serde_json::to_string(night)?;
        // A torn line before this one must not swallow it
        let start = if ends_whole(&mut file) { "" } else { "\n" };
        file.write_all(format!("{start}{line}\n").as_bytes()).with_context(cannot)?;
        file.sync_data().with_context(cannot)
    }

    /// A small document that is replaced every night; nothing when it is missing or cannot be read.
    pub(in crate::cli) fn recollect<T: serde::de::DeserializeOwned + Default>(&self, name: &str) -> T {
        let text = std::fs::read_to_string(self.root.join(name)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Replaces such a document.
    pub(in crate::cli) fn keep(&self, name: &str, document: &impl serde::Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_string(document)?;
        file::write_whole(&self.root.join(name), |out| writeln!(out, "{text}"))
    }

    /// Lets `latest` point at a night, where links exist.
    pub(in crate::cli) fn point_at(&self, run: &str) {
        #[cfg(unix)]
        {
            let (link, next) = (self.root.join("latest"), self.root.join(".latest"));
            drop(std::fs::remove_file(&next));
            // Only a convenience: whoever cannot have it finds the night by its name
            if std::os::unix::fs::symlink(Path::new("nights").join(run), &next).is_ok() {
                drop(std::fs::rename(&next, &link));
            }
        }
        #[cfg(not(unix))]
        let _ = run;
    }
}

fn ends_whole(file: &mut File) -> bool {
    use std::io::{Seek, SeekFrom};
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(-1)).is_ok() {
        drop(file.read_exact(&mut last));
    }
    last == [b'\n']
}

fn make(path: &Path) -> anyhow::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(path)
        .with_context(|| format!("{}: the folder of nights cannot be made", path.display()))?;
    owner_only(path)
}

/// Plans and reports hold contacts.
fn owner_only(path: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
            .with_context(|| format!("{}: cannot be closed to others", path.display()))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nights() -> (tempfile::TempDir, Nights) {
        let folder = tempfile::TempDir::new().unwrap();
        let nights = Nights::at(folder.path().join("w"));
        (folder, nights)
    }

    fn at(seconds: i64) -> jiff::Timestamp {
        jiff::Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn two_nights_of_one_second_have_two_names_and_only_the_newest_are_kept() {
        let (_folder, nights) = nights();
        let runs: Vec<String> = [0, 0, 60, 120].iter().map(|second| nights.begin(at(*second)).unwrap()).collect();
        assert_eq!(runs[..2], ["1970-01-01T00-00-00Z", "1970-01-01T00-00-00Z-2"]);
        assert_eq!(nights.prune(2, &runs[3]).unwrap(), 2);
        assert_eq!(nights.kept(), runs[2..]);
        assert_eq!(nights.prune(0, &runs[3]).unwrap(), 1, "the night itself always stays");
    }

    #[test]
    fn a_torn_line_costs_that_night_only() {
        let (_folder, nights) = nights();
        nights.begin(at(0)).unwrap();
        let night = |run: &str| Night { run: run.to_owned(), ..Night::default() };
        nights.note(&night("one")).unwrap();
        let path = nights.root().join("history.jsonl");
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"run\":\"tw").unwrap();
        nights.note(&night("three")).unwrap();
        let runs: Vec<String> = nights.history().unwrap().into_iter().map(|night| night.run).collect();
        assert_eq!(runs, ["one", "three"]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, nights) = nights();
        let run = nights.begin(at(0)).unwrap();
        nights.note(&Night::default()).unwrap();
        for path in [nights.root().to_owned(), nights.night(&run), nights.root().join("history.jsonl")] {
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o077, 0);
        }
    }
}
