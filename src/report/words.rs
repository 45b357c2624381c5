//! Numbers, times and names of things as a person reads them. One place, so that every report says the same.

use jiff::tz::TimeZone;

use crate::contact::{Field, Role, Side, Timestamp};
use crate::ingest::{Compression, Delimiter, MappedBy, RejectReason, TextEncoding};
use crate::link::{Band, BlockingKey, Comparison, GoldenField, VetoReason};
use crate::plan::{Attachment, Target};

/// `1204` → `1,204`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `1,204 rows`. Words that do not just take an s are given as `contact is|contacts are`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let (one, many) = match noun.split_once('|') {
        Some((one, many)) => (one.to_owned(), many.to_owned()),
        None => (noun.to_owned(), format!("{noun}s")),
    };
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// Seconds as `about 40 s`, `about 3 min`, `about 2 h 10 min`; minutes are rounded up, because a wait that ends early
/// disappoints nobody.
pub(super) fn duration(seconds: u64) -> String {
    match seconds {
        0 | 1 => "about 1 s".to_owned(),
        2..=59 => format!("about {seconds} s"),
        60..3_600 => format!("about {} min", seconds.div_ceil(60)),
        _ => {
            let minutes = seconds.div_ceil(60);
            format!("about {} h {} min", thousands(minutes / 60), minutes % 60)
        }
    }
}

/// `2026-11-22 03:25 UTC`; the bare seconds when they are outside the calendar.
pub(super) fn moment(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.0) {
        Ok(time) => time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => at.0.to_string(),
    }
}

/// A value of the merged record: times, which are written to Intercom as seconds, as people read them.
pub(super) fn golden_value(field: &Field, value: &str) -> String {
    let is_time = matches!(field, Field::CreatedAt | Field::UpdatedAt | Field::LastSeenAt | Field::SignedUpAt);
    let seconds = if is_time { value.parse().ok() } else { None };
    seconds.map_or_else(|| value.to_owned(), |seconds| moment(Timestamp(seconds)))
}

/// What made a value win that would not have won by itself, to stand after it.
pub(super) fn chosen_by(field: &GoldenField) -> String {
    match field.rule {
        _ if field.chosen => ", chosen by a person".to_owned(),
        Some(rule) => format!(", by the rule {}", rule.name()),
        None => String::new(),
    }
}

/// A size in bytes as `812 B`, `1.4 kB`, `20.0 MB` (powers of 1,000).
pub(super) fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// Share of a whole in percent, whole numbers; anything that is not everything stays below 100.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let share = part.saturating_mul(100) / whole;
    if share == 0 && part > 0 { "<1%".to_owned() } else { format!("{share}%") }
}

/// A match weight in bits with its sign: `+7.25`, `−3.10`.
pub(super) fn weight(bits: f64) -> String {
    let rounded = (bits * 100.0).round() / 100.0;
    if rounded < 0.0 { format!("−{:.2}", -rounded) } else { format!("+{:.2}", rounded.abs()) }
}

/// A probability in percent that never claims certainty.
pub(super) fn probability(value: f64) -> String {
    if value > 0.9999 {
        "over 99.99%".to_owned()
    } else if value < 0.0001 {
        "under 0.01%".to_owned()
    } else {
        format!("{:.2}%", value * 100.0)
    }
}

pub(super) fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Email => "e-mail",
        Comparison::Name => "name",
        Comparison::Phone => "phone",
        Comparison::Company => "company",
        Comparison::JobTitle => "job title",
        Comparison::Website => "website",
        Comparison::Street => "street",
        Comparison::Place => "place",
        Comparison::Country => "country",
        Comparison::Birthday => "birthday",
        Comparison::ExternalId => "external id",
        Comparison::Identifier => "identifier",
        Comparison::Text => "text",
    }
}

pub(super) fn blocking_key(key: BlockingKey) -> &'static str {
    match key {
        BlockingKey::Email => "the same e-mail address",
        BlockingKey::Phone => "the same phone number",
        BlockingKey::ExternalId => "the same external id",
        BlockingKey::Identifier => "the same identifier",
        BlockingKey::NameCompany => "name and company",
        BlockingKey::LocalPart => "the part before the @ with name or company",
        BlockingKey::NamePlace => "name and place",
        BlockingKey::NameBirthday => "name and birthday",
        BlockingKey::Street => "street with name or postcode",
        BlockingKey::FullName => "the whole name",
        BlockingKey::CompanyPlace => "company with phone or place",
    }
}

pub(super) fn veto(reason: VetoReason) -> &'static str {
    match reason {
        VetoReason::IncompatibleNames => "the names cannot be one person's",
        VetoReason::TwoBirthdays => "two different dates of birth",
        VetoReason::TwoExternalIds => "two different external ids",
        VetoReason::TwoIdentifiers => "two values of an identifier",
        VetoReason::Generation => "the suffix of the name says parent and child",
        VetoReason::Contradicted => "the other members speak against it",
        VetoReason::RejectedByPerson => "a person said these are two people",
    }
}

pub(super) fn band(band: Band) -> &'static str {
    match band {
        Band::Auto => "auto",
        Band::Review => "review",
        Band::Single => "single",
    }
}

pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Existing => "existing",
        Side::Incoming => "incoming",
    }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Lead => "lead",
        Role::User => "user",
    }
}

pub(super) fn encoding(encoding: TextEncoding) -> &'static str {
    match encoding {
        TextEncoding::Utf8 => "UTF-8",
        TextEncoding::Utf16Le => "UTF-16 little endian",
        TextEncoding::Utf16Be => "UTF-16 big endian",
        TextEncoding::Windows1252 => "Windows-1252",
    }
}

pub(super) fn delimiter(delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Comma => "comma",
        Delimiter::Semicolon => "semicolon",
        Delimiter::Tab => "tab",
        Delimiter::Pipe => "pipe",
    }
}

pub(super) fn compression(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "none",
        Compression::Gzip => "gzip",
    }
}

pub(super) fn mapped_by(by: &MappedBy) -> String {
    match by {
        MappedBy::User => "you".to_owned(),
        MappedBy::Preset(name) => name.clone(),
        MappedBy::Name => "its name".to_owned(),
        MappedBy::Unknown => "not recognised".to_owned(),
    }
}

pub(super) fn reject(reason: RejectReason) -> &'static str {
    match reason {
        RejectReason::TooManyCells => "too many cells",
        RejectReason::TooFewCells => "too few cells",
        RejectReason::UnclosedQuote => "quote never closed",
        RejectReason::Undecodable => "bytes that are no text",
        RejectReason::NulCharacter => "NUL character",
        RejectReason::CellTooLong => "cell too long",
        RejectReason::NothingUsable => "nothing usable",
        RejectReason::MissingId => "missing id",
    }
}

pub(super) fn target(target: &Target) -> String {
    match target {
        Target::Existing(id) => id.0.to_string(),
        Target::CreatedBy(action) => format!("made by action {}", action.0),
    }
}

pub(super) fn attachment(what: &Attachment) -> String {
    match what {
        Attachment::Tag { name } => format!("tag “{name}”"),
        Attachment::Company { name, .. } => format!("company “{name}”"),
        Attachment::Note { body } => format!("note “{body}”"),
        Attachment::EverythingOf { contact } => {
            format!("all tags, companies, notes and open conversations of {}", contact.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(2, "company|companies"), "2 companies");
    }

    #[test]
    fn a_wait_is_rounded_up() {
        assert_eq!(duration(0), "about 1 s");
        assert_eq!(duration(59), "about 59 s");
        assert_eq!(duration(61), "about 2 min");
        assert_eq!(duration(7_750), "about 2 h 10 min");
    }

    #[test]
    fn a_share_below_everything_is_never_shown_as_all() {
        assert_eq!(percent(999, 1_000), "99%");
        assert_eq!(percent(1_000, 1_000), "100%");
        assert_eq!(percent(1, 1_000), "<1%");
        assert_eq!(percent(0, 0), "–");
    }

    #[test]
    fn weights_show_their_sign_and_never_a_negative_zero() {
        assert_eq!(weight(7.254), "+7.25");
        assert_eq!(weight(-3.1), "−3.10");
        assert_eq!(weight(-0.001), "+0.00");
    }

    #[test]
    fn moments_are_in_utc_and_impossible_ones_do_not_fail() {
        assert_eq!(moment(Timestamp(0)), "1970-01-01 00:00 UTC");
        assert_eq!(moment(Timestamp(i64::MAX)), i64::MAX.to_string());
    }
}
