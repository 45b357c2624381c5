//! Levels of streets, places and countries.

use super::{Comparer, Findings};
use crate::link::features::NONE;
use crate::link::levels::Level;
use crate::link::similarity;
use crate::link::weights::Bits;

/// Levels of two streets that are not the same.
const STREETS: [Level; 3] = [Level::StreetTypo, Level::StreetSimilar, Level::StreetDifferent];

/// Chance that two records at one address are one person, at most.
const MOST_AT_ONE: f64 = 0.9;

impl Comparer<'_> {
    /// Level of the streets.
    pub(super) fn street(&self, left: u32, right: u32) -> Option<(Level, Bits)> {
        let features = self.features;
        let (one, other) = (features.row(left).street, features.row(right).street);
        if one == NONE || other == NONE {
            return None;
        }
        let level = self.street_level(one, other);
        let count = features.street_texts.count(one).max(features.street_texts.count(other));
        // What living or working at one address says, as the list itself shows.
        let most = self.weights.odds(self.shared_street.same(one).min(self.shared_street.same(other)).min(MOST_AT_ONE));
        let several = [one, other].iter().any(|street| self.shared_street.of(*street).is_shared());
        Some(match level {
            Level::StreetSame if several => (Level::StreetShared, most),
            Level::StreetSame => (level, self.weights.agreeing(level, self.share(count)).min(most)),
            Level::StreetTypo => (level, self.weights.agreeing(level, 2.0 * self.share(count)).min(most)),
            // The house next door is another site.
            Level::StreetSimilar if self.organisations => (level, self.weights.plain(level).min(Bits(0))),
            _ => (level, self.weights.plain(level)),
        })
    }

    /// Whether two records are at one address where, as far as can be told, a family lives.
    pub(super) fn are_at_home(&self, left: u32, right: u32) -> bool {
        let streets = [left, right].map(|row| self.features.row(row).street);
        streets.iter().any(|street| self.shared_street.is_family(*street))
    }

    /// Whether the place agrees; `street` is what the streets say.
    pub(super) fn address(
        &self,
        left: u32,
        right: u32,
        local: bool,
        street: Option<Level>,
        found: &mut Findings,
    ) -> bool {
        let place = self.place(left, right);
        if let Some((level, bits)) = place {
            let most = match (street, level) {
                (_, Level::PlaceDifferent) => f64::INFINITY,
                // A street is in its place: given the one the other says little.
                (Some(Level::StreetSame | Level::StreetShared), _) => 1.5,
                (Some(Level::StreetTypo | Level::StreetSimilar), _) => 3.0,
                // Two sites of one organisation may stand around the corner.
                (Some(Level::StreetDifferent), _) if self.organisations => 1.5,
                // A company's people work in its city, a line ends in one: given either, the city says little.
                (_, Level::PlaceCity | Level::PlaceCityTypo) if local => 1.5,
                // Names live where their language is spoken: a city is never as surprising as its size says.
                (_, Level::PlaceCity | Level::PlaceCityTypo) => 5.5,
                _ => f64::INFINITY,
            };
            found.push(level, bits.min(Bits::new(most)));
        }
        place.is_some_and(|(level, _)| level != Level::PlaceDifferent)
    }

    fn street_level(&self, one: u32, other: u32) -> Level {
        if one == other {
            return Level::StreetSame;
        }
        let (one, other) = (one.min(other), one.max(other));
        let find = || STREETS.iter().position(|level| *level == self.two_streets(one, other)).unwrap_or(2);
        let found = self.memos.streets.answer(one, other, || u8::try_from(find()).unwrap_or(2));
        STREETS.get(usize::from(found)).copied().unwrap_or(Level::StreetDifferent)
    }

    fn two_streets(&self, one: u32, other: u32) -> Level {
        let features = self.features;
        let (left, right) = (features.street_texts.text(one), features.street_texts.text(other));
        let (street, second) = (&features.streets[one as usize], &features.streets[other as usize]);
        let overlap = similarity::word_overlap(left, right);
        let same_number = street.number == second.number;
        let same_word = street.word == second.word || similarity::is_typo(&street.word, &second.word);
        let slip = street.number.is_none() && second.number.is_none() && similarity::edits(left, right) <= 2;
        if (same_number && (same_word || overlap >= 0.5)) || slip {
            return Level::StreetTypo;
        }
        let alike = overlap >= 0.5 || (same_word && street.word.len() > 3);
        let other_number = match (&street.number, &second.number) {
            (Some(one), Some(other)) => !similarity::is_typo(one, other),
            _ => false,
        };
        if alike && !other_number { Level::StreetSimilar } else { Level::StreetDifferent }
    }

    fn place(&self, left: u32, right: u32) -> Option<(Level, Bits)> {
        let features = self.features;
        let (left, right) = (features.row(left), features.row(right));
        let mut best: Option<(Level, Bits)> = None;
        let columns = [
            (left.postcode, right.postcode, Level::PlacePostcode, Level::PlacePostcodeTypo),
            (left.city, right.city, Level::PlaceCity, Level::PlaceCityTypo),
        ];
        for (one, other, same, typo) in columns {
            if one == NONE || other == NONE {
                continue;
            }
            let is_typo = || similarity::is_typo(features.places.text(one), features.places.text(other));
            let share = self.share(features.places.count(one).max(features.places.count(other)));
            let offer = if one == other {
                (same, self.weights.agreeing(same, share))
            } else if self.memos.places.is(one.min(other), one.max(other), is_typo) {
                (typo, self.weights.agreeing(typo, (10.0 * share).min(0.5)))
            } else {
                (Level::PlaceDifferent, self.weights.plain(Level::PlaceDifferent))
            };
            if best.is_none_or(|known| offer.1 > known.1) {
                best = Some(offer);
            }
        }
        best
    }

    pub(super) fn country(&self, left: u32, right: u32, near: bool, found: &mut Findings) {
        let (one, other) = (self.features.row(left).country, self.features.row(right).country);
        if one == u16::MAX || other == u16::MAX || near {
            return;
        }
        if one == other {
            let share = self.share(self.features.countries.count(u32::from(one))).max(0.05);
            found.push(Level::CountrySame, self.weights.agreeing(Level::CountrySame, share));
        } else {
            found.push(Level::CountryDifferent, self.weights.plain(Level::CountryDifferent));
        }
    }
}
