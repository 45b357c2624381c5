//! The calls a plan announces are the calls an undisturbed apply makes.

use std::fmt::Write as _;

use leadfold::store::PlanFile;

use crate::people::Person;
use crate::support::Desk;
use crate::workspace::Workspace;

/// Of every kind of group some, with and without tags, companies and notes.
fn seed() -> String {
    let mut csv = "id,role,external_id,email,name,phone,companies,tags,notes,created_at,plan,Other\n".to_owned();
    let mut row = 0_u64;
    for number in 0..40 {
        let person = Person::number(number);
        let roles: &[&str] = match number % 5 {
            0 => &["user", "lead"],
            1 => &["user", "lead", "lead"],
            2 => &["lead", "lead"],
            3 => &["lead", "lead", "lead"],
            _ => &["lead"],
        };
        for (place, role) in roles.iter().enumerate() {
            row += 1;
            let external = if *role == "user" { format!("cust-{number}") } else { String::new() };
            let tags = ["", "vip", "trial;spring"][(number + place) % 3];
            let note =
                if (number + place) % 4 == 0 { format!("Called about offer {number}-{place}") } else { String::new() };
            let plan = ["", "pro", "free", "team"][(number + 2 * place) % 4];
            // One value makes the attribute
            let other = if row == 1 { "x" } else { "" };
            let company = if number % 3 == 0 { "" } else { &person.company };
            writeln!(
                csv,
                "{row:024x},{role},{external},{},{},{},{company},{tags},{note},{},{plan},{other}",
                person.email,
                person.name(),
                person.phone,
                1_600_000_000 + row * 60
            )
            .unwrap();
        }
    }
    csv
}

/// Half of those people, and as many new ones.
fn list() -> String {
    let mut csv = "E-mail,Full name,Organisation,Tags,plan\n".to_owned();
    for number in 20..60 {
        let person = Person::number(number);
        writeln!(csv, "{},{},{},webinar,gold", person.email, person.name(), person.company).unwrap();
    }
    csv
}

#[test]
fn the_calls_of_the_forecast_are_the_calls_that_are_made() {
    for more in
        [&[] as &[&str], &["--keep", "drop"], &["--lead-groups", "promote"], &["--keep-attribute", "plan=Other"]]
    {
        let (desk, workspace) = (Desk::new(), Workspace::seeded(&seed()));
        let url = workspace.url();
        desk.file("list.csv", list());
        let plan = [&["plan", "list.csv", "--pull", "-o", "x.plan", "--no-report"], more].concat();
        desk.run_on(&url, &plan).ends_with(0);
        let forecast = PlanFile::open(&desk.at("x.plan")).unwrap().forecast().unwrap();
        let before = workspace.requests();
        desk.run_on(&url, &["apply", "x.plan", "--yes"]).ends_with(0);
        let made = workspace.requests() - before;
        assert_eq!(forecast.reads + forecast.writes, made, "{more:?}: {forecast:?}");
        assert!(forecast.reads > 200 && forecast.writes > 100, "{more:?}: {forecast:?}");
    }
}
