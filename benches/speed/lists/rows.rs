//! One row of a person as somebody typed or exported it.

use std::fmt::Write;

use crate::chance::Chance;
use crate::people::Person;

pub(crate) const HEADER: &str = "id,role,external_id,email,name,phone,company,city,country,created_at,last_seen_at,\
signed_up_at,tags,owner,plan,source\n";

const FILLERS: &[&str] = &["Guest", "Unknown", "Test", "Customer", "n/a", "-"];
const TAGS: &[&str] = &[
    "student",
    "partner",
    "newsletter",
    "press",
    "trial",
    "beta",
    "eu",
    "imported",
    "enterprise",
    "do-not-call",
    "vip",
    "demo-requested",
    "event:saastock",
    "webinar-2023",
    "churn-risk",
];
const OWNERS: &[&str] = &[
    "Unassigned",
    "Jana Novak",
    "Luis Ortega",
    "Tom Keller",
    "Priya Nair",
    "Sam Okafor",
    "Aoife Byrne",
    "Mei Chen",
    "Ben Wright",
    "Chloé Martin",
];
const PLANS: &[&str] = &["Free", "Enterprise", "Team", "Pro", "trial"];
const SOURCES: &[&str] = &[
    "Product signup",
    "app signup",
    "webform",
    "newsletter",
    "Messenger",
    "Landing page",
    "webinar",
    "Sales",
    "Import 2021-04",
    "Salesforce migration",
    "live chat",
    "LinkedIn",
    "Trade show",
    "Blog subscribe",
    "outbound",
];

/// Writes the row with its line end.
pub(crate) fn write(line: &mut String, person: &Person, chance: &mut Chance) {
    let created = person.since + chance.below(60);
    let _ = write!(line, "{:08x}{:016x},", 1_546_300_800 + created * 86_400, chance.next());
    line.push_str(if person.user && chance.percent(85) { "user," } else { "lead," });
    if person.user && chance.percent(85) {
        line.push_str(if chance.below(500) == 0 { "test" } else { &person.external_id });
    }
    line.push(',');
    if chance.percent(86) {
        email(line, person, chance);
    }
    line.push(',');
    if chance.percent(75) {
        name(line, person, chance);
    }
    line.push(',');
    if chance.percent(35) {
        phone(line, person, chance);
    }
    line.push(',');
    if let Some(company) = person.company.as_ref().filter(|_| chance.percent(55)) {
        let legal = if chance.percent(60) { company.legal } else { "" };
        let text = format!("{} {legal}", company.name);
        let text = text.trim();
        cell(line, &if chance.percent(6) { text.to_uppercase() } else { slip(text, 3, chance) });
    }
    line.push(',');
    if chance.percent(46) {
        cell(line, &if chance.percent(4) { person.city.to_uppercase() } else { person.city.to_owned() });
    }
    line.push(',');
    if chance.percent(41) {
        line.push_str(chance.pick(person.country.spellings));
    }
    line.push(',');
    let minute = chance.below(1_440);
    moment(line, created, minute);
    line.push(',');
    if chance.percent(70) {
        let minute = chance.below(1_440);
        moment(line, created + 1 + chance.below(600), minute);
    }
    line.push(',');
    if person.user {
        moment(line, created, (minute + 90).min(1_439));
    }
    line.push(',');
    if chance.percent(55) {
        for at in 0..=chance.below(3) {
            line.push_str(if at > 0 { ";" } else { "" });
            line.push_str(chance.pick(TAGS));
        }
    }
    line.push(',');
    if chance.percent(63) {
        line.push_str(chance.pick(OWNERS));
    }
    line.push(',');
    if person.user {
        line.push_str(chance.pick(PLANS));
    }
    line.push(',');
    line.push_str(chance.pick(SOURCES));
    line.push('\n');
}

fn email(line: &mut String, person: &Person, chance: &mut Chance) {
    let own = person.work_mail.as_deref().filter(|_| chance.percent(65)).unwrap_or(&person.private_mail);
    let text = match chance.below(200) {
        0 => "none@none.com".to_owned(),
        1..12 => own.to_uppercase(),
        12..16 => own.replacen('@', "+news@", 1),
        16..18 => format!("mailto:{own}"),
        18..20 => format!(" {own}"),
        _ => slip(own, 2, chance),
    };
    line.push_str(&text);
}

fn name(line: &mut String, person: &Person, chance: &mut Chance) {
    let (given, family) = (person.given.as_str(), person.family.as_str());
    let initial: String = given.chars().take(1).collect();
    let text = match chance.below(100) {
        0..3 => chance.pick(FILLERS).to_owned(),
        3..9 => given.to_owned(),
        9..14 => format!("{initial}. {family}"),
        14..18 => format!("{family}, {given}"),
        18..23 => format!("{given} {family}").to_uppercase(),
        23..27 => format!("{given} {family}").to_lowercase(),
        27..29 => format!("Dr. {given} {family}"),
        _ => slip(&format!("{given} {family}"), 4, chance),
    };
    cell(line, &text);
}

fn phone(line: &mut String, person: &Person, chance: &mut Chance) {
    let (prefix, number) = (person.country.prefix, person.phone);
    let text = number.to_string();
    let (area, rest) = text.split_at(3);
    let _ = match chance.below(20) {
        0 => write!(line, "1234567890"),
        1..8 => write!(line, "{prefix} {area} {rest}"),
        8..12 => write!(line, "{prefix}{number}"),
        12..14 => write!(line, "{}{number}", prefix.replace('+', "00")),
        14..17 => write!(line, "(0{area}) {rest}"),
        17..19 => write!(line, "0{area}-{rest}"),
        _ => write!(line, "{prefix} {area} {rest} ext {}", 100 + number % 900),
    };
}

/// A slip of the fingers in so many of a hundred texts: a letter left out, doubled, or two swapped.
fn slip(text: &str, percent: u64, chance: &mut Chance) -> String {
    if !chance.percent(percent) {
        return text.to_owned();
    }
    let mut letters: Vec<char> = text.chars().collect();
    let at = usize::try_from(chance.below(letters.len() as u64)).unwrap_or_default();
    match chance.below(3) {
        0 if letters.len() > 4 && letters[at] != '@' => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        _ if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => {}
    }
    letters.into_iter().collect()
}

fn cell(line: &mut String, text: &str) {
    if text.contains(',') {
        let _ = write!(line, "\"{text}\"");
    } else {
        line.push_str(text);
    }
}

/// `2024-03-07 14:05:09`, so many days after the first of January 2019.
fn moment(line: &mut String, days: u64, minute: u64) {
    // Days to civil date (Hinnant, "chrono-compatible low-level date algorithms"), counted from 1 March 2016.
    let days = days + 1_036;
    let year_days = days % 1_461;
    let year = days / 1_461 * 4 + (year_days / 365).min(3);
    let day = year_days - (year_days / 365).min(3) * 365;
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let (month, year) = if month < 10 { (month + 3, 2_016 + year) } else { (month - 9, 2_017 + year) };
    let second = (days * 31 + minute * 7) % 60;
    let _ = write!(line, "{year}-{month:02}-{date:02} {:02}:{:02}:{second:02}", minute / 60, minute % 60);
}
