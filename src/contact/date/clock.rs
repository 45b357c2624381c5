//! Times of day and zones, as they follow a date.

/// A time of day with its zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clock {
    /// Seconds since midnight, 0–86 399.
    pub(super) seconds: i32,
    /// Seconds east of UTC; 0 when the text names no zone.
    pub(super) offset_seconds: i32,
    /// A year that stands after the time, as in `Fri Mar 1 07:11:14 2024`.
    pub(super) year_after: Option<u16>,
}

/// Zone names with one meaning in practice, in hours east of UTC (RFC 2822 §4.3; CET and CEST as used in Europe).
const ZONES: &[(&str, i32)] = &[
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("cet", 1),
    ("cest", 2),
];

/// Parts a text into its date and, if there is one, its time. The time begins with the digits before the first colon, or
/// after the `T` of ISO 8601's basic form.
pub(super) fn split(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let start = if let Some(colon) = text.find(':') {
        let mut start = colon;
        while start > 0 && colon - start < 2 && bytes.get(start - 1).is_some_and(u8::is_ascii_digit) {
            start -= 1;
        }
        start
    } else if text.is_ascii()
        && bytes.len() >= 13
        && matches!(bytes[8], b'T' | b't')
        && bytes[..8].iter().all(u8::is_ascii_digit)
    {
        9
    } else {
        return (text, None);
    };
    let (date, time) = text.split_at(start);
    let date = date.trim_end();
    let without_t = date.strip_suffix(['T', 't']).filter(|head| head.ends_with(|c: char| c.is_ascii_digit()));
    (without_t.unwrap_or(date).trim_end_matches(','), Some(time))
}

/// `7:11`, `07:11:14.123`, `071114`, `7:11 PM`, each with `Z`, `UTC`, `+02:00`, `-0700`, `(UTC)` or a zone's short name
/// behind it. `None` when it is no time.
pub(super) fn parse(text: &str) -> Option<Clock> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(text.len());
    let (time, rest) = text.split_at(end);
    let time = time.split(['.', ',']).next().unwrap_or(time);
    let (mut hour, minute, second) = if time.contains(':') {
        let mut parts = time.split(':').map(|part| part.parse::<i32>().ok());
        (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?)
    } else {
        let part =
            |range: std::ops::Range<usize>| time.get(range).map_or(Some(0), |digits: &str| digits.parse::<i32>().ok());
        (part(0..2)?, part(2..4)?, part(4..6)?)
    };
    let rest = rest.to_ascii_lowercase().replace(['(', ')', '[', ']'], " ");
    let mut clock = Clock::default();
    for word in rest.split_whitespace() {
        // "a.m." was cut after its digits, so its dots are still here
        match word.replace('.', "").as_str() {
            "am" if (1..=12).contains(&hour) => hour %= 12,
            "pm" if (1..=12).contains(&hour) => hour = hour % 12 + 12,
            year if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => {
                clock.year_after = Some(year.parse().ok()?);
            }
            zone => clock.offset_seconds = offset(zone)?,
        }
    }
    let valid = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    if !valid {
        return None;
    }
    // A leap second counts as the second before it, as in Unix time.
    clock.seconds = hour * 3_600 + minute * 60 + second.min(59);
    Some(clock)
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i32> {
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == zone) {
        return Some(hours * 3_600);
    }
    let zone = zone.strip_prefix("utc").or_else(|| zone.strip_prefix("gmt")).unwrap_or(zone);
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..)?.parse::<i32>().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}
