//! `clean`: thirty nights with a moved clock, two at once, killed in the middle, stopped by a guardrail, and who is told.

mod limits;
mod nights;
mod standing;
mod told;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use leadfold::link::RecordIndex;
use leadfold::plan::{ActionKind, Plan};
use leadfold::sandbox::{ManualClock, Options};
use leadfold::store::PlanFile;
use serde_json::{Value, json};

use crate::people::Person;
use crate::support::{Desk, Ran};
use crate::workspace::Workspace;

/// 2026-11-22T03:00:00Z
const FIRST_NIGHT: i64 = 1_795_316_400;
const DAY: i64 = 86_400;
const APPLY: &str =
    "[clean]\napply = [\"merge\", \"archive\"]\n[guardrails]\nmax_merge = \"50%\"\nmax_archive = \"50%\"\n";

/// A workspace with a clock of its own, and somebody who cleans it.
struct House {
    workspace: Workspace,
    clock: Arc<ManualClock>,
    now: i64,
    desk: Desk,
}

fn seed(people: usize) -> String {
    use std::fmt::Write as _;
    let mut csv = "id,role,external_id,email,name,phone\n".to_owned();
    for number in 0..people {
        let person = Person::number(number);
        let (role, account) = if number % 3 == 0 { ("user", format!("u-{number}")) } else { ("lead", String::new()) };
        writeln!(csv, "{number:024x},{role},{account},{},{},{}", person.email, person.name(), person.phone).unwrap();
    }
    csv
}

impl House {
    fn of(people: usize, settings: &str) -> Self {
        Self::seeded(&seed(people), settings)
    }

    fn seeded(contacts: &str, settings: &str) -> Self {
        let clock = Arc::new(ManualClock::at_seconds(FIRST_NIGHT - DAY));
        let options = Options { clock: Arc::clone(&clock) as _, ..Workspace::options() };
        let workspace = Workspace::start(options.seed_csv("seed.csv", contacts.as_bytes()).unwrap());
        let desk = Desk::new();
        desk.file("leadfold.toml", settings);
        clock.advance_millis(DAY * 1_000);
        Self { workspace, clock, now: FIRST_NIGHT, desk }
    }

    fn pass(&mut self, seconds: i64) {
        self.now += seconds;
        self.clock.advance_millis(seconds * 1_000);
    }

    fn arguments<'a>(more: &[&'a str], now: &'a str) -> Vec<&'a str> {
        [&["clean", "--now", now], more].concat()
    }

    fn clean(&self, more: &[&str]) -> Ran {
        self.desk.run_on(&self.workspace.url(), &Self::arguments(more, &self.now.to_string()))
    }

    /// A night that goes well, as its document.
    #[track_caller]
    fn night(&self) -> Value {
        document(&self.clean(&["--json"]).ends_with(0))
    }

    /// The same night made anew: the plan of the workspace as it is now, read as a whole.
    fn full(&self) -> Plan {
        let path = self.desk.at("full.plan");
        drop(std::fs::remove_file(&path));
        // With a state folder of its own, so that neither run spares the other a reading
        let elsewhere = self.desk.at("elsewhere");
        drop(std::fs::remove_dir_all(&elsewhere));
        let arguments = [
            &["plan", "--pull", "--no-report", "-o", "full.plan", "--max-merge", "100%", "--max-archive", "100%"][..],
            &["--decisions", ".local/state/leadfold/clean/sandbox1/decisions"],
        ]
        .concat();
        let mut command = self.desk.on(&self.workspace.url(), &arguments);
        let output = command.env("XDG_STATE_HOME", elsewhere).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        PlanFile::open(&path).unwrap().plan().unwrap()
    }

    fn request(&self, method: &str, path: &str, body: &Value) -> Value {
        let (address, body) = (self.workspace.url().replace("http://", ""), body.to_string());
        let mut connection = std::net::TcpStream::connect(&address).unwrap();
        write!(
            connection,
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer x\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 "), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    /// A new lead; gives its id.
    fn lead(&self, person: &Person) -> String {
        let body = json!({"role": "lead", "email": person.email, "name": person.name(), "phone": person.phone});
        self.request("POST", "/contacts", &body)["id"].as_str().unwrap().to_owned()
    }

    /// A person looks at what the newest night left open: all different people.
    fn reject_all(&self) {
        let mut command = self.desk.command(&["review", "--terminal"]);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all("r\n".repeat(40).as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn active(&self) -> BTreeSet<String> {
        self.workspace.contacts().iter().map(|contact| contact["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn document(ran: &Ran) -> Value {
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["schema"], "leadfold.clean/1");
    document
}

fn plan_of(night: &Value) -> Plan {
    let path = PathBuf::from(night["folder"].as_str().unwrap()).join("night.plan");
    PlanFile::open(&path).unwrap().plan().unwrap()
}

fn number(night: &Value, field: &str) -> u64 {
    night[field].as_u64().unwrap_or_else(|| panic!("{field} in {night:#}"))
}

fn removals(plan: &Plan) -> usize {
    plan.actions.iter().filter(|action| matches!(action.kind(), ActionKind::Merge | ActionKind::Archive)).count()
}

/// Whether two of these contacts are in a group together.
fn asked_about(plan: &Plan, ids: &[String]) -> bool {
    let is_one = |index: &RecordIndex| plan.record(*index).and_then(|record| record.id.as_ref());
    plan.linkage.groups.iter().any(|group| {
        let named = group.members.iter().filter_map(is_one).filter(|id| ids.iter().any(|known| **known == *id.0));
        named.count() > 1
    })
}
