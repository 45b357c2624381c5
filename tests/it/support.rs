//! The language the tests are told in.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The token every test uses; it must never appear in any output or file.
pub(crate) const TOKEN: &str = "dG9rOnRlc3Qtb25seQ-never-printed";

/// A folder with files, and a `leadfold` to run in it.
pub(crate) struct Desk {
    folder: TempDir,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file on the desk.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.at(name), content).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).unwrap()
    }

    /// The command, ready to run: no token, no settings of the machine.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leadfold"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("TMPDIR", std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        finish(self.command(arguments))
    }

    /// Runs against a workspace.
    pub(crate) fn run_on(&self, url: &str, arguments: &[&str]) -> Ran {
        finish(self.on(url, arguments))
    }

    /// Runs against a workspace; gives the most memory it held as well, in megabytes (0 where the system does not tell).
    pub(crate) fn measured_on(&self, url: &str, arguments: &[&str]) -> (Ran, u64) {
        let child = self.on(url, arguments).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let watch = std::thread::spawn(move || {
            let mut peak_kb = 0;
            // The file is there as long as the process is, and the figure only grows
            while let Some(seen) = std::fs::read_to_string(&status).ok().as_deref().and_then(peak_in) {
                peak_kb = seen;
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            peak_kb / 1024
        });
        let ran = ended(&child.wait_with_output().unwrap());
        (ran, watch.join().unwrap())
    }

    /// The command against a workspace.
    pub(crate) fn on(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env("LEADFOLD_API_URL", url).env("INTERCOM_ACCESS_TOKEN", TOKEN);
        command
    }

    /// Names of everything on the desk, hidden files included.
    pub(crate) fn listing(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// The peak in a process's status, in kilobytes.
fn peak_in(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

fn finish(mut command: Command) -> Ran {
    ended(&command.output().unwrap())
}

fn ended(output: &std::process::Output) -> Ran {
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN), "the token was printed");
    assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "escape codes without a terminal");
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

impl Ran {
    /// Demands an exit code, showing everything otherwise.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Demands that the messages say all of these.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(
                self.err.contains(word) || self.out.contains(word),
                "'{word}' is missing in\n{}\n{}",
                self.out,
                self.err
            );
        }
        self
    }
}

/// The labelled data sets, which are not part of the project; `None`, with a message, when they are not there.
pub(crate) fn data() -> Option<PathBuf> {
    let told = std::env::var_os("LEADFOLD_DATA").map(PathBuf::from);
    let folder = told.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no labelled data at {} (set LEADFOLD_DATA)", folder.display());
    None
}
