//! Questions, on a real terminal: what is asked before something is written, and what each answer does.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::people::list;
use crate::support::Desk;
use crate::workspace::Workspace;

/// What a terminal showed, and the exit code.
struct Seen {
    text: String,
    code: i32,
}

/// Runs a command at a terminal of its own, on which the answer is typed. `script` lends the terminal.
#[track_caller]
fn at_a_terminal(desk: &Desk, workspace: &Workspace, arguments: &[&str], answer: &str) -> Seen {
    let meant = desk.on(&workspace.url(), arguments);
    let words = std::iter::once(meant.get_program()).chain(meant.get_args());
    let line: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
    let mut command = Command::new("script");
    command
        .args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"])
        .current_dir(desk.path())
        .env_clear();
    for (name, value) in meant.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.env("SHELL", "/bin/sh").env("TERM", "xterm").env("COLUMNS", "100");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    writeln!(keyboard, "{answer}").unwrap();
    let output = child.wait_with_output().unwrap();
    drop(keyboard);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains(crate::support::TOKEN), "the token was printed");
    Seen { text, code: output.status.code().unwrap_or(-1) }
}

/// Whether there is a `script` that lends terminals; says so when not.
fn no_terminal() -> bool {
    let there = Command::new("script").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("skipped: no `script` (util-linux) to lend a terminal");
    }
    !there
}

#[test]
fn a_write_is_done_after_a_yes_and_not_after_anything_else() {
    if no_terminal() {
        return;
    }
    let (desk, workspace) = (Desk::new(), Workspace::empty());
    let create =
        |answer: &str| at_a_terminal(&desk, &workspace, &["lead", "create", "--email", "plato@agora.example"], answer);
    for no in ["n", "", "yess"] {
        let seen = create(no);
        for words in ["create a lead", "plato@agora.example", "Do this in", "[y/N]", "nothing was changed"] {
            assert!(seen.text.contains(words), "{words}: {}", seen.text);
        }
        assert_eq!((seen.code, workspace.writes()), (0, 0));
    }
    assert_eq!(create("y").code, 0);
    assert_eq!(workspace.contacts().len(), 1);
}

#[test]
fn a_first_file_is_asked_for_question_by_question() {
    if no_terminal() {
        return;
    }
    let (desk, workspace) = (Desk::new(), Workspace::empty());
    let seen = at_a_terminal(&desk, &workspace, &["init"], "eu\n\nde");
    for words in [
        "Where is the workspace hosted: us, eu or au? [us]",
        "File with the access token? [none: $INTERCOM_ACCESS_TOKEN]",
        "Country of phone numbers written without one",
        "written: leadfold.toml",
        "export INTERCOM_ACCESS_TOKEN",
    ] {
        assert!(seen.text.contains(words), "{words}: {}", seen.text);
    }
    assert_eq!(seen.code, 0);
    let file = desk.read("leadfold.toml");
    let lines: Vec<&str> = file.lines().filter(|line| !line.starts_with('#') && line.contains(" = ")).collect();
    assert_eq!(lines, ["api_url = \"https://api.eu.intercom.io\"", "region = \"DE\""], "the rest are comments");
    let seen = at_a_terminal(&desk, &workspace, &["init", "--force"], "mars");
    assert!(seen.text.contains("'mars': Intercom hosts in us, eu and au"), "{}", seen.text);
    assert_eq!((seen.code, desk.read("leadfold.toml")), (2, file));
}

#[test]
fn deleting_wants_the_id_typed() {
    if no_terminal() {
        return;
    }
    let id = "0000000000000000000000aa";
    let workspace = Workspace::seeded(&format!("id,role,email\n{id},lead,plato@agora.example\n"));
    let desk = Desk::new();
    let delete = |answer: &str| at_a_terminal(&desk, &workspace, &["lead", "delete", "plato@agora.example"], answer);
    let seen = delete("y");
    assert!(seen.text.contains(&format!("Type {id}")) && seen.text.contains("nothing was changed"), "{}", seen.text);
    assert_eq!(workspace.contacts().len(), 1);
    assert_eq!(delete(id).code, 0);
    assert_eq!(workspace.contacts().len(), 0);
}

#[test]
fn other_calls_of_the_api_are_shown_and_asked_about() {
    if no_terminal() {
        return;
    }
    let (desk, workspace) = (Desk::new(), Workspace::empty());
    let tag = |answer: &str| at_a_terminal(&desk, &workspace, &["api", "POST", "/tags", "name=blue"], answer);
    let seen = tag("n");
    assert!(seen.text.contains("POST /tags") && seen.text.contains("\"name\": \"blue\""), "{}", seen.text);
    assert_eq!((seen.code, workspace.writes()), (0, 0));
    assert_eq!((tag("yes").code, workspace.writes()), (0, 1));
}

#[test]
fn a_plan_is_applied_and_undone_after_a_yes_and_its_progress_is_seen() {
    if no_terminal() {
        return;
    }
    let (desk, workspace) = (Desk::new(), Workspace::empty());
    desk.file("list.csv", list(5));
    let plan = ["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"];
    let seen = at_a_terminal(&desk, &workspace, &plan, "");
    assert!(seen.text.contains("reading the workspace") && seen.code == 0, "{}: {}", seen.code, seen.text);
    for verb in ["apply", "undo"] {
        let before = workspace.writes();
        at_a_terminal(&desk, &workspace, &[verb, "list.plan"], "n");
        assert_eq!(workspace.writes(), before, "{verb}");
        let seen = at_a_terminal(&desk, &workspace, &[verb, "list.plan"], "y");
        assert!(seen.code == 0 && workspace.writes() > before, "{verb}: {}", seen.text);
    }
    assert_eq!(workspace.contacts().len(), 0);
}
