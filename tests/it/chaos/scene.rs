//! What a chaos run starts from: a small workspace with every kind of group in it, and a list that comes in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leadfold::sandbox::{Clock, Options, SystemClock};
use serde_json::{Value, json};

use crate::people::{Chance, Person};
use crate::support::Desk;
use crate::workspace::Workspace;

/// Days and seconds do not matter; that they differ does.
const FIRST_SEEN: u64 = 1_600_000_000;

/// One contact to seed.
struct Seeded<'a> {
    role: &'a str,
    person: &'a Person,
    external_id: String,
    phone: &'a str,
    tags: &'a str,
    note: String,
    plan: &'a str,
    unsubscribed: bool,
}

/// The workspace as CSV. Of every kind a few: a user with one lead, with two leads, two leads, three leads, a lead
/// alone, two users of one person.
fn contacts(chance: &mut Chance, people: &[Person]) -> String {
    let mut csv =
        "id,role,external_id,email,name,phone,companies,tags,notes,created_at,plan,unsubscribed_from_emails\n"
            .to_owned();
    let mut row = 0_u64;
    let mut add = |csv: &mut String, contact: &Seeded<'_>| {
        row += 1;
        writeln!(
            csv,
            "{row:024x},{},{},{},{},{},{},{},{},{},{},{}",
            contact.role,
            contact.external_id,
            contact.person.email,
            contact.person.name(),
            contact.phone,
            contact.person.company,
            contact.tags,
            contact.note,
            FIRST_SEEN + row * 60,
            contact.plan,
            contact.unsubscribed,
        )
        .unwrap();
    };
    for (number, person) in people.iter().enumerate() {
        let roles: &[&str] = match number % 8 {
            0 | 1 => &["user", "lead"],
            2 => &["user", "lead", "lead"],
            3 | 4 => &["lead", "lead"],
            5 => &["lead", "lead", "lead"],
            6 => &["lead"],
            _ => &["user", "user"],
        };
        let other_phone = format!("{}9", person.phone);
        for (place, role) in roles.iter().enumerate() {
            let seeded = Seeded {
                role,
                person,
                external_id: if *role == "user" { format!("cust-{number}-{place}") } else { String::new() },
                phone: match place {
                    0 if chance.below(2) == 0 => "",
                    1.. if number % 3 == 0 => &other_phone,
                    _ => &person.phone,
                },
                tags: ["", "newsletter", "trial;spring", "vip"][chance.below(4)],
                note: if chance.below(3) == 0 { format!("Called about offer {number}-{place}") } else { String::new() },
                plan: ["", "pro", "free", "team"][chance.below(4)],
                unsubscribed: place > 0 && chance.below(5) == 0,
            };
            add(&mut csv, &seeded);
        }
    }
    csv
}

/// The list that comes in: rows of known people, new people, and new people twice. The column `Ref` names the row.
fn list(chance: &mut Chance, known: &[Person], new: &[Person]) -> String {
    let mut csv = "E-mail,Full name,Mobile,Organisation,Tags,Ref\n".to_owned();
    let mut row = 0;
    let mut add = |csv: &mut String, person: &Person, phone: &str, tags: &str| {
        row += 1;
        writeln!(csv, "{},{},{phone},{},{tags},ref-{row:03}x", person.email, person.name(), person.company).unwrap();
    };
    for person in known.iter().filter(|_| chance.below(2) == 0).collect::<Vec<_>>() {
        add(&mut csv, person, &person.phone, "webinar");
    }
    for (number, person) in new.iter().enumerate() {
        add(&mut csv, person, &person.phone, "webinar;list a");
        if number % 3 == 0 {
            add(&mut csv, person, "", "webinar;list b");
        }
    }
    csv
}

/// Attributes for what a merge discards, two kinds of value in one of them.
pub(crate) const KEEP: [&str; 6] = [
    "--keep-attribute",
    "phone=Other details",
    "--keep-attribute",
    "plan=Other plans",
    "--keep-attribute",
    "email=Other details",
];

/// A planned run, nothing applied yet.
pub(crate) struct Scene {
    pub(crate) desk: Desk,
    pub(crate) workspace: Workspace,
    /// The workspace before the first write.
    pub(crate) before: Value,
    /// Whether the run speaks the 1.x dialect.
    pub(super) legacy: bool,
    /// Requests of the seeding and the planning: the first so many in the log.
    pub(super) preparations: u64,
    /// The list as it came in, by its `Ref`.
    pub(super) rows: Vec<Vec<String>>,
}

impl Scene {
    /// The flags that choose its dialect.
    pub(super) fn dialect(&self) -> &'static [&'static str] {
        dialect(self.legacy)
    }

    /// The requests since the plan was made.
    pub(super) fn log(&self) -> Value {
        let mut log = self.workspace.log();
        log["log"].as_array_mut().unwrap().retain(|entry| entry["number"].as_u64() > Some(self.preparations));
        log
    }

    pub(crate) fn planned(seed: u64, chance: &mut Chance) -> Self {
        let lags = chance.below(2) == 1;
        Self::set(seed, chance, lags)
    }

    /// The same on a server whose clock is right.
    pub(crate) fn calm(seed: u64, chance: &mut Chance) -> Self {
        Self::set(seed, chance, false)
    }

    fn set(seed: u64, chance: &mut Chance, lags: bool) -> Self {
        let first = usize::try_from(seed % 50).unwrap() * 40;
        let known: Vec<Person> = (first..first + 16).map(Person::number).collect();
        let new: Vec<Person> = (first + 16..first + 26).map(Person::number).collect();
        let desk = Desk::new();
        let options = Workspace::options().seed_csv("seed.csv", contacts(chance, &known).as_bytes()).unwrap();
        let options = if lags {
            Options { search_lag: Duration::from_secs(60), clock: Arc::new(HurriedClock::start()), ..options }
        } else {
            options
        };
        let workspace = Workspace::start(options);
        let ids: Vec<String> = text_of_all(&workspace.state()["contacts"], "id");
        for _ in 0..6 {
            let contact = &ids[chance.below(ids.len())];
            let open = chance.below(2) == 0;
            workspace.converse(&json!({ "contacts": [contact], "body": "Hello", "open": open }));
        }
        let legacy = seed % 5 == 4;
        for contact in &ids {
            // 1.x knows no subscription types
            if chance.below(4) == 0 && !legacy {
                let consent = ["opt_out", "opt_in"][chance.below(2)];
                workspace.choose(contact, ["91", "92", "93"][chance.below(3)], consent);
            }
        }
        let list = list(chance, &known, &new);
        desk.file("list.csv", &list);
        let plan = ["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"];
        // Every third scene keeps what a merge discards in attributes of its own
        let keep: &[&str] = if seed % 3 == 1 { &KEEP } else { &[] };
        desk.run_on(&workspace.url(), &[&plan, keep, dialect(legacy)].concat()).ends_with(0);
        let (before, preparations) = (workspace.state(), newest(&workspace.log()));
        let mut reader = csv::Reader::from_reader(list.as_bytes());
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        Self { desk, workspace, before, legacy, preparations, rows }
    }
}

fn dialect(legacy: bool) -> &'static [&'static str] {
    if legacy { &["--api", "1.4"] } else { &[] }
}

/// A server whose minute is our second.
#[derive(Debug)]
struct HurriedClock {
    began: Instant,
    at: i64,
}

impl HurriedClock {
    fn start() -> Self {
        Self { began: Instant::now(), at: SystemClock::default().unix_millis() }
    }
}

impl Clock for HurriedClock {
    fn unix_millis(&self) -> i64 {
        self.at + 60 * i64::try_from(self.began.elapsed().as_millis()).unwrap()
    }
}

fn newest(log: &Value) -> u64 {
    log["log"].as_array().unwrap().iter().filter_map(|entry| entry["number"].as_u64()).max().unwrap_or(0)
}

/// One field of every item.
pub(super) fn text_of_all(items: &Value, field: &str) -> Vec<String> {
    items.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// What other teammates did meanwhile.
#[derive(Debug, Default)]
pub(super) struct Meddling {
    /// Contacts they archived or merged: gone by their will.
    pub(super) gone: BTreeSet<String>,
    /// Contacts whose fields they changed, with the field: the old value is theirs to lose.
    pub(super) changed: BTreeSet<(String, String)>,
    /// Values they wrote while no run was under way, by contact and field: nobody may lose these. What is written in the
    /// very moment between our last look and our write cannot be saved by any client.
    pub(super) placed: BTreeMap<(String, String), String>,
}

impl Meddling {
    /// A teammate wrote a value.
    pub(super) fn wrote(&mut self, id: &str, field: &str, value: &str, between_runs: bool) {
        let place = (id.to_owned(), field.to_owned());
        self.changed.insert(place.clone());
        if between_runs {
            self.placed.insert(place, value.to_owned());
        } else {
            self.placed.remove(&place);
        }
    }
}
