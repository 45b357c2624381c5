//! Values used by several people, learned from the data: shared inboxes, switchboards, family phones, fillers.
//!
//! A value is shared when records that carry it name people who cannot be one person, however the value is spelt; lists
//! of role names and fillers are only a prior. What is learned for each value is the chance that two of its carriers are
//! one person, which is what sharing the value is then worth as evidence.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::features::{Features, NONE, Spelling, row_id};
use super::{names, similarity};

/// What is known about one value's carriers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sharing {
    /// Number of people among the carriers who cannot be one another; 0 when no carrier says who they are.
    pub(super) people: u32,
    /// Chance that two different carriers are one person, by their names: 1 for a value nobody shares.
    pub(super) same: f64,
    /// Most of these people have a surname in common.
    pub(super) kin: bool,
}

impl Sharing {
    const UNKNOWN: Self = Self { people: 0, same: 1.0, kin: false };

    /// Several people use the value.
    pub(super) fn is_shared(self) -> bool {
        self.people > 1
    }
}

/// Average chance that two carriers of one value are one person from which on a column identifies people.
const MOSTLY_ONE: f64 = 0.6;

/// Values that count as seen before a column has been looked at, and the chance assumed for them.
const TYPICAL: (f64, f64) = (8.0, 0.9);

/// Sharing of every value of one kind.
#[derive(Debug, Default)]
pub(super) struct SharedValues {
    values: Vec<Sharing>,
    /// Chance that two carriers of one value are one person, on average over the values.
    typical: f64,
    /// Most values that several people use are used by a family.
    kin: bool,
}

/// Hands on the ids of the values that a record has of one kind.
pub(super) type ValuesOf<'v> = dyn Fn(u32, &mut dyn FnMut(u32)) + 'v;

impl SharedValues {
    /// Learns from all records which values are shared.
    pub(super) fn learn(features: &Features, count: usize, values: &ValuesOf<'_>) -> Self {
        let organisations = features.organisations;
        let mut counts = vec![0_u32; count];
        for row in 0..row_id(features.len) {
            values(row, &mut |value| counts[value as usize] += 1);
        }
        let mut carriers: Vec<(u32, Label)> = Vec::new();
        for row in 0..row_id(features.len) {
            values(row, &mut |value| {
                if counts[value as usize] > 1 {
                    carriers.push((value, Label::of(features, row, organisations)));
                }
            });
        }
        carriers.par_sort_unstable();
        let mut sharing = vec![Sharing::UNKNOWN; count];
        let blocks: Vec<&[(u32, Label)]> = carriers.chunk_by(|left, right| left.0 == right.0).collect();
        let learned: Vec<(u32, Sharing)> = blocks
            .par_iter()
            .filter(|block| block.len() > 1)
            .map(|block| (block[0].0, sharing_of(features, block)))
            .collect();
        for (value, found) in learned {
            sharing[value as usize] = found;
        }
        let known = || sharing.iter().filter(|sharing| sharing.people > 0);
        let start = (TYPICAL.0, TYPICAL.0 * TYPICAL.1);
        let (several, same) = known().fold(start, |(several, same), sharing| (several + 1.0, same + sharing.same));
        let typical = same / several;
        let shared = known().filter(|sharing| sharing.is_shared()).count();
        let kin = known().filter(|sharing| sharing.kin).count();
        Self { values: sharing, typical, kin: kin * 2 > shared }
    }

    /// Forgives the values of columns in which most carriers of one value are one person: there two names are two
    /// spellings, slips included, and not two people. `column` names the column of a value.
    pub(super) fn forgive<'t>(&mut self, column: impl Fn(u32) -> &'t str) {
        let mut columns: FxHashMap<&str, (u32, f64)> = FxHashMap::default();
        for (value, sharing) in (0..).zip(&self.values).filter(|(_, sharing)| sharing.people > 0) {
            let (several, same) = columns.entry(column(value)).or_default();
            *several += 1;
            *same += sharing.same;
        }
        for (value, sharing) in (0..).zip(&mut self.values) {
            let (several, same) = columns.get(column(value)).copied().unwrap_or_default();
            if sharing.is_shared() && same >= MOSTLY_ONE * f64::from(several) {
                *sharing = Sharing::UNKNOWN;
            }
        }
    }

    /// What is known about a value.
    pub(super) fn of(&self, value: u32) -> Sharing {
        self.values.get(value as usize).copied().unwrap_or(Sharing::UNKNOWN)
    }

    /// Chance that two carriers of a value are one person: its own where several people are known, else the usual one.
    pub(super) fn same(&self, value: u32) -> f64 {
        let sharing = self.of(value);
        if sharing.is_shared() { sharing.same } else { self.typical }
    }

    /// Whether who shares the value is a family, as far as can be told.
    pub(super) fn is_family(&self, value: u32) -> bool {
        let sharing = self.of(value);
        if sharing.is_shared() { sharing.kin } else { self.kin }
    }
}

/// Who a record says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Label {
    Name(u32),
    Company(u32),
    /// An organisation's street.
    Street(u32),
    /// A record without a name, known by its address.
    Email(u32),
    /// A role mailbox without a name.
    Mailbox(u32),
    Nobody,
}

impl Label {
    fn of(features: &Features, row: u32, organisations: bool) -> Self {
        let name = features.row(row).name;
        if name != NONE {
            return Self::Name(name);
        }
        let street = features.row(row).street;
        if organisations && street != NONE {
            return Self::Street(street);
        }
        if organisations && let Some(company) = features.companies_of(row).first() {
            return Self::Company(*company);
        }
        match features.emails_of(row).first() {
            Some(email) if features.emails[*email as usize].role => Self::Mailbox(*email),
            Some(email) => Self::Email(*email),
            None => Self::Nobody,
        }
    }

    /// Whether two labels cannot mean the same person.
    fn contradicts(self, other: Self, features: &Features) -> bool {
        match (self, other) {
            (Self::Name(left), Self::Name(right)) => {
                let names = (features.names.get(left), features.names.get(right));
                let (Some(left), Some(right)) = names else { return false };
                names::incompatible(names::compare(left, right, &features.tokens))
            }
            (Self::Company(left), Self::Company(right)) => {
                similarity::word_overlap(features.companies.text(left), features.companies.text(right)) < 0.3
            }
            (Self::Street(left), Self::Street(right)) => {
                let (one, other) = (&features.streets[left as usize], &features.streets[right as usize]);
                one.number != other.number
                    && !similarity::is_similar(&one.word, &other.word)
                    && similarity::word_overlap(features.street_texts.text(left), features.street_texts.text(right))
                        < 0.5
            }
            (Self::Email(left), Self::Email(right)) => {
                let (left, right) = (features.emails[left as usize], features.emails[right as usize]);
                left.company_domain != NONE
                    && left.company_domain == right.company_domain
                    && left.local != right.local
                    && !similarity::is_similar(features.locals.text(left.local), features.locals.text(right.local))
            }
            (Self::Name(name), Self::Email(email)) | (Self::Email(email), Self::Name(name)) => {
                features.spells(email, name) == Some(Spelling::Other)
            }
            (Self::Mailbox(left), Self::Mailbox(right)) => left != right,
            (Self::Mailbox(_), Self::Name(_) | Self::Email(_)) | (Self::Name(_) | Self::Email(_), Self::Mailbox(_)) => {
                true
            }
            _ => false,
        }
    }

    /// An order that does not depend on ids.
    fn text(self, features: &Features) -> String {
        match self {
            Self::Name(name) => {
                let Some(name) = features.names.get(name) else { return String::new() };
                let words = |tokens: &[u32]| {
                    tokens.iter().map(|token| features.tokens.text(*token)).collect::<Vec<_>>().join(" ")
                };
                let suffix = if name.suffix == NONE { "" } else { features.tokens.text(name.suffix) };
                // Every part apart: two names of the same words in other roles are two labels.
                format!("{}|{}|{suffix}|{:?}", words(name.given), words(name.family), name.script)
            }
            Self::Street(street) => features.street_texts.text(street).to_owned(),
            Self::Company(company) => features.companies.text(company).to_owned(),
            Self::Email(email) | Self::Mailbox(email) => features.address(email),
            Self::Nobody => String::new(),
        }
    }
}

/// People told apart at most; more make no difference to what the value is worth.
const MOST_PEOPLE: usize = 48;

/// Divides the carriers of one value into people.
fn sharing_of(features: &Features, block: &[(u32, Label)]) -> Sharing {
    let mut labels: Vec<(u32, String, Label)> = block
        .chunk_by(|left, right| left.1 == right.1)
        .filter(|same| same[0].1 != Label::Nobody)
        .map(|same| (row_id(same.len()), same[0].1.text(features), same[0].1))
        .collect();
    labels.sort_unstable_by(|left, right| (right.0, &left.1).cmp(&(left.0, &right.1)));
    let mut people: Vec<(u32, Vec<Label>)> = Vec::new();
    for (records, _, label) in labels {
        let known = people.iter().position(|(_, known)| !known.iter().any(|one| one.contradicts(label, features)));
        match known {
            Some(at) => {
                people[at].0 += records;
                people[at].1.push(label);
            }
            None if people.len() < MOST_PEOPLE => people.push((records, vec![label])),
            None => {}
        }
    }
    let total: u32 = people.iter().map(|(count, _)| count).sum();
    let pairs = |count: u32| f64::from(count) * f64::from(count.saturating_sub(1)) / 2.0;
    // Half a pair of doubt on each side: two carriers with two names do not prove that no two carriers ever agree.
    let within: f64 = people.iter().map(|(count, _)| pairs(*count)).sum();
    let same = if people.len() < 2 { 1.0 } else { (within + 0.5) / (pairs(total) + 1.0) };
    Sharing { people: row_id(people.len()), same, kin: are_kin(features, &people) }
}

/// Whether most of the people who use a value have a surname in common.
fn are_kin(features: &Features, people: &[(u32, Vec<Label>)]) -> bool {
    let surname = |label: &Label| match label {
        Label::Name(name) => features.names.get(*name)?.family.last().map(|word| features.tokens.spelling(*word)),
        _ => None,
    };
    let surnames: Vec<&str> = people.iter().filter_map(|(_, labels)| labels.iter().find_map(surname)).collect();
    let same = |one: &&str| surnames.iter().filter(|other| *other == one).count();
    surnames.iter().map(same).max().is_some_and(|most| most > 1 && most * 2 >= surnames.len())
}
