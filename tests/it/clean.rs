//! `clean`: thirty nights with a moved clock, two at once, killed in the middle, stopped by a guardrail, and who is told.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use leadfold::link::RecordIndex;
use leadfold::plan::{ActionKind, Plan};
use leadfold::sandbox::{Fault, FaultRule, Faults, ManualClock, Options, When};
use leadfold::store::PlanFile;
use serde_json::{Value, json};

use crate::people::{Chance, Person};
use crate::support::{Desk, Ran, TOKEN};
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
        let clock = Arc::new(ManualClock::at_seconds(FIRST_NIGHT - DAY));
        let options = Options { clock: Arc::clone(&clock) as _, ..Workspace::options() };
        let workspace = Workspace::start(options.seed_csv("seed.csv", seed(people).as_bytes()).unwrap());
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

#[test]
fn thirty_nights_keep_the_workspace_clean_and_every_night_equals_a_full_plan() {
    let mut house = House::of(240, APPLY);
    let mut chance = Chance::new(30);
    let mut next = 1_000;
    // Two people who share an office line, never one
    let (mut ann, mut bob) = (Person::number(900), Person::number(901));
    for person in [&mut ann, &mut bob] {
        person.phone = "+12125550142".to_owned();
    }
    let mut kept_apart = vec![house.lead(&ann), house.lead(&bob)];
    // The same number, and no more is known of the second: a person will be asked, once
    let (rita, mut rita_too) = (Person::number(905), Person::number(905));
    rita_too.email = "x905@elsewhere.example".to_owned();
    (rita_too.given, rita_too.family) = (String::new(), String::new());
    kept_apart.extend([house.lead(&rita), house.lead(&rita_too)]);
    let (mut merged, mut archived, mut quiet) = (0, 0, 0);
    for night_number in 0..30 {
        house.pass(60);
        let busy = night_number % 3 != 2;
        if busy {
            for _ in 0..=chance.below(3) {
                house.lead(&Person::number(next));
                next += 1;
            }
            // Known people come again: of users, and of leads
            for kind in [0, 1] {
                let known = 3 * (1 + chance.below(70)) + kind;
                let mut again = Person::number(known);
                if chance.below(2) == 0 {
                    again.phone = String::new();
                }
                house.lead(&again);
            }
            let edited = house.active().into_iter().nth(chance.below(200)).unwrap();
            house
                .workspace
                .try_edit(&json!({"contact": edited, "set": {"custom_attributes": {}, "name": "Renamed By Hand"}}));
            // Somebody else archives one lead and merges another
            let mut left = house.active().into_iter().filter(|id| !kept_apart.contains(id));
            let gone = left.nth(chance.below(150)).unwrap();
            house.workspace.try_edit(&json!({"contact": gone, "action": "archive"}));
            let lead = house.lead(&Person::number(next));
            next += 1;
            house.workspace.try_edit(&json!({"contact": lead, "action": "merge", "into": format!("{:024x}", 6)}));
        }
        house.pass(60);
        let full = house.full();
        let writes = house.workspace.writes();
        let night = house.night();
        let plan = plan_of(&night);
        assert_eq!(plan.linkage.groups, full.linkage.groups, "night {night_number}");
        assert_eq!(plan.actions, full.actions, "night {night_number}");
        assert_eq!(number(&night, "merged") + number(&night, "archived"), removals(&full) as u64, "{night:#}");
        if removals(&full) == 0 {
            quiet += 1;
            let allowed = number(&night, "changed") / 100 + 30;
            assert!(number(&night, "calls") <= allowed, "{} calls on a quiet night", number(&night, "calls"));
            assert_eq!(house.workspace.writes(), writes);
        }
        if night_number == 1 {
            assert!(number(&night, "to_review") >= 1, "{night:#}");
            house.reject_all();
        }
        assert!(night_number < 2 || !asked_about(&plan, &kept_apart[2..]), "a rejected pair is asked about again");
        merged += number(&night, "merged");
        archived += number(&night, "archived");
        assert_eq!(removals(&house.full()), 0, "night {night_number} left duplicates");
        assert!(kept_apart.iter().all(|id| house.active().contains(id)));
        house.pass(DAY - 120);
    }
    assert!(merged >= 5 && archived >= 5 && quiet >= 8, "{merged} merged, {archived} archived, {quiet} quiet nights");

    let history: Value = serde_json::from_str(&house.desk.run(&["history", "--json"]).ends_with(0).out).unwrap();
    let nights = history["nights"].as_array().unwrap();
    assert_eq!(nights.len(), 30);
    assert_eq!(nights.iter().map(|night| number(night, "merged")).sum::<u64>(), merged);
    let table = house.desk.run(&["history", "--last", "3"]).ends_with(0).out;
    assert_eq!(table.lines().count(), 5, "{table}");
    let kept = std::fs::read_dir(house.desk.at(".local/state/leadfold/clean/sandbox1/nights")).unwrap().count();
    assert_eq!(kept, 14);
}

#[test]
fn without_leave_it_only_reports_and_says_how_to_let_it() {
    let house = House::of(40, "");
    house.lead(&Person::number(3));
    house.lead(&Person::number(4));
    let ran = house.clean(&[]).ends_with(0);
    assert_eq!(house.workspace.writes(), 2, "only our own two leads");
    ran.says(&["2 duplicates found, none touched", "[clean] apply = [\"merge\", \"archive\"]", "leadfold apply "]);
    // The plan it left is a whole plan: it can be carried out by hand
    let plan = house.desk.at(".local/state/leadfold/clean/sandbox1/latest/night.plan");
    house.desk.run_on(&house.workspace.url(), &["apply", plan.to_str().unwrap(), "--yes"]).ends_with(0);
    assert_eq!(removals(&house.full()), 0);
}

#[test]
fn what_is_not_allowed_is_held_back_whole() {
    let mut house = House::of(40, "[clean]\napply = [\"merge\"]\n[guardrails]\nmax_merge = \"50%\"\n");
    house.lead(&Person::number(3));
    let twin = house.lead(&Person::number(4));
    let night = house.night();
    assert_eq!((number(&night, "merged"), number(&night, "archived"), number(&night, "held_back")), (1, 0, 1));
    assert_eq!(number(&night, "duplicates"), 2);
    assert!(house.active().contains(&twin));
    house.pass(DAY);
    let night = house.night();
    assert_eq!((night["ended"].as_str(), number(&night, "held_back")), (Some("reported"), 1));
}

#[test]
fn two_at_once_one_works_and_the_other_leaves_at_once() {
    let house = House::of(40, APPLY);
    house.lead(&Person::number(3));
    // The first one is held up in the middle of its reading
    let slow = FaultRule {
        path: Some("/contacts".into()),
        times: Some(1),
        ..FaultRule::always(Fault::Slow { bytes_per_second: 2_000 })
    };
    house.workspace.set_faults(Faults { rules: vec![slow], ..Faults::default() });
    let now = house.now.to_string();
    let first = house.desk.on(&house.workspace.url(), &House::arguments(&["--json"], &now)).spawn().unwrap();
    let lock = house.desk.at(".local/state/leadfold/locks/sandbox1.lock");
    while !lock.exists() || house.workspace.requests() < 3 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = house.clean(&["--summary-file", "second.txt"]).ends_with(7);
    second.says(&["another leadfold works on workspace sandbox1"]);
    assert!(!house.desk.at("second.txt").exists(), "the night that works tells the story");
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let night: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(number(&night, "merged"), 1);
}

#[test]
fn killed_anywhere_the_next_night_recovers() {
    let mut house = House::of(120, APPLY);
    let mut recovered = 0;
    for round in 0..6_usize {
        for number in 0..4 {
            house.lead(&Person::number(round * 12 + number * 3 + round % 2));
        }
        // The server dies under the request, at another place each round: while reading, while merging, after a merge
        let at = [4, 14, 20, 26, 32, 40][round];
        let hang = FaultRule {
            on: Some(at),
            ..FaultRule::always(Fault::Hang {
                when: if round % 2 == 0 { When::AfterCommit } else { When::BeforeCommit },
            })
        };
        house.workspace.set_faults(Faults { rules: vec![hang], ..Faults::default() });
        let from = house.workspace.requests();
        let now = house.now.to_string();
        let mut child = house.desk.on(&house.workspace.url(), &House::arguments(&[], &now)).spawn().unwrap();
        let began = std::time::Instant::now();
        while child.try_wait().unwrap().is_none()
            && house.workspace.requests() < from + at
            && began.elapsed() < Duration::from_secs(60)
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(100));
        drop(child.kill());
        child.wait().unwrap();
        house.workspace.set_faults(Faults::default());
        house.pass(DAY);
        let night = house.night();
        recovered += u32::from(!night["recovered"].is_null());
        assert_eq!(night["failed"], json!(0), "round {round}: {night:#}");
        assert_eq!(removals(&house.full()), 0, "round {round}: {night:#}");
        house.pass(60);
    }
    let history = house.desk.run(&["history"]).ends_with(0).out;
    assert!(history.contains("failed") && history.contains("applied"), "{history}");
    assert!(recovered >= 2, "only {recovered} nights were killed while they were applied");
    let left: Vec<PathBuf> = leftovers(&house.desk.at(".local/state/leadfold/clean/sandbox1"));
    assert!(left.is_empty(), "{left:?}");
}

/// Half-written files of nights that came to their end.
fn leftovers(root: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for night in std::fs::read_dir(root.join("nights")).unwrap() {
        let night = night.unwrap().path();
        if night.join("summary.json").exists() {
            let files = std::fs::read_dir(&night).unwrap().map(|file| file.unwrap().path());
            found.extend(files.filter(|file| file.to_string_lossy().contains(".leadfold-")));
        }
    }
    found
}

#[test]
fn a_guardrail_stops_the_night_before_anything_is_applied() {
    let mut house = House::of(200, "[clean]\napply = [\"merge\", \"archive\"]\n");
    house.night();
    // Somebody imports a list twice
    for number in 0..40 {
        house.lead(&Person::number(number));
    }
    house.pass(DAY);
    let writes = house.workspace.writes();
    let ran = house.clean(&["--quiet", "--summary-file", "mail.txt"]).ends_with(4);
    assert_eq!(house.workspace.writes(), writes);
    ran.says(&["STOPPED by a guardrail", "--max-archive 5%", "nothing was applied"]);
    let mail = house.desk.read("mail.txt");
    assert!(mail.contains("what to do") && mail.contains("leadfold apply ") && mail.contains("night.html"), "{mail}");
    let history = house.desk.run(&["history"]).ends_with(0).out;
    assert!(history.contains("guardrail"), "{history}");
    // By hand it can still be done
    let command = mail.lines().find(|line| line.contains("if it is right: ")).unwrap();
    let words: Vec<&str> = command.split("leadfold ").nth(1).unwrap().split("   ").next().unwrap().split(' ').collect();
    house.desk.run_on(&house.workspace.url(), &[&words[..], &["--yes"]].concat()).ends_with(0);
    assert_eq!(removals(&house.full()), 0);
}

#[test]
fn guardrails_that_were_set_count_without_leave_to_apply_too() {
    let house = House::of(40, "[guardrails]\nmax_merge = \"0\"\n");
    house.lead(&Person::number(3));
    house.clean(&[]).ends_with(4).says(&["exceeds --max-merge 0"]);
}

#[test]
fn quiet_says_nothing_as_long_as_all_is_well() {
    let house = House::of(10, APPLY);
    let ran = house.clean(&["--quiet"]).ends_with(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    let refused = FaultRule::always(Fault::Unauthorized);
    house.workspace.set_faults(Faults { rules: vec![refused], ..Faults::default() });
    let ran = house.clean(&["--quiet", "--summary-file", "night.json"]).ends_with(8);
    ran.says(&["FAILED", "leadfold whoami"]);
    let summary: Value = serde_json::from_str(&house.desk.read("night.json")).unwrap();
    assert_eq!((&summary["ended"], &summary["exit_code"]), (&json!("failed"), &json!(8)));
}

/// Takes one POST and answers it with a status; gives what was sent.
fn listener(status: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks/very-secret", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut text = String::new();
        let mut buffer = [0; 4096];
        loop {
            let read = connection.read(&mut buffer).unwrap();
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length =
                head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if read == 0 || body.len() >= length.unwrap_or(0) {
                break;
            }
        }
        write!(connection, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        text
    });
    (url, heard)
}

#[test]
fn a_webhook_hears_the_counts_and_nothing_of_any_contact() {
    let house = House::of(40, APPLY);
    house.lead(&Person::number(3));
    let (url, heard) = listener("200 OK");
    house.clean(&["--webhook", &url]).ends_with(0);
    let heard = heard.join().unwrap();
    let (request, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(
        request.starts_with("POST /hooks/very-secret HTTP/1.1") && request.to_lowercase().contains("application/json")
    );
    let night: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&night["merged"], &night["ended"]), (&json!(1), &json!("applied")));
    let person = Person::number(3);
    assert!(!heard.contains(&person.email) && !heard.contains(&person.family) && !heard.contains(TOKEN));
}

#[test]
fn a_webhook_that_refuses_does_not_undo_the_night_but_is_said() {
    let house = House::of(10, APPLY);
    let (url, heard) = listener("403 Forbidden");
    let ran = house.clean(&["--webhook", &url, "--quiet"]).ends_with(1);
    heard.join().unwrap();
    assert!(ran.err.contains("the webhook at 127.0.0.1 answered 403") && !ran.err.contains("secret"), "{}", ran.err);
    house.clean(&["--webhook", "http://hooks.example/very-secret"]).ends_with(2).says(&["use https"]);
}

#[test]
fn nights_of_another_workspace_are_not_mixed_in() {
    let house = House::of(5, APPLY);
    house.clean(&["--folder", "nights"]).ends_with(0);
    let other = Workspace::start(Options { workspace_id: "other".into(), ..Workspace::options() });
    let ran = house.desk.run_on(&other.url(), &["clean", "--folder", "nights"]).ends_with(2);
    ran.says(&["the nights there are of workspace sandbox1"]);
    house.desk.run(&["history", "--folder", "nights"]).ends_with(0).says(&["nothing to do"]);
    house.desk.run(&["history"]).ends_with(2).says(&["no nights are kept"]);
}
