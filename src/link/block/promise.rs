//! Whether a pair that a weak key found is worth comparing.
//!
//! Hundreds of Davids have an address at one provider, or live in one city: the longer the list the more of them are found
//! by it. Two records that agree on such a key and have neither a name nor an address in common weigh far too little to
//! become one person, and if anything else speaks for them another key finds them by it.

use crate::link::BlockingKey;
use crate::link::features::{ALIKE, Features, NameValue, Spelling};
use crate::link::names::{self, NameLevel};
use crate::link::similarity;

/// What of a record decides whether it is worth comparing with others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guest<'f> {
    pub(super) row: u32,
    /// Id of the name.
    called: u32,
    name: Option<NameValue<'f>>,
    emails: &'f [u32],
}

impl<'f> Guest<'f> {
    pub(super) fn new(features: &'f Features, row: u32) -> Self {
        let called = features.row(row).name;
        Self { row, called, name: features.names.get(called), emails: features.emails_of(row) }
    }
}

/// Whether names or addresses agree, or might.
pub(super) fn is_promising(features: &Features, key: BlockingKey, left: &Guest<'_>, right: &Guest<'_>) -> bool {
    if features.organisations {
        return true;
    }
    let (nameless, name) = match (left.name, right.name) {
        (Some(_), Some(_)) if left.called == right.called => return true,
        (Some(one), Some(other)) => {
            let found = names::compare(one, other, &features.tokens);
            // A surname changes, and whoever changed it is known by the company, but not by the city.
            let worst = if key == BlockingKey::NameCompany { NameLevel::OtherSurname } else { NameLevel::FamilyOnly };
            let agree = found.level <= worst || found.level == NameLevel::Unclear;
            return agree || addresses_agree(features, left, right, names::incompatible(found));
        }
        (Some(_), None) => (right, left.called),
        (None, Some(_)) => (left, right.called),
        (None, None) => {
            return left.emails.is_empty() || right.emails.is_empty() || addresses_agree(features, left, right, false);
        }
    };
    address_agrees(features, key, nameless, name) || addresses_agree(features, left, right, false)
}

/// Whether a record without a name has an address that may be made of a name.
fn address_agrees(features: &Features, key: BlockingKey, nameless: &Guest<'_>, name: u32) -> bool {
    let Some(email) = nameless.emails.first() else { return true };
    if features.emails[*email as usize].role {
        return true;
    }
    match features.spells(*email, name) {
        Some(Spelling::Other) => false,
        Some(_) => true,
        // An address that says nothing leaves the company and what else there is.
        None => key == BlockingKey::NameCompany,
    }
}

/// Whether one address of each look alike. People whose names contradict each other (`strangers`) have one address but for
/// a slip, or none in common: on a list of any length Michael's and Michelle's addresses look alike.
fn addresses_agree(features: &Features, left: &Guest<'_>, right: &Guest<'_>, strangers: bool) -> bool {
    let alike = |one: u32, other: u32| {
        let (left, right) = (&features.emails[one as usize], &features.emails[other as usize]);
        let locals = || (features.locals.text(left.local), features.locals.text(right.local));
        one == other
            || (left.domain == right.domain
                && left.shape.may_be_slip(&right.shape)
                && similarity::edits(locals().0, locals().1) <= 1)
            || (!strangers
                && (left.local == right.local
                    || (left.shape.may_be_alike(&right.shape)
                        && (left.domain == right.domain || features.are_domains_alike(left.domain, right.domain))
                        && similarity::jaro_winkler(locals().0, locals().1) >= ALIKE)))
    };
    left.emails.iter().any(|one| right.emails.iter().any(|other| alike(*one, *other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::{Record, RecordBuilder};
    use crate::link::ablation::Without;

    fn promising(key: BlockingKey, left: (&str, &str), right: (&str, &str)) -> bool {
        let record = |(name, email): (&str, &str)| {
            let named = |builder: RecordBuilder| if name.is_empty() { builder } else { builder.name(name) };
            let mailed = |builder: RecordBuilder| if email.is_empty() { builder } else { builder.email(email) };
            mailed(named(RecordBuilder::lead())).build()
        };
        let records: Vec<Record> = [left, right].map(record).into();
        let features = Features::new(&records, Without::default());
        let (left, right) = (Guest::new(&features, 0), Guest::new(&features, 1));
        let found = is_promising(&features, key, &left, &right);
        assert_eq!(found, is_promising(&features, key, &right, &left), "from both sides");
        found
    }

    #[test]
    fn of_the_davids_of_a_city_those_are_compared_whose_names_or_addresses_agree() {
        let by_city = |left, right| promising(BlockingKey::NamePlace, left, right);
        assert!(by_city(("David Miller", ""), ("Dave Miller", "")));
        assert!(by_city(("David Miller", ""), ("David", "")));
        assert!(by_city(("David Miller", ""), ("David Miller", "")));
        assert!(by_city(("David", "a@gmail.com"), ("David", "b@gmail.com")));
        assert!(by_city(("David Miller", "d.miller@gmail.com"), ("David Moore", "dmiller@gmail.com")));
        assert!(by_city(("David Miller", ""), ("", "david.miller@gmail.com")));
        assert!(!by_city(("David Miller", "dmiller@gmail.com"), ("Doreen Miles", "dmilles@gmail.com")));
        assert!(!by_city(("David Miller", ""), ("David Moore", "")));
        assert!(!by_city(("David Miller", ""), ("", "david.moore@gmail.com")));
        assert!(!by_city(("", "david.miller@gmail.com"), ("", "david.petersen@web.de")));
    }

    #[test]
    fn a_changed_surname_is_compared_where_the_company_is_known() {
        let (left, right) = (("Anna Lund", ""), ("Anna Petersen", ""));
        assert!(promising(BlockingKey::NameCompany, left, right));
        assert!(!promising(BlockingKey::LocalPart, left, right));
        assert!(!promising(BlockingKey::NameCompany, left, ("Peter Lund", "")));
    }
}
