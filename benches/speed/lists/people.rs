//! The people of a list, and the companies they work for. Each is made from its number alone, so that none is kept.

use std::fmt::Write;

use crate::chance::Chance;
use crate::vocabulary::{COUNTRIES, Country, HOBBIES, MAILERS, TRADES};

pub(crate) struct Person {
    pub(crate) country: &'static Country,
    pub(crate) given: String,
    pub(crate) family: String,
    pub(crate) city: &'static str,
    pub(crate) company: Option<Company>,
    pub(crate) private_mail: String,
    pub(crate) work_mail: Option<String>,
    /// National number without the leading zero.
    pub(crate) phone: u64,
    pub(crate) user: bool,
    pub(crate) external_id: String,
    /// Unix days since 2019 on which the person first wrote.
    pub(crate) since: u64,
}

pub(crate) struct Company {
    pub(crate) name: String,
    pub(crate) legal: &'static str,
    pub(crate) domain: String,
}

pub(crate) struct World {
    seed: u64,
    companies: u64,
    surnames: u64,
}

impl World {
    /// A world for a list of this length: there are more companies and surnames in a longer list.
    pub(crate) fn new(seed: u64, rows: u32) -> Self {
        let rows = u64::from(rows);
        Self { seed, companies: rows / 7 + 20, surnames: rows / 3 + 2_000 }
    }

    pub(crate) fn person(&self, number: u32) -> Person {
        let mut chance = Chance::new(self.seed ^ 0x7065_6f70, u64::from(number));
        let country = &COUNTRIES[usize::try_from(chance.rank(COUNTRIES.len() as u64)).unwrap_or_default()];
        let given = self.given(country, &mut chance);
        let family = self.surname(country, &mut chance);
        let company = chance.percent(62).then(|| self.company(chance.rank(self.companies)));
        let (first, last) = (slug(&given), slug(&family));
        let number = chance.below(10_000);
        let local = match chance.below(8) {
            0..3 => format!("{first}.{last}"),
            3 => format!("{first}{last}{}", number % 100),
            4 => format!("{}{last}{}", initial(&first), number % 1_000),
            5 => format!("{first}{number}"),
            6 => format!("{}{}{number}", chance.pick(HOBBIES), chance.pick(HOBBIES)),
            _ => format!("{first}.{last}{}", number % 100),
        };
        let mailer = chance.pick(MAILERS);
        let work_mail = company.as_ref().filter(|_| chance.percent(75)).map(|company| {
            let local = match chance.below(10) {
                0..5 => format!("{first}.{last}"),
                5..8 => format!("{}{last}", initial(&first)),
                8 => first.clone(),
                _ if chance.percent(40) => chance.pick(&["info", "sales", "office", "hr"]).to_owned(),
                _ => format!("{first}{}", initial(&last)),
            };
            format!("{local}@{}", company.domain)
        });
        let floor = 10u64.pow(u32::try_from(country.digits).unwrap_or(9) - 1);
        Person {
            country,
            city: chance.pick(country.cities),
            company,
            private_mail: format!("{local}@{mailer}"),
            work_mail,
            phone: floor * 2 + chance.below(floor * 7),
            user: chance.percent(20),
            external_id: match chance.below(2) {
                0 => format!("usr_{:010x}", chance.next() >> 24),
                _ => (1_000_000 + chance.below(90_000_000)).to_string(),
            },
            since: chance.below(2_700),
            given,
            family,
        }
    }

    /// A third are known names; the others are rare ones, of which no list has all.
    fn given(&self, country: &Country, chance: &mut Chance) -> String {
        if chance.percent(35) {
            return chance.pick(country.given).to_owned();
        }
        let mut made = Chance::new(self.seed ^ 0x6769_7665, chance.below(4_000).min(chance.below(4_000)));
        capital(&[syllable(&mut made), syllable(&mut made)].concat())
    }

    /// One in eight is a common surname; the long tail is put together.
    fn surname(&self, country: &Country, chance: &mut Chance) -> String {
        if chance.percent(12) {
            return chance.pick(country.family).to_owned();
        }
        let rank = chance.below(self.surnames).min(chance.below(self.surnames));
        let mut made = Chance::new(self.seed ^ 0x6e61_6d65, rank);
        let head = [syllable(&mut made), syllable(&mut made)].concat();
        capital(&format!("{head}{}", made.pick(country.syllables)))
    }

    fn company(&self, number: u64) -> Company {
        let mut chance = Chance::new(self.seed ^ 0x636f_6d70, number);
        let country = &COUNTRIES[usize::try_from(chance.rank(COUNTRIES.len() as u64)).unwrap_or_default()];
        let head = [syllable(&mut chance), syllable(&mut chance)].concat();
        let name = format!("{} {}", capital(&head), chance.pick(TRADES));
        let mut domain = slug(&name);
        if chance.percent(30) {
            domain = slug(&head);
        }
        let ending = if chance.percent(60) { "com" } else { country.domain };
        let _ = write!(domain, ".{ending}");
        Company { name, legal: chance.pick(country.legal), domain }
    }
}

/// One of some four thousand.
fn syllable(chance: &mut Chance) -> String {
    const HEADS: &[&str] = &[
        "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kr", "l", "m", "n", "p", "pr",
        "r", "s", "sch", "sh", "st", "t", "th", "tr", "v", "w", "z", "",
    ];
    const HEARTS: &[&str] = &["a", "e", "i", "o", "u", "ai", "ee", "ou", "y"];
    const TAILS: &[&str] = &["", "", "l", "n", "r", "s", "m", "nd", "rt", "ck", "x", "t", "ng", "lm"];
    [chance.pick(HEADS), chance.pick(HEARTS), chance.pick(TAILS)].concat()
}

fn initial(word: &str) -> &str {
    word.get(..1).unwrap_or(word)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Letters of a mail address.
fn slug(text: &str) -> String {
    let plain = |letter: char| match letter {
        'ä' | 'á' | 'à' | 'å' => 'a',
        'é' | 'è' | 'ë' => 'e',
        'í' => 'i',
        'ö' | 'ó' | 'ø' => 'o',
        'ü' | 'ú' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'ł' => 'l',
        other => other,
    };
    text.to_lowercase().chars().map(plain).filter(char::is_ascii_alphanumeric).collect()
}
