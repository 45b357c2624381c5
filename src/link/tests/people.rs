//! A list of invented people with the duplicates and slips real lists have, the same for the same seed.

use super::oracle::Random;
use crate::contact::{Record, RecordBuilder};

const GIVEN: [&str; 24] = [
    "Ann",
    "Robert",
    "Maria",
    "Johannes",
    "Pierre",
    "Katherine",
    "Luis",
    "Ingrid",
    "Tom",
    "Elena",
    "Victor",
    "Sarah",
    "Miguel",
    "Agnes",
    "Oliver",
    "Hanna",
    "Ravi",
    "Claire",
    "Stefan",
    "Julia",
    "Edward",
    "Nina",
    "Carlos",
    "Fatima",
];
const FAMILY: [&str; 24] = [
    "Lee",
    "Novak",
    "Fernandez",
    "Bergstrom",
    "Okafor",
    "Whitfield",
    "Tanaka",
    "Moreau",
    "Petrov",
    "Castellano",
    "Hughes",
    "Lindqvist",
    "Adeyemi",
    "Schroder",
    "Marchetti",
    "Doyle",
    "Kowalski",
    "Nakamura",
    "Ferreira",
    "Haddad",
    "Brandt",
    "Osborne",
    "Villanueva",
    "Strand",
];
const COMPANIES: [&str; 9] = [
    "Hillside Ltd",
    "Brook GmbH",
    "Fennel Foods",
    "Copper Lane",
    "Tidewater Inc",
    "Osprey Media",
    "Juniper Works",
    "Larkspur AG",
    "Meadowgate",
];
const CITIES: [&str; 6] = ["London", "Leeds", "Bremen", "Porto", "Lyon", "Gdansk"];

/// Another letter somewhere: a slip that recurred all over a list would be a spelling of its own.
fn with_a_slip(random: &mut Random, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (1..letters.len()).filter(|at| letters[*at].is_ascii_lowercase()).collect();
    let place = places[random.below(u32::try_from(places.len()).expect("short")) as usize];
    letters[place] = char::from(b'a' + u8::try_from(random.below(26)).expect("a letter"));
    letters.into_iter().collect()
}

/// `people` invented people, about two records each, in no order that means anything. Ids are `0000`, `0001`…
pub(super) fn list(people: u32, seed: u64) -> Vec<Record> {
    let mut random = Random(seed);
    let mut records = Vec::new();
    for person in 0..people {
        let pick = |random: &mut Random, words: &[&'static str]| {
            words[random.below(u32::try_from(words.len()).expect("few words")) as usize]
        };
        let (given, family) = (pick(&mut random, &GIVEN), pick(&mut random, &FAMILY));
        let (company, city) = (pick(&mut random, &COMPANIES), pick(&mut random, &CITIES));
        let phone = format!("+44 20 79{:02} {:04}", person % 100, random.below(10_000));
        let local = format!("{}.{}{}", given.to_lowercase(), family.to_lowercase(), person);
        for _ in 0..=random.below(3) {
            let slip = |random: &mut Random, text: &str| {
                if random.below(8) > 0 { text.to_owned() } else { with_a_slip(random, text) }
            };
            let mut record = RecordBuilder::lead().name(&slip(&mut random, &format!("{given} {family}")));
            if random.below(5) > 0 {
                record = record.email(&format!("{}@{}", slip(&mut random, &local), "post.example"));
            }
            if random.below(2) > 0 {
                record = record.phone_in(&phone, "GB");
            }
            if random.below(3) > 0 {
                record = record.company(&slip(&mut random, company)).city(city);
            }
            records.push(record);
        }
    }
    for at in (1..records.len()).rev() {
        records.swap(at, random.below(u32::try_from(at + 1).expect("few records")) as usize);
    }
    let numbered = |(record, at): (RecordBuilder, u32)| record.id(&format!("{at:04}")).row(at + 1).build();
    records.into_iter().zip(0..).map(numbered).collect()
}

/// The same records in another order.
pub(super) fn shuffled(records: &[Record], seed: u64) -> Vec<Record> {
    let mut random = Random(seed);
    let mut records = records.to_vec();
    for at in (1..records.len()).rev() {
        records.swap(at, random.below(u32::try_from(at + 1).expect("few records")) as usize);
    }
    records
}
