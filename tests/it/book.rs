//! Every command of the book and the README, run on the samples, each page at a desk of its own, from top to bottom.
//!
//! Lines of `sh` blocks that begin with `leadfold` are run; `cargo`, `export` and other programs are for the reader. What a person
//! would answer is answered: `--yes` where a command asks, the end of the input where it asks more. Codes other than 0 are listed
//! in [`ENDS_WITH`], so that a page cannot fail unnoticed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::{Desk, TOKEN};
use crate::workspace::Workspace;

/// Page, part of the command, code.
const ENDS_WITH: &[(&str, &str, i32)] = &[("recipes.md", "--detailed-exitcode", 10)];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

/// The lines of its `sh` blocks, without what follows a `#`.
fn commands(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside {
            let command = line.split(" #").next().unwrap_or_default().trim();
            found.extend((!command.is_empty()).then(|| command.to_owned()));
        }
    }
    found
}

/// Words as a shell splits them, as far as the book needs it: spaces, and single quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in command.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A desk with everything the pages speak of.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.at("samples")).unwrap();
    for entry in std::fs::read_dir(root().join("samples")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, desk.at("samples").join(path.file_name().unwrap())).unwrap();
    }
    std::fs::copy(root().join("samples/webinar-list.csv"), desk.at("webinar.csv")).unwrap();
    let labelled = "email,name,cluster\nada@example.com,Ada Lovelace,1\nada@example.com,Ada Lovelace,1\ngrace@example.com,Grace Hopper,2\n";
    desk.file("labelled.csv", labelled).file("list.csv", labelled).file("token", TOKEN);
    desk.run(&["plan", "list.csv", "-o", "list.plan", "--no-report"]).ends_with(0);
    desk
}

fn workspace() -> Workspace {
    let philosophers = "id,role,external_id,email,name,plan\n\
        5747f814d4e317f14f000cb3,lead,,socrates@agora.example,Socrates,free\n\
        574d60e8666dd69e11000148,lead,,plato@agora.example,Plato,free\n\
        574d60e8666dd69e11000149,user,1942,plato@academy.example,Plato of Athens,free\n";
    let mut options = Workspace::options().seed_csv("philosophers.csv", philosophers.as_bytes()).unwrap();
    for name in ["intercom-users.csv", "intercom-leads.csv"] {
        let file = std::fs::File::open(root().join("samples").join(name)).unwrap();
        options = options.seed_csv(name, file).unwrap();
    }
    Workspace::start(options)
}

/// Starts what listens until it is stopped, hears where, and stops it.
fn listens(mut command: std::process::Command, shown: &str) -> Result<(), String> {
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    drop(child.kill());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let good = first.starts_with("http://127.0.0.1:") || said.contains("no group waits");
    if good { Ok(()) } else { Err(format!("{shown}: {first} {said}")) }
}

fn run(desk: &Desk, workspace: &Workspace, page: &str, command: &str) -> Result<(), String> {
    let shown = format!("{page}: {command}");
    let (command, into) = match command.split_once(" > ") {
        Some((command, into)) => (command, Some(into.trim())),
        None => (command, None),
    };
    let mut arguments = words(command);
    arguments.remove(0);
    let verb = arguments.first().cloned().unwrap_or_default();
    let writes = ["apply", "undo"].contains(&verb.as_str()) || ["lead", "user", "visitor"].contains(&verb.as_str());
    let is_find = arguments.get(1).is_some_and(|word| word == "find");
    if writes && !is_find && !arguments.iter().any(|word| ["-n", "--yes"].contains(&word.as_str())) {
        arguments.push("--yes".to_owned());
    }
    if let Some(port) = arguments.iter().position(|word| word == "--port") {
        "0".clone_into(&mut arguments[port + 1]);
    }
    let borrowed: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if ["sandbox", "review"].contains(&verb.as_str()) {
        return listens(desk.on(&workspace.url(), &borrowed), &shown);
    }
    let expected = ENDS_WITH.iter().find(|(of, part, _)| page == *of && shown.contains(part)).map_or(0, |row| row.2);
    let ran = desk.run_on(&workspace.url(), &borrowed);
    if ran.code != expected {
        return Err(format!("{shown}\nended with {}, not {expected}:\n{}\n{}", ran.code, ran.out, ran.err));
    }
    if let Some(into) = into {
        if ran.out.is_empty() {
            return Err(format!("{shown} printed nothing"));
        }
        desk.file(into, ran.out);
    }
    Ok(())
}

#[test]
fn every_command_of_the_book_works_on_the_samples() {
    let (mut run_so_far, mut wrong) = (0, Vec::new());
    let mut used: Vec<&(&str, &str, i32)> = Vec::new();
    for path in pages() {
        let page = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let commands: Vec<String> =
            commands(&text).into_iter().filter(|command| command.starts_with("leadfold ")).collect();
        if commands.is_empty() {
            continue;
        }
        let (desk, workspace) = (desk(), workspace());
        for command in &commands {
            wrong.extend(run(&desk, &workspace, &page, command).err());
            let shown = format!("{page}: {command}");
            used.extend(ENDS_WITH.iter().filter(|(of, part, _)| page == *of && shown.contains(part)));
        }
        run_so_far += commands.len();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(run_so_far > 40, "only {run_so_far} commands were found");
    for row in ENDS_WITH {
        assert!(used.contains(&row), "{row:?} is on no page any more");
    }
}

#[test]
fn no_link_of_the_book_leads_nowhere() {
    let mut broken = Vec::new();
    for path in pages() {
        let text = std::fs::read_to_string(&path).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.contains(' ') {
                continue;
            }
            if !path.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_page_is_in_the_index() {
    let index = std::fs::read_to_string(root().join("docs/README.md")).unwrap();
    for path in pages() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name == "README.md" || index.contains(&format!("({name})")), "{name} is not in docs/README.md");
    }
}
