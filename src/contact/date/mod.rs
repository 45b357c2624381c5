//! Points in time and birthdays.
//!
//! Owns [`Timestamp`] and [`Birthday`] and how they are read from text: `civil` reads dates, `clock` times of day and
//! zones. Pure: nothing here knows today's date. What a text does not say (the zone, the century, the order of day and month) is
//! filled by the rules written at each function.

mod civil;
mod clock;

use std::fmt;

use serde::{Deserialize, Serialize};

/// A point in time, in Unix seconds (UTC), as Intercom gives and takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A date of birth. Month and day are checked to exist in that year; the year is four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Birthday {
    /// Year, four digits.
    pub year: u16,
    /// Month, 1–12.
    pub month: u8,
    /// Day of the month, 1–31.
    pub day: u8,
    /// Day and month could be the other way round (`03/04/1980` in a file that does not tell).
    pub ambiguous: bool,
}

/// Which of two numbers comes first where a date does not tell (`03/04/2024`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 4 March: the default, because the exports of American products write it so.
    #[default]
    MonthFirst,
    /// 3 April.
    DayFirst,
}

/// Unix seconds of 1 January 2100: later values are no dates of contacts.
const SECONDS_MAX: i64 = 4_102_444_800;

impl DateOrder {
    /// The order a date gives away by a number above 12 (`25/12/2024`) or by dots (`2.3.2024`); `None` when it could be
    /// either or is written in another way. A column's first telling value decides for the column.
    #[must_use]
    pub fn shown_by(text: &str) -> Option<Self> {
        civil::shown_order(clock::split(text.trim()).0)
    }
}

impl Timestamp {
    /// Reads a point in time with the default order of day and month; see [`Self::parse_with`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_with(text, DateOrder::default())
    }

    /// Reads a point in time: ISO 8601 with or without time and zone, `2024-02-02 07:11:14 UTC`, `02/03/2024 7:11 PM`,
    /// `2.3.2024`, `Mar 2, 2024`, `2 March 2024`, `20240302`, RFC 2822, Unix seconds and milliseconds. Without a time it is
    /// midnight, without a zone UTC. A year of two digits is 1970 to 2069 (POSIX `strptime`). Years are 1900 to 2099.
    #[must_use]
    pub fn parse_with(text: &str, order: DateOrder) -> Option<Self> {
        let text = text.trim();
        if let Some(written) = iso_seconds(text) {
            return Some(written);
        }
        if let Some(unix) = unix_time(text) {
            return Some(unix);
        }
        let (date, time) = clock::split(text);
        let time = time.map_or(Some(clock::Clock::default()), clock::parse)?;
        let with_year: String;
        let date = match time.year_after {
            Some(year) => {
                with_year = format!("{date} {year}");
                with_year.as_str()
            }
            None => date,
        };
        let found = civil::parse(date, order, civil::Pivot::AT_1970)?;
        let day = civil::day(found.year, found.month, found.day)?;
        let midnight = jiff::tz::Offset::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()?;
        let seconds = midnight.as_second() + i64::from(time.seconds) - i64::from(time.offset_seconds);
        ((1900..2100).contains(&found.year)).then_some(Self(seconds))
    }
}

/// `2024-02-02 07:11:14`, what databases write, without any detour; `None` for everything else, odd times included.
fn iso_seconds(text: &str) -> Option<Timestamp> {
    let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b' ' | b'T', h0, h1, b':', n0, n1, b':', s0, s1] = bytes else {
        return None;
    };
    let number = |digits: &[&u8]| {
        let digit = |sum: Option<i64>, byte: &&u8| Some(sum? * 10 + i64::from(char::from(**byte).to_digit(10)?));
        digits.iter().fold(Some(0), digit)
    };
    let (year, month, day) = (number(&[y0, y1, y2, y3])?, number(&[m0, m1])?, number(&[d0, d1])?);
    let (hour, minute, second) = (number(&[h0, h1])?, number(&[n0, n1])?, number(&[s0, s1])?);
    let last = match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let plain = (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=last).contains(&day);
    if !plain || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Days since 1970-01-01, of years that begin in March (Hinnant, "chrono-compatible low-level date algorithms").
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year / 400, year % 400);
    let days =
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * month + 2) / 5 + day - 1;
    Some(Timestamp((days - 719_468) * 86_400 + hour * 3_600 + minute * 60 + second))
}

/// Digits alone: Unix seconds (9 or 10), milliseconds (12 or 13) or microseconds (16).
fn unix_time(text: &str) -> Option<Timestamp> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if whole.len() < 9 || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let seconds = match whole.len() {
        9 | 10 => number,
        12 | 13 => number / 1_000,
        16 => number / 1_000_000,
        _ => return None,
    };
    (seconds < SECONDS_MAX).then_some(Timestamp(seconds))
}

impl Birthday {
    /// A date of birth; `None` when there is no such day in the calendar or the year is not between 1850 and 2100.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        civil::day(year, month, day).map(|_| Self { year, month, day, ambiguous: false })
    }

    /// Reads a date of birth with the default order of day and month; see [`Self::parse_with`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_with(text, DateOrder::default())
    }

    /// Reads a date of birth in the shapes of [`Timestamp::parse_with`] without Unix time, ignoring a time of day, and in
    /// eight digits (`11201939`). A year of two digits is 1920 to 2019: more people in contact lists were born in 1925
    /// than are five years old. `ambiguous` says that `order` decided.
    #[must_use]
    pub fn parse_with(text: &str, order: DateOrder) -> Option<Self> {
        let (date, _) = clock::split(text.trim());
        let found = civil::parse(date, order, civil::Pivot::AT_1920)?;
        let birthday = Self::new(found.year, found.month, found.day)?;
        Some(Self { ambiguous: found.ambiguous, ..birthday })
    }

    /// The same numbers with day and month the other way round; `None` when that is no date or the same one.
    #[must_use]
    pub fn swapped(&self) -> Option<Self> {
        let other = Self::new(self.year, self.day, self.month).filter(|_| self.day != self.month)?;
        Some(Self { ambiguous: self.ambiguous, ..other })
    }
}

impl fmt::Display for Birthday {
    /// ISO 8601: `1980-03-04`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests;
