//! Levels of phone numbers.

use super::Comparer;
use crate::link::features::NONE;
use crate::link::levels::Level;
use crate::link::similarity;
use crate::link::weights::Bits;

impl Comparer<'_> {
    pub(super) fn phone(&self, left: u32, right: u32) -> Option<(Level, Bits)> {
        let features = self.features;
        let mut best: Option<(Level, Bits)> = None;
        for one in features.phones_of(left) {
            for other in features.phones_of(right) {
                let level = self.phone_level(*one, *other);
                let bits = if matches!(level, Level::PhoneSame | Level::PhoneTail) {
                    self.same_phone(level, *one, left, right)
                } else {
                    (level, self.weights.plain(level))
                };
                if best.is_none_or(|known| bits.1 > known.1) {
                    best = Some(bits);
                }
            }
        }
        best
    }

    fn same_phone(&self, level: Level, phone: u32, left: u32, right: u32) -> (Level, Bits) {
        let sharing = self.shared_phone.of(self.features.phones[phone as usize].tail);
        if sharing.is_shared() {
            // An office without a name and a person who is called there are not one another, however few call.
            let same =
                if self.is_office(left) == self.is_office(right) { sharing.same } else { sharing.same.min(0.05) };
            return (Level::PhoneShared, self.weights.odds(same));
        }
        if self.features.row(left).extension || self.features.row(right).extension {
            return (Level::PhoneShared, self.weights.odds(0.3));
        }
        (level, self.weights.plain(level))
    }

    /// Whether a record is a role mailbox and names nobody.
    fn is_office(&self, row: u32) -> bool {
        let features = self.features;
        let role = features.emails_of(row).first().is_some_and(|email| features.emails[*email as usize].role);
        role && features.row(row).name == NONE
    }

    fn phone_level(&self, one: u32, other: u32) -> Level {
        if one == other {
            return Level::PhoneSame;
        }
        let features = self.features;
        let (first, second) = (&features.phones[one as usize], &features.phones[other as usize]);
        if !first.may_be_alike(second) {
            return Level::PhoneDifferent;
        }
        let (left, right) = (features.digits.text(one), features.digits.text(other));
        let (shorter, longer) = if left.len() <= right.len() { (left, right) } else { (right, left) };
        if shorter.len() >= 7 && longer.ends_with(shorter) {
            return Level::PhoneTail;
        }
        let tail = |digits: &str| digits.get(digits.len().saturating_sub(8)..).map(str::to_owned);
        if shorter.len() >= 8 && tail(left) == tail(right) {
            return Level::PhoneTail;
        }
        if shorter.len() >= 8 && first.national && second.national && similarity::edits(left, right) <= 1 {
            return Level::PhoneTypo;
        }
        Level::PhoneDifferent
    }
}
