//! Levels of e-mail addresses: the same, a slip, the same person's elsewhere, a colleague's.

use super::Comparer;
use crate::contact::Script;
use crate::link::features::{ALIKE, EmailValue, NONE, Spelling};
use crate::link::levels::Level;
use crate::link::similarity;
use crate::link::weights::Bits;

/// Chance that two records with one family's mailbox are one of the family, as long as all names agree.
const ONE_OF_FAMILY: f64 = 0.75;

impl Comparer<'_> {
    pub(super) fn email(&self, left: u32, right: u32) -> Option<(Level, Bits)> {
        let features = self.features;
        let mut best: Option<(Level, Bits)> = None;
        for one in features.emails_of(left) {
            for other in features.emails_of(right) {
                let found =
                    if one == other { self.same_email(*one, left, right) } else { self.two_emails(*one, *other) };
                if best.is_none_or(|known| found.1 > known.1) {
                    best = Some(found);
                }
            }
        }
        best
    }

    fn same_email(&self, email: u32, left: u32, right: u32) -> (Level, Bits) {
        let features = self.features;
        let sharing = self.shared_email.of(email);
        if features.emails[email as usize].role {
            // The mailbox itself, or a person who reads it: records that name nobody are the mailbox.
            let named = [left, right].iter().filter(|row| features.row(**row).name != NONE).count();
            let same = [0.97, 0.08, if sharing.is_shared() { sharing.same } else { 0.95 }][named.min(2)];
            return (Level::EmailRole, self.weights.odds(same));
        }
        if sharing.is_shared() {
            return (Level::EmailShared, self.weights.odds(sharing.same));
        }
        if is_family_mailbox(features.locals.text(features.emails[email as usize].local)) {
            return (Level::EmailShared, self.weights.odds(ONE_OF_FAMILY));
        }
        (Level::EmailSame, self.weights.plain(Level::EmailSame))
    }

    fn two_emails(&self, one: u32, other: u32) -> (Level, Bits) {
        let features = self.features;
        let (left, right) = (features.emails[one as usize], features.emails[other as usize]);
        let level = self.email_level(left, right);
        let bits = match level {
            Level::EmailLocalPart => self.weights.agreeing(
                level,
                self.share(features.locals.count(left.local)).max(self.name_share(left.local)).max(1e-5),
            ),
            _ => self.weights.plain(level),
        };
        (level, bits)
    }

    /// Share of the names that contain a local part as a word: `susan@` says no more than "Susan".
    fn name_share(&self, local: u32) -> f64 {
        let features = self.features;
        let count = features.tokens.find(features.locals.text(local)).map_or(0, |token| features.tokens.count(token));
        f64::from(count) / self.all_names()
    }

    fn email_level(&self, left: EmailValue, right: EmailValue) -> Level {
        let features = self.features;
        let local = || (features.locals.text(left.local), features.locals.text(right.local));
        let same_company = left.company_domain != NONE && left.company_domain == right.company_domain;
        if left.local == right.local {
            let one = local().0;
            let (one_domain, other_domain) = (features.domains.text(left.domain), features.domains.text(right.domain));
            let label = |domain: &str| domain.split('.').next().unwrap_or_default().len() >= 4;
            let company = left.company_domain != NONE && right.company_domain != NONE && label(one_domain);
            let same_label = company && one_domain.split('.').next() == other_domain.split('.').next();
            if same_label || domain_slip(one_domain, other_domain) {
                return Level::EmailTypo;
            }
            let telling = one.len() >= 5 && !left.role && !right.role;
            return if telling { Level::EmailLocalPart } else { Level::EmailOtherKind };
        }
        let shapes = (&left.shape, &right.shape);
        let is_slip = || shapes.0.may_be_slip(shapes.1) && self.is_slip(local().0, local().1);
        if left.domain == right.domain {
            if shapes.0.length.min(shapes.1.length) >= 5 && is_slip() {
                return Level::EmailTypo;
            }
            if same_company && !left.role && !right.role {
                return Level::EmailColleague;
            }
            if same_company {
                return Level::EmailOtherKind;
            }
        }
        let same_domain = left.domain == right.domain;
        if (same_domain || features.are_domains_alike(left.domain, right.domain))
            && shapes.0.may_be_alike(shapes.1)
            && similarity::jaro_winkler(local().0, local().1) >= ALIKE
        {
            let domain_slip = || domain_slip(features.domains.text(left.domain), features.domains.text(right.domain));
            let one_slip = !same_domain && is_slip() && domain_slip();
            return if one_slip { Level::EmailTypo } else { Level::EmailSimilar };
        }
        if (left.company_domain == NONE) == (right.company_domain == NONE) {
            Level::EmailDifferent
        } else {
            Level::EmailOtherKind
        }
    }

    /// Whether two local parts are one address but for a slip, and not the addresses of two people whose names differ by a
    /// letter (`karsten.schou@…`, `kirsten.schou@…`).
    fn is_slip(&self, one: &str, other: &str) -> bool {
        let words = |text: &str| text.split(|c: char| !c.is_ascii_alphabetic()).map(str::to_owned).collect::<Vec<_>>();
        let is_name =
            |word: &str| self.features.tokens.find(word).is_some_and(|token| self.features.tokens.count(token) > 1);
        slip(one, other)
            && !words(one)
                .iter()
                .zip(&words(other))
                .any(|(left, right)| left != right && left.len() > 2 && is_name(left) && is_name(right))
    }

    /// Whether the records' first addresses are made of the name they share, so that they agree because the name does.
    pub(super) fn made_of_name(&self, left: u32, right: u32) -> bool {
        let features = self.features;
        let Some(email) = features.emails_of(left).first() else { return false };
        // How a name of another script is spelt in an address nobody can tell: it has to be taken for the name's.
        let foreign = |row: &u32| {
            let name = features.name_of(*row);
            name.is_some_and(|name| name.script != Script::Latin)
        };
        if [left, right].iter().any(foreign) {
            return true;
        }
        let spelt = |row: &u32| features.spells(*email, features.row(*row).name);
        [left, right].iter().any(|row| matches!(spelt(row), Some(Spelling::Whole(..) | Spelling::Part(_))))
    }
}

/// Words that a family's common mailbox is named by.
const FAMILY: [&str; 7] = ["family", "familie", "familia", "famille", "famiglia", "rodzina", "familj"];

/// Whether a mailbox is a family's by its name.
fn is_family_mailbox(local: &str) -> bool {
    FAMILY.iter().any(|word| local.contains(word))
}

/// Whether two local parts are one address but for a slip: a change of digits alone is another person's number, a change
/// of separators alone another person's choice.
fn slip(one: &str, other: &str) -> bool {
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
    // Colleagues' addresses differ by an initial before or after the name.
    let ends = |text: &str| (text.chars().next(), text.chars().next_back());
    similarity::edits(one, other) <= 1
        && similarity::same_digits(one, other)
        && letters(one) != letters(other)
        && ends(one) == ends(other)
}

/// Whether two domains are one but for a slip; a short domain differs from its neighbours by little, and another number is
/// another branch.
fn domain_slip(one: &str, other: &str) -> bool {
    if !similarity::same_digits(one, other) {
        return false;
    }
    let edits = similarity::edits(one, other);
    edits <= 1 || (edits == 2 && one.len().min(other.len()) >= 10)
}
