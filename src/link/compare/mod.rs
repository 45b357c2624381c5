//! Two records → one level per comparison, with its weight.
//!
//! Knows what agreement means for each field and where two fields say the same thing twice (an address and the name it
//! is made of, a company and its domain, a city and its country), so that one fact is counted once. Symmetric.

mod address;
mod company;
mod email;
mod identity;
mod name;
mod phone;

use crate::link::ablation::Idea;
use crate::link::features::{Features, NONE};
use crate::link::levels::Level;
use crate::link::memo::Memo;
use crate::link::score::Kept;
use crate::link::shared::{SharedValues, ValuesOf};
use crate::link::weights::{Bits, Weights};
use crate::link::{Decided, RecordIndex};

/// What a company can say at most, in bits: the fewer records it has the more of them are colleagues who work together.
const MOST_FOR_COMPANY: f64 = 10.0;

/// What a switchboard can say about records that agree on an office's mailbox, in bits.
const MOST_FOR_SWITCHBOARD: f64 = 4.0;

/// What a birthday can say about two people of one surname and one home, in bits.
const MOST_FOR_TWINS: f64 = 5.5;

/// Comparisons a pair can have at most.
const MOST: usize = 14;

/// The levels a pair reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Findings {
    found: [(Level, Bits); MOST],
    len: usize,
}

impl Findings {
    pub(super) fn new() -> Self {
        Self { found: [(Level::NameUnclear, Bits(0)); MOST], len: 0 }
    }

    fn push(&mut self, level: Level, bits: Bits) {
        if let Some(slot) = self.found.get_mut(self.len) {
            *slot = (level, bits);
            self.len += 1;
        }
    }

    /// The best of each comparison, in the order in which they come.
    pub(super) fn better(&mut self, other: &Self) {
        for (level, bits) in other.as_slice() {
            let same = |known: &&mut (Level, Bits)| known.0.comparison() == level.comparison();
            match self.found.get_mut(..self.len).unwrap_or_default().iter_mut().find(same) {
                Some(known) => known.1 = known.1.max(*bits),
                None => self.push(*level, *bits),
            }
        }
    }

    /// Levels and weights in the order of the comparisons.
    pub(super) fn as_slice(&self) -> &[(Level, Bits)] {
        &self.found[..self.len]
    }

    /// Sum of the weights.
    pub(super) fn sum(&self) -> Bits {
        self.as_slice().iter().fold(Bits(0), |sum, (_, bits)| sum + *bits)
    }
}

impl FromIterator<(Level, Bits)> for Findings {
    fn from_iter<I: IntoIterator<Item = (Level, Bits)>>(found: I) -> Self {
        let mut findings = Self::new();
        found.into_iter().for_each(|(level, bits)| findings.push(level, bits));
        findings
    }
}

/// Everything a comparison needs to know.
#[derive(Debug)]
pub(super) struct Comparer<'f> {
    pub(super) features: &'f Features,
    /// Hardly any record names a person.
    pub(super) organisations: bool,
    /// What people said before, once there is something.
    pub(super) decided: Option<&'f Decided>,
    pub(super) weights: Weights,
    /// Pairs whose levels are known already, by these weights.
    pub(super) kept: Kept,
    pub(super) shared_email: SharedValues,
    pub(super) shared_phone: SharedValues,
    pub(super) shared_street: SharedValues,
    pub(super) shared_external: SharedValues,
    pub(super) shared_identifier: SharedValues,
    memos: Memos,
}

/// What is remembered of values that meet again. Nothing in it depends on the weights.
#[derive(Debug)]
struct Memos {
    /// How two companies agree.
    companies: Memo,
    /// Whether a domain is a company's by its name.
    company_domains: Memo,
    /// Whether two places are one but for a slip.
    places: Memo,
    /// How two streets agree.
    streets: Memo,
    /// Whether two job titles are one.
    job_titles: Memo,
}

impl Default for Memos {
    fn default() -> Self {
        let large = || Memo::new(15);
        Self {
            companies: large(),
            company_domains: large(),
            places: Memo::default(),
            streets: large(),
            job_titles: Memo::default(),
        }
    }
}

impl<'f> Comparer<'f> {
    /// Learns shared values and prepares the weights.
    pub(super) fn new(features: &'f Features) -> Self {
        let known = !features.without.lacks(Idea::SharedValues);
        let learn = |count: usize, values: &ValuesOf<'_>| {
            if known { SharedValues::learn(features, count, values) } else { SharedValues::default() }
        };
        let mut shared_identifier =
            learn(features.identifiers.len(), &|row, hand| features.identifier.of(row).iter().copied().for_each(hand));
        shared_identifier.forgive(|id| features.identifiers.text(id).split('\t').next().unwrap_or_default());
        let mut weights = Weights::new(features.scale());
        weights.frequencies = !features.without.lacks(Idea::Frequencies);
        Self {
            features,
            memos: Memos::default(),
            shared_identifier,
            organisations: features.organisations,
            decided: None,
            weights,
            kept: Kept::default(),
            shared_email: learn(features.emails.len(), &|row, hand| {
                features.emails_of(row).iter().copied().for_each(hand);
            }),
            shared_phone: learn(features.tails, &|row, hand| features.phone_tails_of(row).into_iter().for_each(hand)),
            shared_street: learn(features.streets.len(), &|row, hand| one(features.row(row).street, hand)),
            shared_external: learn(features.external_ids.len(), &|row, hand| {
                one(features.row(row).external_id, hand);
            }),
        }
    }

    /// Whether a person said that two records are one person or two.
    pub(super) fn said(&self, left: u32, right: u32) -> Option<bool> {
        self.decided.and_then(|decided| decided.says(RecordIndex(left), RecordIndex(right)))
    }

    /// Compares two records.
    pub(super) fn compare(&self, left: u32, right: u32) -> Findings {
        // In the order of content, so that no comparison can depend on which of the two was read first.
        let rank = |row: u32| self.features.row(row).rank;
        let (left, right) = if rank(left) <= rank(right) { (left, right) } else { (right, left) };
        let mut found = Findings::new();
        let exact = |found: (Level, Bits)| self.without_slips(found);
        let email = self.email(left, right).map(exact);
        let name = self.name(left, right).map(exact);
        let phone = self.phone(left, right).map(exact);
        let agree = name.is_some_and(|(level, _)| level <= Level::NameFamilyOnly || level == Level::NameInEmail);
        if let Some((level, bits)) = email {
            let spelt = || {
                name.is_some_and(|(name, _)| name == Level::NameInEmail)
                    || ((agree || matches!(name, Some((Level::NameOtherSurname, _)))) && self.made_of_name(left, right))
            };
            // One fact is counted once: addresses made of the name agree because the name does.
            match level {
                Level::EmailLocalPart if spelt() => {
                    found.push(Level::EmailLocalPartFromName, self.weights.plain(Level::EmailLocalPartFromName));
                }
                Level::EmailSimilar if spelt() => found.push(level, bits.min(Bits::new(1.0))),
                _ => found.push(level, bits),
            }
        }
        let street = self.street(left, right);
        let one_street = matches!(street, Some((Level::StreetSame | Level::StreetShared | Level::StreetTypo, _)));
        let home = one_street && !self.organisations && self.are_at_home(left, right);
        if let Some((level, bits)) = name {
            // A family has its surname in common as it has its home: what is left to say is said by the given name.
            let most = match level {
                _ if !home => f64::INFINITY,
                Level::NameInitial => 3.0,
                Level::NameFamilyOnly => 1.0,
                _ => 9.0,
            };
            found.push(level, bits.min(Bits::new(most)));
        }
        if let Some((level, bits)) = phone {
            // Whoever reads an office's mailbox sits at its switchboard.
            let office = matches!(email, Some((Level::EmailRole | Level::EmailShared, _))) && !agree;
            let most = if office && level == Level::PhoneShared { Bits::new(MOST_FOR_SWITCHBOARD) } else { bits };
            found.push(level, bits.min(most));
        }
        let same_mail = matches!(
            email,
            Some((
                Level::EmailSame | Level::EmailShared | Level::EmailRole | Level::EmailTypo | Level::EmailColleague,
                _
            ))
        );
        let called = matches!(phone, Some((Level::PhoneSame | Level::PhoneTail | Level::PhoneShared, _)));
        let switchboard = matches!(phone, Some((Level::PhoneShared, _)));
        // Sharing an inbox or a switchboard, colleagues share their company as well: it says nothing more. And without a
        // name or a number that agrees it is colleagues who share a company, however small it is.
        let known = agree || self.organisations;
        let most = match known {
            _ if same_mail || switchboard => 1.0,
            true if self.organisations => f64::INFINITY,
            true => MOST_FOR_COMPANY,
            false if called || one_street => 1.0,
            false => (self.weights.size - 5.0).min(MOST_FOR_COMPANY),
        };
        let colleagues = self.company(left, right, most, &mut found);
        // Relatives live in one city, people who share a mailbox work in one.
        let relatives = matches!(name, Some((Level::NameOtherGiven, _)));
        if let Some((level, bits)) = street {
            found.push(level, bits);
        }
        let local = colleagues || called || same_mail || relatives;
        let near = self.address(left, right, local, street.map(|(level, _)| level), &mut found);
        self.country(left, right, near || called, &mut found);
        // Twins.
        let most = if relatives && (one_street || same_mail || called) { MOST_FOR_TWINS } else { f64::INFINITY };
        self.birthday(left, right, Bits::new(most), &mut found);
        self.ids(left, right, &mut found);
        self.texts(left, right, &mut found);
        if self.features.without.lacks(Idea::Slips) {
            found.found.iter_mut().for_each(|slot| *slot = self.without_slips(*slot));
        }
        found
    }

    /// A level, or where slips are not known the level of values that differ.
    fn without_slips(&self, (level, bits): (Level, Bits)) -> (Level, Bits) {
        match level.is_slip().filter(|_| self.features.without.lacks(Idea::Slips)) {
            Some(different) => (different, self.weights.plain(different)),
            None => (level, bits),
        }
    }

    /// Number of distinct names that a name's frequency is a share of.
    fn all_names(&self) -> f64 {
        f64::from(self.weights.scale.names.max(1))
    }

    /// Share of the records that carry a value, without the few that one person's own duplicates account for.
    fn share(&self, count: u32) -> f64 {
        let others = f64::from(count.saturating_sub(3)).max(0.5);
        others / f64::from(self.weights.scale.records.max(1))
    }
}

/// Hands on a value, where there is one.
fn one(value: u32, hand: &mut dyn FnMut(u32)) {
    if value != NONE {
        hand(value);
    }
}
