//! What runs it unattended: the systemd units, the log file, manual pages, the bill of materials.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::Desk;
use crate::workspace::Workspace;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn systemd_accepts_the_units() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("skipped: no systemd-analyze here");
        return;
    }
    let desk = Desk::new();
    for unit in ["leadfold-clean.service", "leadfold-clean.timer"] {
        let text = std::fs::read_to_string(root().join("ops/systemd").join(unit)).unwrap();
        // It looks whether the program is there
        desk.file(unit, text.replace("/usr/local/bin/leadfold", env!("CARGO_BIN_EXE_leadfold")));
    }
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no", "leadfold-clean.service", "leadfold-clean.timer"])
        .current_dir(desk.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("leadfold-clean"), "{said}");
    let output = Command::new("systemd-analyze").args(["calendar", "*-*-* 03:17:00"]).output().unwrap();
    assert!(output.status.success());
}

#[test]
fn the_units_say_what_the_tool_understands() {
    let service = std::fs::read_to_string(root().join("ops/systemd/leadfold-clean.service")).unwrap();
    let line = service.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/leadfold ")).unwrap();
    let workspace = Workspace::empty();
    let desk = Desk::new();
    desk.file("leadfold.toml", "").file("token", "x");
    let line = line.replace("/etc/leadfold/leadfold.toml", "leadfold.toml").replace("${CREDENTIALS_DIRECTORY}", ".");
    let arguments: Vec<&str> = line.split(' ').collect();
    let mut command = desk.on(&workspace.url(), &arguments);
    // As the unit sets it
    let output = command.env("XDG_STATE_HOME", desk.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(desk.at("leadfold/clean/sandbox1/history.jsonl").exists());
}

#[test]
fn the_image_takes_what_is_made_and_runs_it_as_nobody() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let file = read("ops/Containerfile");
    let (build, image) = file.split_once("FROM scratch\n").unwrap();
    let of = |stage: &str, instruction: &str| -> Vec<String> {
        let lines =
            stage.lines().filter_map(|line| line.strip_prefix(instruction)?.strip_prefix(' ').map(str::to_owned));
        lines.collect()
    };
    // What is copied was made: the binary by `ops/dist`, the folder by `mkdir`, the certificates come with the first image
    assert_eq!(of(build, "RUN"), ["ops/dist /out && mkdir /state"]);
    assert!(read("ops/dist").contains("install -m 0755 \"$built\" \"$out/leadfold\""));
    let copied: Vec<Vec<String>> =
        of(image, "COPY").iter().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
    let sources: Vec<&str> = copied.iter().map(|words| words[words.len() - 2].as_str()).collect();
    assert_eq!(sources, ["/etc/ssl/certs/ca-certificates.crt", "/out/leadfold", "/state"]);
    assert!(copied.iter().all(|words| words[0] == "--from=build"));
    let program = copied[1].last().unwrap();
    assert_eq!(of(image, "ENTRYPOINT"), [format!("[\"{program}\"]")]);
    let user = of(image, "USER").remove(0);
    assert!(user.split(':').all(|id| id.parse::<u32>().unwrap() > 0), "{user}");
    assert!(copied[2].contains(&format!("--chown={user}")), "it can write to its volume");
    assert_eq!(of(image, "VOLUME"), ["/state"]);
    assert!(of(image, "ENV")[0].split(' ').any(|word| word == "XDG_STATE_HOME=/state"));
    // The line that runs it
    let run = file.lines().find_map(|line| line.split(" leadfold clean ").nth(1)).unwrap();
    let run = run.replace("/run/secrets/token", "token");
    let desk = Desk::new();
    desk.file("leadfold.toml", "").file("token", "x");
    let arguments: Vec<&str> = std::iter::once("clean").chain(run.split(' ')).collect();
    desk.run_on(&Workspace::empty().url(), &arguments).ends_with(0);
}

#[test]
fn the_log_file_holds_json_lines_and_nothing_of_any_contact() {
    let workspace =
        Workspace::seeded("email,role,name\nada@example.com,lead,Ada Lovelace\nada@example.com,lead,Ada Lovelace\n");
    let desk = Desk::new();
    let arguments = ["clean", "--quiet", "--apply", "archive", "--max-archive", "9", "--log-file", "run.log"];
    let ran = desk.run_on(&workspace.url(), &arguments).ends_with(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""), "the log is in the file alone");
    let log = desk.read("run.log");
    assert!(log.lines().count() >= 2, "{log}");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].is_string() && line["level"].is_string() && line["message"].is_string(), "{line}");
    }
    assert!(!log.contains("ada@") && !log.contains("Lovelace"), "{log}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(desk.at("run.log")).unwrap().permissions().mode() & 0o077, 0);
    }
    desk.run(&["check", "x.csv", "--log-file", "no/such/folder"]).ends_with(1).says(&["the log cannot be written"]);
}

#[test]
fn there_is_a_manual_page_and_a_completion_for_every_command() {
    let desk = Desk::new();
    desk.run(&["man", "--dir", "man1"]).ends_with(0);
    let bash = desk.run(&["completions", "bash"]).ends_with(0).out;
    for verb in ["clean", "history", "init", "config", "plan", "apply", "review"] {
        assert!(desk.at(&format!("man1/leadfold-{verb}.1")).exists(), "{verb}");
        assert!(
            bash.contains(&format!("leadfold__subcmd__{verb}")) || bash.contains(&format!("leadfold__{verb}")),
            "{verb}"
        );
    }
}

#[test]
fn the_bill_of_materials_lists_what_is_linked() {
    let output = Command::new(root().join("ops/sbom")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bill: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&bill["bomFormat"], &bill["metadata"]["component"]["name"]), (&"CycloneDX".into(), &"leadfold".into()));
    let components = bill["components"].as_array().unwrap();
    let named = |name: &str| components.iter().any(|component| component["name"] == name);
    assert!(named("rusqlite") && named("reqwest") && !named("insta"), "dependencies of the binary, not of its tests");
    assert!(components.iter().all(|component| component["purl"].as_str().unwrap().starts_with("pkg:cargo/")));
}
