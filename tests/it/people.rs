//! Invented people, the same ones for the same seed.

use std::fmt::Write as _;

const GIVEN: &[&str] = &[
    "Ada", "Bruno", "Carla", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Liam", "Mara",
    "Nils", "Olga", "Pablo", "Quentin", "Rosa", "Stefan", "Tara", "Ugo", "Vera", "Wanda", "Xenia", "Yusuf", "Zelda",
];
const FAMILY: &[&str] = &[
    "Abramov",
    "Bergstrom",
    "Castellan",
    "Dunmore",
    "Eklund",
    "Ferreira",
    "Gallagher",
    "Hartmann",
    "Ibsen",
    "Jankovic",
    "Kovalenko",
    "Lindqvist",
    "Marchetti",
    "Novotny",
    "Okonkwo",
    "Papadakis",
    "Quiroga",
    "Rasmussen",
    "Sandoval",
    "Takahashi",
    "Ulrich",
    "Valenzuela",
    "Whitlock",
    "Xylander",
    "Ylvisaker",
    "Zimmermann",
];
const COMPANY: &[&str] =
    &["Brightwater", "Copperfield", "Dovetail", "Elmhurst", "Foxglove", "Granite", "Harbour", "Ironwood"];

/// A small linear congruential generator (Knuth's MMIX constants): no crate, no clock, the same everywhere.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// One invented person; `number` makes every value their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) given: String,
    pub(crate) family: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) company: String,
}

impl Person {
    pub(crate) fn number(number: usize) -> Self {
        let given = GIVEN[number % GIVEN.len()];
        let stem = FAMILY[(number / GIVEN.len()) % FAMILY.len()];
        let round = number / (GIVEN.len() * FAMILY.len());
        // Further rounds get surnames of their own, so that nobody is a namesake by accident.
        let family = if round == 0 { stem.to_owned() } else { format!("{stem}-{}", FAMILY[round % FAMILY.len()]) };
        let company = COMPANY[number % COMPANY.len()];
        Self {
            email: format!("{}.{}@{}.example", given.to_lowercase(), family.to_lowercase(), company.to_lowercase()),
            given: given.to_owned(),
            family,
            phone: format!("+4930{:07}", 1_000_000 + number * 37),
            company: company.to_owned(),
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
}

/// A list of the first `rows` people: e-mail and name.
pub(crate) fn list(rows: usize) -> String {
    let mut csv = "Email,Name\n".to_owned();
    for number in 0..rows {
        let person = Person::number(number);
        writeln!(csv, "{},{}", person.email, person.name()).unwrap();
    }
    csv
}
