//! Levels of birthdays, external ids, declared identifiers, job titles and declared texts.

use super::{Comparer, Findings};
use crate::link::features::NONE;
use crate::link::levels::Level;
use crate::link::similarity;
use crate::link::weights::Bits;

impl Comparer<'_> {
    pub(super) fn birthday(&self, left: u32, right: u32, most: Bits, found: &mut Findings) {
        let features = self.features;
        let (Some(one), Some(other)) = (features.row(left).birthday(), features.row(right).birthday()) else {
            return;
        };
        let level = birthday_level(one, other);
        let count = features.birthdays.get(&one).copied().unwrap_or(1);
        // No list is so small that a day of birth says more than one in the days of forty years.
        let share = self.share(count).max(1.0 / (365.0 * 40.0));
        let bits =
            if level == Level::BirthdaySame { self.weights.agreeing(level, share) } else { self.weights.plain(level) };
        found.push(level, bits.min(most));
    }

    pub(super) fn ids(&self, left: u32, right: u32, found: &mut Findings) {
        let features = self.features;
        let (one, other) = (features.row(left).external_id, features.row(right).external_id);
        if one != NONE && other != NONE {
            let sharing = self.shared_external.of(one);
            if one != other {
                found.push(Level::ExternalIdDifferent, self.weights.plain(Level::ExternalIdDifferent));
            } else if sharing.is_shared() {
                let bits = if sharing.people > 3 { Bits(0) } else { self.weights.odds(sharing.same) };
                found.push(Level::ExternalIdShared, bits);
            } else {
                found.push(Level::ExternalIdSame, self.weights.plain(Level::ExternalIdSame));
            }
        }
        let mut best: Option<(Level, Bits)> = None;
        for (one, other) in self.same_columns(features.identifier.of(left), features.identifier.of(right), true) {
            let (first, second) = (features.identifiers.text(one), features.identifiers.text(other));
            let offer = if one == other && self.shared_identifier.of(one).is_shared() {
                (Level::IdentifierShared, self.weights.odds(self.shared_identifier.of(one).same))
            } else if one == other {
                let share = self.share(features.identifiers.count(one)).max((-self.weights.size - 4.0).exp2());
                (Level::IdentifierSame, self.weights.agreeing(Level::IdentifierSame, share))
            } else if first.len() >= 5 && similarity::edits(first, second) <= 1 {
                (Level::IdentifierTypo, self.weights.plain(Level::IdentifierTypo))
            } else {
                (Level::IdentifierDifferent, self.weights.plain(Level::IdentifierDifferent))
            };
            if best.is_none_or(|known| offer.1 > known.1) {
                best = Some(offer);
            }
        }
        if let Some((level, bits)) = best {
            found.push(level, bits);
        }
    }

    /// Pairs of values that stand in the same column.
    fn same_columns<'l>(
        &'l self,
        left: &'l [u32],
        right: &'l [u32],
        identifiers: bool,
    ) -> impl Iterator<Item = (u32, u32)> + 'l {
        let interner = if identifiers { &self.features.identifiers } else { &self.features.texts };
        let column = move |id: u32| interner.text(id).split_once('\t').map(|(column, _)| column);
        left.iter()
            .flat_map(move |one| right.iter().map(move |other| (*one, *other)))
            .filter(move |(one, other)| column(*one) == column(*other))
    }

    pub(super) fn texts(&self, left: u32, right: u32, found: &mut Findings) {
        let features = self.features;
        let (one, other) = (features.row(left).job_title, features.row(right).job_title);
        if one != NONE && other != NONE {
            let titles = || (features.job_titles.text(one), features.job_titles.text(other));
            let overlap = || similarity::word_overlap(titles().0, titles().1) > 0.6;
            let same = one == other || self.memos.job_titles.is(one.min(other), one.max(other), overlap);
            let level = if same { Level::JobTitleSame } else { Level::JobTitleDifferent };
            found.push(level, self.weights.plain(level));
        }
        let mut worst: Option<(Level, Bits)> = None;
        for (one, other) in self.same_columns(features.text.of(left), features.text.of(right), false) {
            let level = if one == other {
                Level::TextSame
            } else if similarity::word_overlap(features.texts.text(one), features.texts.text(other)) > 0.5 {
                Level::TextSimilar
            } else {
                Level::TextDifferent
            };
            let offer = if level == Level::TextSame {
                (level, self.weights.agreeing(level, self.share(features.texts.count(one)).max(0.01)))
            } else {
                (level, self.weights.plain(level))
            };
            if worst.is_none_or(|known| offer.1 < known.1) {
                worst = Some(offer);
            }
        }
        if let Some((level, bits)) = worst {
            found.push(level, bits);
        }
    }
}

/// Level of two birthdays: year, month and day.
pub(super) fn birthday_level(one: (u16, u8, u8), other: (u16, u8, u8)) -> Level {
    if one == other {
        return Level::BirthdaySame;
    }
    if one.0 == other.0 && one.1 == other.2 && one.2 == other.1 {
        return Level::BirthdaySwapped;
    }
    // Twelve months of 31 days: good enough to tell a slip of a month or a year from another birthday.
    let day_number = |day: (u16, u8, u8)| (i32::from(day.0) * 12 + i32::from(day.1)) * 31 + i32::from(day.2);
    let apart = (day_number(one) - day_number(other)).abs();
    let differing = usize::from(one.0 != other.0) + usize::from(one.1 != other.1) + usize::from(one.2 != other.2);
    match differing {
        1 => Level::BirthdayOnePart,
        _ if apart <= 34 => Level::BirthdayOnePart,
        _ if apart <= 372 + 34 => Level::BirthdayNear,
        2 => Level::BirthdayTwoParts,
        _ => Level::BirthdayDifferent,
    }
}
