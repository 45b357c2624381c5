//! Every exit code of the book's table, provoked.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::path::Path;

use leadfold::sandbox::{Fault, FaultRule, Faults, Options};

use crate::support::Desk;
use crate::workspace::Workspace;

const TWINS: &str = "id,role,email,name\n\
    000000000000000000000001,lead,ada@example.com,Ada Lovelace\n\
    000000000000000000000002,lead,ada@example.com,Ada Lovelace\n";

/// The codes of the table in `docs/exit-codes.md`.
fn documented() -> BTreeSet<i32> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/exit-codes.md");
    let text = std::fs::read_to_string(page).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok()).collect()
}

#[test]
fn every_code_of_the_table_can_be_had() {
    let desk = Desk::new();
    let workspace = Workspace::seeded(TWINS);
    let url = workspace.url();
    desk.file("list.csv", "email,name\nada@example.com,Ada Lovelace\n");
    desk.file("broken.csv", "email,name\nada@example.com,Ada,Lovelace,far,too,many\ngrace@example.com,Grace Hopper\n");
    let mut provoked = BTreeSet::new();
    let mut ends = |code: i32, ran: crate::support::Ran| {
        ran.ends_with(code);
        provoked.insert(code);
    };
    ends(0, desk.run(&["check", "list.csv"]));
    ends(1, desk.run(&["check", "missing.csv"]));
    ends(2, desk.run(&["check", "list.csv", "--no-such-flag"]));
    ends(3, desk.run(&["check", "broken.csv"]));
    ends(4, desk.run_on(&url, &["plan", "--pull", "--max-archive", "0", "-o", "clean.plan", "--no-report"]));
    let other = Workspace::start(Options { workspace_id: "other".into(), ..Workspace::options() });
    ends(5, desk.run_on(&other.url(), &["apply", "clean.plan", "--yes"]));
    ends(6, desk.run_on("http://127.0.0.1:1", &["whoami", "--timeout", "1"]));
    // Held by this test, as by another run
    let locks = desk.at(".local/state/leadfold/locks");
    std::fs::create_dir_all(&locks).unwrap();
    let held = OpenOptions::new().create(true).truncate(false).write(true).open(locks.join("sandbox1.lock")).unwrap();
    held.lock().unwrap();
    ends(7, desk.run_on(&url, &["apply", "clean.plan", "--yes"]));
    ends(7, desk.run_on(&url, &["clean"]));
    drop(held);
    let refused = FaultRule::always(Fault::Unauthorized);
    workspace.set_faults(Faults { rules: vec![refused], ..Faults::default() });
    ends(8, desk.run_on(&url, &["whoami"]));
    workspace.set_faults(Faults::default());
    ends(10, desk.run_on(&url, &["plan", "--pull", "--detailed-exitcode", "-o", "again.plan", "--no-report"]));
    #[cfg(unix)]
    ends(130, interrupted(&desk));
    assert_eq!(provoked, documented());
}

/// `plan` reading from a pipe that stays open, and Ctrl-C.
#[cfg(unix)]
fn interrupted(desk: &Desk) -> crate::support::Ran {
    use std::process::{Command, Stdio};
    let mut command = desk.command(&["plan", "-", "-o", "never.plan"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let input = child.stdin.take();
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    drop(input);
    crate::support::Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
