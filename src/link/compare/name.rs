//! Levels of names, and of a name against the other record's address.

use super::Comparer;
use crate::link::ablation::Idea;
use crate::link::features::{NONE, Spelling};
use crate::link::levels::Level;
use crate::link::names::{self, NameLevel};
use crate::link::weights::Bits;

/// How much easier an address spells a name by chance than two names agree.
const WHOLE_SLACK: f64 = 3.0;

impl Comparer<'_> {
    pub(super) fn name(&self, left: u32, right: u32) -> Option<(Level, Bits)> {
        let features = self.features;
        let (one, other) = (features.row(left).name, features.row(right).name);
        if one == NONE && other == NONE {
            return None;
        }
        let (Some(first), Some(second)) = (features.names.get(one), features.names.get(other)) else {
            let (name, nameless) = if one == NONE { (other, left) } else { (one, right) };
            let email = *features.emails_of(nameless).first()?;
            if features.emails[email as usize].role {
                return None;
            }
            let total = self.all_names();
            return Some(match features.spells(email, name)? {
                Spelling::Whole(given, family) => {
                    // An initial leaves one name in twelve.
                    let part = |count: Option<u32>| count.map_or(1.0 / 12.0, |count| f64::from(count.max(1)) / total);
                    let bits = self.weights.agreeing(Level::NameInEmail, WHOLE_SLACK * part(given) * part(family));
                    // Never on a name alone, as below.
                    let short = if given.is_some() && family.is_some() { 3.0 } else { 5.0 };
                    (Level::NameInEmail, bits.min(Bits::new(-self.weights.prior.value() - short)))
                }
                Spelling::Part(count) => {
                    let share = (f64::from(count) / total).max(self.weights.u(Level::NameInEmail));
                    (Level::NameInEmail, self.weights.agreeing(Level::NameInEmail, share))
                }
                Spelling::Other => (Level::NameNotInEmail, self.weights.plain(Level::NameNotInEmail)),
            });
        };
        let found = names::compare(first, second, &features.tokens);
        let total = self.all_names();
        let given = f64::from(found.given) / total;
        let family = f64::from(found.family) / total;
        let (level, share) = match found.level {
            NameLevel::Same => (Level::NameSame, Some(given * family)),
            NameLevel::Swapped => (Level::NameSwapped, Some(given * family)),
            NameLevel::Nickname => (Level::NameNickname, Some(3.0 * given * family)),
            NameLevel::Typo => (Level::NameTypo, Some(5.0 * given.max(1.0 / total) * family.max(1.0 / total))),
            NameLevel::Initial => (Level::NameInitial, Some(given.max(family) / 12.0)),
            NameLevel::GivenOnly => (Level::NameGivenOnly, Some(given)),
            NameLevel::FamilyOnly => (Level::NameFamilyOnly, Some(family)),
            NameLevel::OtherSurname => (Level::NameOtherSurname, Some(given)),
            NameLevel::Unclear => (Level::NameUnclear, None),
            NameLevel::OtherGiven => (Level::NameOtherGiven, None),
            NameLevel::Different => (Level::NameDifferent, None),
        };
        let bits = share.map_or_else(|| self.weights.plain(level), |share| self.weights.agreeing(level, share));
        // A changed surname is rare, two people with one given name are not: it never says much.
        let bits = match level {
            Level::NameOtherSurname => bits.min(Bits::new(1.0)),
            Level::NameGivenOnly | Level::NameFamilyOnly => bits.min(Bits::new(6.0)),
            _ => bits,
        };
        let without = features.without;
        if bits < Bits(0) && without.lacks(Idea::NegativeNames) {
            return Some((level, Bits(0)));
        }
        if without.lacks(Idea::NeverOnNameAlone) {
            return Some((level, bits));
        }
        // Never on a name alone: however rare it is, it stays short of even odds by itself.
        let short = match level {
            Level::NameInitial => 5.0,
            Level::NameTypo => 3.0,
            _ => 2.0,
        };
        Some((level, bits.min(Bits::new(-self.weights.prior.value() - short))))
    }
}
