//! The comparison levels: their words, default m and u, bounds and odds.
//!
//! Numbers are defaults of expert judgement, adjusted on labelled lists of several kinds; what a list can tell itself is
//! learned in [`super::estimate`] and stays within the bounds given here.

use super::Comparison;

/// One comparison level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Level {
    EmailSame,
    EmailShared,
    EmailRole,
    EmailTypo,
    EmailLocalPart,
    EmailLocalPartFromName,
    EmailSimilar,
    EmailColleague,
    EmailDifferent,
    EmailOtherKind,
    NameSame,
    NameSwapped,
    NameNickname,
    NameTypo,
    NameInitial,
    NameGivenOnly,
    NameFamilyOnly,
    NameOtherSurname,
    NameUnclear,
    NameOtherGiven,
    NameDifferent,
    NameInEmail,
    NameNotInEmail,
    PhoneSame,
    PhoneShared,
    PhoneTail,
    PhoneTypo,
    PhoneDifferent,
    CompanySame,
    CompanySimilar,
    CompanyIsDomain,
    CompanyDifferent,
    DomainSame,
    StreetSame,
    StreetShared,
    StreetTypo,
    StreetSimilar,
    StreetDifferent,
    PlacePostcode,
    PlacePostcodeTypo,
    PlaceCity,
    PlaceCityTypo,
    PlaceDifferent,
    CountrySame,
    CountryDifferent,
    BirthdaySame,
    BirthdaySwapped,
    BirthdayOnePart,
    BirthdayNear,
    BirthdayTwoParts,
    BirthdayDifferent,
    ExternalIdSame,
    ExternalIdShared,
    ExternalIdDifferent,
    IdentifierSame,
    IdentifierShared,
    IdentifierTypo,
    IdentifierDifferent,
    JobTitleSame,
    JobTitleDifferent,
    TextSame,
    TextSimilar,
    TextDifferent,
}

/// Level, what is compared, the level in words, default m and u.
pub(super) type Row = (Level, Comparison, &'static str, f64, f64);

/// All levels, in the order of [`Level`], within a comparison from strongest to weakest.
///
/// m and u are the shares of matching and of non-matching pairs *that are compared at all* at each level. Where the
/// agreeing value's own frequency is known it takes the place of u, so that a rare value says more than a common one.
pub(super) const TABLE: &[Row] = &[
    (Level::EmailSame, Comparison::Email, "same address", 0.60, 1e-6),
    (Level::EmailShared, Comparison::Email, "same address, used by several people", 0.10, 1e-3),
    (Level::EmailRole, Comparison::Email, "same role address", 0.05, 1e-4),
    (Level::EmailTypo, Comparison::Email, "same address but for a slip", 0.05, 4e-6),
    (Level::EmailLocalPart, Comparison::Email, "same local part, other domain", 0.06, 1e-4),
    (Level::EmailLocalPartFromName, Comparison::Email, "local parts both made of the name", 0.04, 0.02),
    (Level::EmailSimilar, Comparison::Email, "similar address", 0.04, 2e-3),
    (Level::EmailColleague, Comparison::Email, "other address at the same company", 0.01, 0.30),
    (Level::EmailDifferent, Comparison::Email, "different address", 0.15, 0.70),
    (Level::EmailOtherKind, Comparison::Email, "one private and one company address", 0.35, 0.70),
    (Level::NameSame, Comparison::Name, "same name", 0.60, 2e-5),
    (Level::NameSwapped, Comparison::Name, "same name, parts swapped", 0.10, 1e-5),
    (Level::NameNickname, Comparison::Name, "nickname or short form, same surname", 0.05, 1e-5),
    (Level::NameTypo, Comparison::Name, "same name but for a slip", 0.10, 5e-5),
    (Level::NameInitial, Comparison::Name, "initial and same surname", 0.08, 2e-4),
    (Level::NameGivenOnly, Comparison::Name, "same given name, no surname to compare", 0.08, 4e-3),
    (Level::NameFamilyOnly, Comparison::Name, "same surname, no given name to compare", 0.05, 1e-3),
    (Level::NameOtherSurname, Comparison::Name, "same given name, other surname", 0.01, 4e-3),
    (Level::NameUnclear, Comparison::Name, "names hardly comparable", 0.05, 0.05),
    (Level::NameOtherGiven, Comparison::Name, "same surname, other given name", 0.001, 0.05),
    (Level::NameDifferent, Comparison::Name, "different names", 0.002, 0.90),
    (Level::NameInEmail, Comparison::Name, "the other's address spells the name", 0.60, 5e-3),
    (Level::NameNotInEmail, Comparison::Name, "the other's address spells another name", 0.05, 0.50),
    (Level::PhoneSame, Comparison::Phone, "same number", 0.60, 3e-6),
    (Level::PhoneShared, Comparison::Phone, "same number, used by several people", 0.10, 1e-3),
    (Level::PhoneTail, Comparison::Phone, "same last digits", 0.10, 1e-5),
    (Level::PhoneTypo, Comparison::Phone, "same number but for a slip", 0.05, 1e-4),
    (Level::PhoneDifferent, Comparison::Phone, "different number", 0.35, 0.99),
    (Level::CompanySame, Comparison::Company, "same company", 0.70, 1e-3),
    (Level::CompanySimilar, Comparison::Company, "similar company", 0.12, 3e-3),
    (Level::CompanyIsDomain, Comparison::Company, "company of the other's e-mail domain", 0.50, 2e-3),
    (Level::CompanyDifferent, Comparison::Company, "different company", 0.20, 0.99),
    (Level::DomainSame, Comparison::Website, "same company domain", 0.60, 1e-3),
    (Level::StreetSame, Comparison::Street, "same street and number", 0.60, 1e-4),
    (Level::StreetShared, Comparison::Street, "same street and number, where several people are", 0.10, 1e-3),
    (Level::StreetTypo, Comparison::Street, "same street but for a slip", 0.15, 2e-4),
    (Level::StreetSimilar, Comparison::Street, "similar street", 0.08, 4e-3),
    (Level::StreetDifferent, Comparison::Street, "different street", 0.20, 0.99),
    (Level::PlacePostcode, Comparison::Place, "same postcode", 0.70, 5e-3),
    (Level::PlacePostcodeTypo, Comparison::Place, "same postcode but for a slip", 0.08, 8e-3),
    (Level::PlaceCity, Comparison::Place, "same city", 0.75, 0.02),
    (Level::PlaceCityTypo, Comparison::Place, "same city but for a slip", 0.08, 5e-3),
    (Level::PlaceDifferent, Comparison::Place, "different place", 0.20, 0.95),
    (Level::CountrySame, Comparison::Country, "same country", 0.93, 0.15),
    (Level::CountryDifferent, Comparison::Country, "different country", 0.07, 0.85),
    (Level::BirthdaySame, Comparison::Birthday, "same birthday", 0.75, 1e-4),
    (Level::BirthdaySwapped, Comparison::Birthday, "same birthday, day and month swapped", 0.04, 1e-4),
    (Level::BirthdayOnePart, Comparison::Birthday, "birthday differs in one part", 0.10, 3e-3),
    (Level::BirthdayNear, Comparison::Birthday, "birthdays within a year", 0.02, 0.03),
    (Level::BirthdayTwoParts, Comparison::Birthday, "birthday differs in two parts", 0.02, 0.08),
    (Level::BirthdayDifferent, Comparison::Birthday, "different birthday", 0.05, 0.91),
    (Level::ExternalIdSame, Comparison::ExternalId, "same external id", 0.60, 1e-6),
    (Level::ExternalIdShared, Comparison::ExternalId, "same external id, used by several people", 0.10, 1e-2),
    (Level::ExternalIdDifferent, Comparison::ExternalId, "different external id", 0.25, 0.99),
    (Level::IdentifierSame, Comparison::Identifier, "same identifier", 0.80, 1e-6),
    (Level::IdentifierShared, Comparison::Identifier, "same identifier, used by several people", 0.05, 1e-3),
    (Level::IdentifierTypo, Comparison::Identifier, "same identifier but for a slip", 0.10, 1e-5),
    (Level::IdentifierDifferent, Comparison::Identifier, "different identifier", 0.08, 0.99),
    (Level::JobTitleSame, Comparison::JobTitle, "same job title", 0.60, 0.05),
    (Level::JobTitleDifferent, Comparison::JobTitle, "different job title", 0.40, 0.90),
    (Level::TextSame, Comparison::Text, "same text", 0.70, 0.05),
    (Level::TextSimilar, Comparison::Text, "similar text", 0.10, 0.05),
    (Level::TextDifferent, Comparison::Text, "different text", 0.20, 0.90),
];

impl Level {
    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// What is compared.
    pub(super) fn comparison(self) -> Comparison {
        self.row().1
    }

    /// For a level of values that are alike but not the same, the level of values that differ.
    pub(super) fn is_slip(self) -> Option<Self> {
        Some(match self {
            Self::EmailTypo | Self::EmailSimilar => Self::EmailDifferent,
            Self::NameTypo => Self::NameDifferent,
            Self::PhoneTypo => Self::PhoneDifferent,
            Self::CompanySimilar => Self::CompanyDifferent,
            Self::StreetTypo | Self::StreetSimilar => Self::StreetDifferent,
            Self::PlacePostcodeTypo | Self::PlaceCityTypo => Self::PlaceDifferent,
            Self::BirthdaySwapped | Self::BirthdayOnePart => Self::BirthdayDifferent,
            Self::IdentifierTypo => Self::IdentifierDifferent,
            Self::TextSimilar => Self::TextDifferent,
            _ => return None,
        })
    }

    /// The level in words.
    pub(super) fn words(self) -> &'static str {
        self.row().2
    }
}

/// Least and greatest weight of levels at which records do not agree, in bits.
///
/// A person may have two addresses, numbers, employers and homes, so that these never weigh more than a little against a
/// match, however rarely it happens in a list; and nothing that differs speaks for one.
pub(super) const BOUNDS: &[(Level, f64, f64)] = &[
    (Level::EmailDifferent, -3.5, -0.5),
    (Level::EmailOtherKind, -2.0, 0.0),
    (Level::EmailSimilar, -2.0, 6.0),
    (Level::NameOtherSurname, -2.0, 4.0),
    (Level::NameUnclear, -2.0, 1.0),
    (Level::NameOtherGiven, -9.0, -2.5),
    (Level::NameDifferent, -12.0, -4.0),
    (Level::PhoneTypo, -1.0, 2.5),
    (Level::PhoneDifferent, -2.5, -0.2),
    (Level::CompanyDifferent, -2.5, -0.2),
    (Level::StreetDifferent, -6.0, -0.2),
    (Level::PlaceDifferent, -3.0, -0.2),
    (Level::CountryDifferent, -3.0, -0.2),
    (Level::BirthdayNear, -4.0, 4.0),
    (Level::BirthdayTwoParts, -6.0, 2.0),
    (Level::BirthdayDifferent, -9.0, -0.5),
    (Level::ExternalIdDifferent, -3.0, -0.2),
    (Level::IdentifierDifferent, -8.0, -0.5),
    (Level::JobTitleDifferent, -2.0, 0.0),
    (Level::TextDifferent, -4.0, -0.2),
];

/// Levels from the strongest agreement to the weakest: none weighs less than the next. Levels between which there is no
/// order, as between two spellings of agreement on different parts of a name, stand in none.
pub(super) const ORDERS: &[&[Level]] = &[
    &[Level::EmailSame, Level::EmailTypo, Level::EmailSimilar, Level::EmailOtherKind, Level::EmailDifferent],
    &[
        Level::NameSame,
        Level::NameSwapped,
        Level::NameNickname,
        Level::NameTypo,
        Level::NameInitial,
        Level::NameOtherSurname,
        Level::NameUnclear,
        Level::NameOtherGiven,
        Level::NameDifferent,
    ],
    &[Level::PhoneSame, Level::PhoneTail, Level::PhoneTypo, Level::PhoneDifferent],
    &[Level::CompanySame, Level::CompanySimilar, Level::CompanyDifferent],
    &[Level::StreetSame, Level::StreetTypo, Level::StreetSimilar, Level::StreetDifferent],
    &[Level::PlacePostcode, Level::PlacePostcodeTypo],
    &[Level::PlaceCity, Level::PlaceCityTypo],
    &[Level::CountrySame, Level::CountryDifferent],
    &[
        Level::BirthdaySame,
        Level::BirthdaySwapped,
        Level::BirthdayOnePart,
        Level::BirthdayNear,
        Level::BirthdayTwoParts,
        Level::BirthdayDifferent,
    ],
    &[Level::ExternalIdSame, Level::ExternalIdDifferent],
    &[Level::IdentifierSame, Level::IdentifierTypo, Level::IdentifierDifferent],
    &[Level::JobTitleSame, Level::JobTitleDifferent],
    &[Level::TextSame, Level::TextSimilar, Level::TextDifferent],
];

/// Levels whose weight is not m against u of their own, but odds learned for each value or a matter of definition.
pub(super) fn is_fixed(level: Level) -> bool {
    use Level::{
        EmailColleague, EmailLocalPartFromName, EmailRole, EmailShared, ExternalIdShared, IdentifierShared,
        NameInEmail, NameNotInEmail, PhoneShared, StreetShared,
    };
    matches!(
        level,
        EmailColleague
            | EmailLocalPartFromName
            | EmailRole
            | EmailShared
            | ExternalIdShared
            | IdentifierShared
            | NameInEmail
            | NameNotInEmail
            | PhoneShared
            | StreetShared
    )
}

/// Levels learned on anchored pairs only, because relatives and colleagues, who share all else, would pass for matches.
pub(super) fn is_anchored(level: Level) -> bool {
    use Level::{BirthdayDifferent, NameDifferent, NameOtherGiven, NameOtherSurname, NameUnclear};
    matches!(level, BirthdayDifferent | NameOtherSurname | NameUnclear | NameOtherGiven | NameDifferent)
}

/// Odds, in bits, that two records which share a value that one person uses are that person's, for levels whose u
/// shrinks with the list.
pub(super) const ODDS: &[(Level, f64)] = &[
    (Level::EmailSame, 7.0),
    (Level::EmailTypo, 2.0),
    (Level::PhoneSame, 3.5),
    (Level::ExternalIdSame, 7.0),
    (Level::IdentifierSame, 4.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_stands_in_the_table_at_its_own_place() {
        for (at, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, at, "{}", row.2);
        }
        assert_eq!(TABLE.len(), Level::TextDifferent as usize + 1);
    }
}
