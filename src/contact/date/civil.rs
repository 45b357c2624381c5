//! Dates as people write them: numbers in three orders, and names of months in seven languages.

use std::borrow::Cow;

use deunicode::deunicode;

use super::DateOrder;

/// A date as read, not yet checked against the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
    /// The order of day and month was assumed.
    pub(super) ambiguous: bool,
}

/// How a year of two digits gets its century: from `pivot` up it is 19xx, below 20xx.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pivot(u16);

impl Pivot {
    pub(super) const AT_1970: Self = Self(70);
    pub(super) const AT_1920: Self = Self(20);

    fn year(self, digits: &str) -> Option<u16> {
        let number: u16 = digits.parse().ok()?;
        match digits.len() {
            4 => Some(number),
            1 | 2 => Some(if number >= self.0 { 1900 + number } else { 2000 + number }),
            _ => None,
        }
    }
}

/// Beginnings of month names, folded: English, German, French, Spanish, Italian, Portuguese, Dutch. The first that fits counts.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen"],
    &["feb", "fev"],
    &["mar", "mae", "mrz", "maa", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "dic"],
];

/// A day of the calendar, 1850 to 2100.
pub(super) fn day(year: u16, month: u8, day: u8) -> Option<jiff::civil::Date> {
    if !(1850..=2100).contains(&year) {
        return None;
    }
    jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Reads a date without a time. `None` when no reading gives a day that exists.
pub(super) fn parse(text: &str, order: DateOrder, pivot: Pivot) -> Option<Found> {
    if let Some(found) = iso(text) {
        return day(found.year, found.month, found.day).map(|_| found);
    }
    let text = plain(text);
    let (month, numbers) = words(&text)?;
    let found = match (month, numbers.as_slice()) {
        (Some(month), [first, second]) => with_month_name(month, first, second, pivot),
        (None, [digits]) => eight_digits(digits, order),
        (None, [first, second, third]) => three_numbers([first, second, third], dotted(&text), order, pivot),
        _ => None,
    }?;
    day(found.year, found.month, found.day).map(|_| found)
}

/// `2024-03-02`, by far the commonest shape, without the detour over words.
fn iso(text: &str) -> Option<Found> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let two = |a: &u8, b: &u8| (a.is_ascii_digit() && b.is_ascii_digit()).then(|| (a - b'0') * 10 + (b - b'0'));
    let year = u16::from(two(y1, y2)?) * 100 + u16::from(two(y3, y4)?);
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    (month <= 12).then_some(Found { year, month, day, ambiguous: false })
}

/// See [`DateOrder::shown_by`].
pub(super) fn shown_order(text: &str) -> Option<DateOrder> {
    let text = plain(text);
    let (month, numbers) = words(&text)?;
    let [first, second, third] = numbers.as_slice() else { return None };
    if month.is_some() || first.len() > 2 || third.len() == 3 {
        return None;
    }
    let (first, second): (u8, u8) = (first.parse().ok()?, second.parse().ok()?);
    match (first, second) {
        (13..=31, 1..=12) => Some(DateOrder::DayFirst),
        (1..=12, 13..=31) => Some(DateOrder::MonthFirst),
        (1..=12, 1..=12) if dotted(&text) => Some(DateOrder::DayFirst),
        _ => None,
    }
}

/// Lower-case ASCII; the signs for year, month and day in Chinese and Japanese become spaces.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_uppercase()) {
        return text.into();
    }
    if text.is_ascii() {
        return text.to_ascii_lowercase().into();
    }
    deunicode(&text.replace(['年', '月', '日'], "-")).to_ascii_lowercase().into()
}

/// Dots between the numbers: the order of day and month is never American then.
fn dotted(text: &str) -> bool {
    text.bytes().filter(|b| *b == b'.').count() >= 2
}

/// The month named in the text, if any, and the numbers in order. `None` when there is anything else.
fn words(text: &str) -> Option<(Option<u8>, Vec<&str>)> {
    let mut month = None;
    let mut numbers = Vec::with_capacity(3);
    let separator = |c: char| c.is_whitespace() || matches!(c, '/' | '-' | '.' | ',' | '\'' | '_');
    for word in text.split(separator).filter(|word| !word.is_empty()) {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = word.split_at(digits);
        if digits > 0 {
            if numbers.len() == 3 {
                return None;
            }
            numbers.push(number);
        }
        match rest {
            "" => {}
            "st" | "nd" | "rd" | "th" | "er" if digits > 0 => {}
            _ if digits > 0 && rest.len() < 3 => return None,
            // "19Feb91" has no separators; a letter before digits does not occur otherwise
            _ if digits == 0 && (is_weekday(rest) || matches!(rest, "de" | "of" | "the" | "at" | "um" | "t")) => {}
            _ => {
                let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                let (name, after) = rest.split_at(letters);
                if month.replace(month_number(name)?).is_some() {
                    return None;
                }
                if !after.is_empty() {
                    if !after.bytes().all(|b| b.is_ascii_digit()) || numbers.len() == 3 {
                        return None;
                    }
                    numbers.push(after);
                }
            }
        }
    }
    Some((month, numbers))
}

fn month_number(name: &str) -> Option<u8> {
    let known = name.len() >= 3 && name.len() <= 10;
    let position = MONTHS.iter().position(|names| names.iter().any(|start| name.starts_with(start)));
    position.filter(|_| known).and_then(|index| u8::try_from(index + 1).ok())
}

/// English names only: other languages' exports write numbers.
fn is_weekday(word: &str) -> bool {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|start| word.starts_with(start))
        && (word.len() <= 4 || word.ends_with("day"))
}

fn with_month_name(month: u8, first: &str, second: &str, pivot: Pivot) -> Option<Found> {
    let (day, year) = if first.len() == 4 { (second, first) } else { (first, second) };
    Some(Found { year: pivot.year(year)?, month, day: day.parse().ok()?, ambiguous: false })
}

/// `20240302`; else `03022024` in the order given.
fn eight_digits(digits: &str, order: DateOrder) -> Option<Found> {
    if digits.len() != 8 {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u16>().ok();
    let small = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u8>().ok();
    let iso = Found { year: part(0..4)?, month: small(4..6)?, day: small(6..8)?, ambiguous: false };
    if day(iso.year, iso.month, iso.day).is_some() {
        return Some(iso);
    }
    Some(in_order(small(0..2)?, small(2..4)?, part(4..8)?, order))
}

fn three_numbers(numbers: [&str; 3], dotted: bool, order: DateOrder, pivot: Pivot) -> Option<Found> {
    let [first, second, third] = numbers;
    let year_first = first.len() == 4 || first.parse::<u16>().is_ok_and(|number| number > 31);
    if year_first {
        let (year, month, day) = (pivot.year(first)?, second.parse().ok()?, third.parse().ok()?);
        let (month, day) = if month > 12 { (day, month) } else { (month, day) };
        return Some(Found { year, month, day, ambiguous: false });
    }
    let (first, second, year) = (first.parse().ok()?, second.parse().ok()?, pivot.year(third)?);
    if dotted {
        return Some(Found { ambiguous: false, ..in_order(first, second, year, DateOrder::DayFirst) });
    }
    Some(in_order(first, second, year, order))
}

/// Numbers above 12 tell day from month; else the order does.
fn in_order(first: u8, second: u8, year: u16, order: DateOrder) -> Found {
    let (month, day) = match (first, second) {
        (13.., _) => (second, first),
        (_, 13..) => (first, second),
        _ if order == DateOrder::DayFirst => (second, first),
        _ => (first, second),
    };
    let ambiguous = first <= 12 && second <= 12 && first != second;
    Found { year, month, day, ambiguous }
}
