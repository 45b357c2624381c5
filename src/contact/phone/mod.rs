//! Phone numbers: parsing, E.164, and the digits to compare.
//!
//! Owns [`Phone`]. Reads what people write (`+`, `00`, `011`, national with or without trunk prefix, `(0)`,
//! extensions, `46729714000` without its `+`) with the numbering plans of `numbering`. Does not check that a number was
//! given out: the question here is whether two texts mean one number.

mod pack;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::contact::Region;
use crate::contact::numbering::NumberingPlan;

/// One phone number: as written, and as E.164 when its country is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Parts<'_>", into = "Parts<'static>")]
pub struct Phone {
    /// As written, then E.164 or what there is in its place, then the extension. The digits to compare are the end of the
    /// second.
    texts: Box<str>,
    original_end: u16,
    second_end: u16,
    digits_at: u16,
    has_country: bool,
    has_extension: bool,
    placeholder: bool,
}

/// A number as it is written down.
#[derive(Serialize, Deserialize)]
struct Parts<'a> {
    original: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e164: Option<Cow<'a, str>>,
    digits: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extension: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    placeholder: bool,
}

impl From<Phone> for Parts<'static> {
    fn from(phone: Phone) -> Self {
        let owned = |text: &str| Cow::Owned(text.to_owned());
        Self {
            original: owned(phone.original()),
            e164: phone.e164().map(owned),
            digits: owned(phone.digits()),
            extension: phone.extension().map(owned),
            placeholder: phone.placeholder,
        }
    }
}

impl From<Parts<'_>> for Phone {
    fn from(parts: Parts<'_>) -> Self {
        let Parts { original, e164, digits, extension, placeholder } = parts;
        Self::of(&original, e164.as_deref(), &digits, extension.as_deref(), placeholder)
    }
}

/// Longest E.164 number, digits or extension that is kept, in bytes: far more than any has.
const ROOM: usize = 256;
/// Longest text that is taken for a number, in bytes.
const TEXT_MAX: usize = 4_096;
/// Stands between E.164 and the digits to compare where these are not its end.
const SEPARATOR: char = '/';

/// Fewest digits of a number worth keeping.
const DIGITS_MIN: usize = 5;
/// Most digits of a text that is still taken for one number: 15 by E.164 §6.1 plus an international prefix.
const DIGITS_MAX: usize = 19;
/// Most digits of an extension.
const EXTENSION_MAX: usize = 7;

/// What stands before an extension, lower-case, longer ones first.
const EXTENSION_MARKS: &[&str] =
    &["extension", "durchwahl", "poste", "extn", "ext", "доб", "int", "dw", "xt", "x", "#"];

/// What was read character by character, before any country is considered.
#[derive(Default)]
struct Scanned {
    digits: String,
    plus: bool,
    bracket_zero: bool,
    /// The first digit stands alone before a separator, as in `1-415-…`.
    lone_first: bool,
    extension: Option<Box<str>>,
}

/// The outcome of reading digits by a numbering plan.
struct Resolved {
    e164: Option<Box<str>>,
    national: Box<str>,
}

impl Phone {
    /// Parses one number; `None` when it holds fewer than 5 digits, or text that is no number (`1-800-FLOWERS`,
    /// `4.47E+11`). `region` is the country the number is dialled from when it is written in national form.
    #[must_use]
    pub fn parse(text: &str, region: Option<Region>) -> Option<Self> {
        let scanned = scan(text).filter(|_| text.len() <= TEXT_MAX)?;
        let resolved = resolve(&scanned, region);
        let placeholder = is_filler(&scanned.digits) || is_filler(&resolved.national);
        let Resolved { e164, national } = &resolved;
        Some(Self::of(text.trim(), e164.as_deref(), national, scanned.extension.as_deref(), placeholder))
    }

    /// Puts the texts together. Longer ones than a number can have are cut.
    fn of(original: &str, e164: Option<&str>, digits: &str, extension: Option<&str>, placeholder: bool) -> Self {
        let original = shortened(original, TEXT_MAX);
        let (digits, country) = (shortened(digits, ROOM), e164.map(|number| shortened(number, ROOM)));
        // The digits to compare are the end of E.164; where they are not, both are kept.
        let second = match country {
            Some(number) if number.ends_with(digits) => Cow::Borrowed(number),
            Some(number) => format!("{number}{SEPARATOR}{digits}").into(),
            None => digits.into(),
        };
        let extension = extension.map(|extension| shortened(extension, ROOM));
        let length = |text: &str| u16::try_from(text.len()).unwrap_or(u16::MAX);
        let second_end = length(original) + length(&second);
        Self {
            texts: [original, &second, extension.unwrap_or_default()].concat().into(),
            original_end: length(original),
            second_end,
            digits_at: second_end - length(digits),
            has_country: country.is_some(),
            has_extension: extension.is_some(),
            placeholder,
        }
    }

    fn part(&self, start: u16, end: u16) -> &str {
        self.texts.get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }

    /// The text of the file, trimmed.
    #[must_use]
    pub fn original(&self) -> &str {
        self.part(0, self.original_end)
    }

    /// `+` and digits (ITU-T E.164) when the country is known, without the extension.
    #[must_use]
    pub fn e164(&self) -> Option<&str> {
        let second = self.part(self.original_end, self.second_end);
        self.has_country.then(|| second.split_once(SEPARATOR).map_or(second, |(number, _)| number))
    }

    /// What to send to Intercom: E.164 where known, else the text as written.
    #[must_use]
    pub fn to_send(&self) -> &str {
        self.e164().unwrap_or(self.original())
    }

    /// Digits to compare: the national significant number when the country is known or can be guessed from the shape,
    /// else all digits without an international or trunk prefix. `+1 415 555 2671`, `(415) 555-2671` and
    /// `0014155552671` all give `4155552671`.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.part(self.digits_at, self.second_end)
    }

    /// The extension's digits.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.has_extension.then(|| self.texts.get(usize::from(self.second_end)..).unwrap_or_default())
    }

    /// Whether this is a filler (`0000000`, `1234567890`, `555-0100` to `555-0199`…): no evidence.
    #[must_use]
    pub fn is_placeholder(&self) -> bool {
        self.placeholder
    }
}

/// The text up to a number of bytes.
fn shortened(text: &str, most: usize) -> &str {
    (0..=most.min(text.len())).rev().find_map(|end| text.get(..end)).unwrap_or_default()
}

/// Digits of any decimal script that files hold: ASCII, full-width, Arabic, Persian, Devanagari.
fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let zero = match c {
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06f0}'..='\u{06f9}' => 0x06f0,
        '\u{0966}'..='\u{096f}' => 0x0966,
        _ => return None,
    };
    char::from_digit(u32::from(c) - zero, 10)
}

fn scan(text: &str) -> Option<Scanned> {
    let text = text.trim();
    // A spreadsheet that took the number for a float
    let text = text.strip_suffix(".0").filter(|whole| whole.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text);
    let mut scanned = Scanned { digits: String::with_capacity(DIGITS_MAX + 1), ..Scanned::default() };
    let mut letters_before = 0;
    let mut rest = text.chars();
    loop {
        let here = rest.as_str();
        let Some(c) = rest.next() else { break };
        if let Some(d) = digit(c) {
            scanned.digits.push(d);
            if scanned.digits.len() == 1 {
                scanned.lone_first = rest.clone().next().is_some_and(|next| digit(next).is_none());
            }
            if scanned.digits.len() > DIGITS_MAX {
                return None;
            }
        } else if scanned.digits.is_empty() {
            match c {
                '+' | '＋' => scanned.plus = true,
                // "Tel.: 030 …", "mobile 0172 …"
                c if c.is_alphabetic() => {
                    letters_before += 1;
                    if letters_before > 12 {
                        return None;
                    }
                }
                _ => {}
            }
        } else if c == '(' && here.starts_with("(0)") && !scanned.bracket_zero {
            scanned.bracket_zero = true;
            rest = here.get(3..)?.chars();
        } else if c.is_alphabetic() || c == '#' || c == ';' {
            let (known, extension) = read_extension(here)?;
            if known && scanned.digits.len() < DIGITS_MIN {
                return None;
            }
            scanned.extension = extension;
            break;
        }
    }
    (scanned.digits.len() >= DIGITS_MIN).then_some(scanned)
}

/// Reads what follows the number: an extension, or words without digits. `None` when it is neither, so that
/// `1-800-FLOWERS-2` and `4.47851E+11` are no numbers.
fn read_extension(tail: &str) -> Option<(bool, Option<Box<str>>)> {
    let lower = tail.to_lowercase();
    let tail = lower.trim_start_matches([';', ' ', ',']);
    let digits: String = tail.chars().filter_map(digit).collect();
    if digits.is_empty() {
        return Some((false, None));
    }
    let after = EXTENSION_MARKS.iter().find_map(|mark| tail.strip_prefix(mark))?;
    let plain = after.chars().all(|c| digit(c).is_some() || matches!(c, ' ' | '.' | ':' | '=' | '-' | '\u{a0}' | ')'));
    (plain && digits.len() <= EXTENSION_MAX).then(|| (true, Some(digits.into())))
}

fn resolve(scanned: &Scanned, region: Option<Region>) -> Resolved {
    let digits = scanned.digits.as_str();
    let plan = region.and_then(NumberingPlan::of);
    if scanned.plus {
        let digits = digits.trim_start_matches('0');
        if let Some(resolved) = international(digits, scanned.bracket_zero) {
            return resolved;
        }
    }
    // 011 is dialled in North America, other prefixes elsewhere; each also begins ordinary numbers, so the rest has to
    // look usual for the country it names.
    let prefix = plan.map_or("011", |plan| plan.international);
    if !prefix.is_empty()
        && let Some(rest) = digits.strip_prefix(prefix)
        && let Some((other, number)) = NumberingPlan::split(rest)
        && other.is_usual(other.without_trunk(number).0.len())
        && let Some(resolved) = international(rest, scanned.bracket_zero)
    {
        return resolved;
    }
    if let Some(resolved) = digits.strip_prefix("00").and_then(|rest| international(rest, scanned.bracket_zero)) {
        return resolved;
    }
    match plan {
        Some(plan) => national(scanned, plan),
        None => without_country(scanned),
    }
}

fn international(digits: &str, bracket_zero: bool) -> Option<Resolved> {
    let (plan, rest) = NumberingPlan::split(digits)?;
    let (number, _) = plan.without_trunk(rest);
    // "+39 (0)6 …": the zero belongs to an Italian number
    let number = if bracket_zero && plan.calling_code == "39" { format!("0{number}").into() } else { number.into() };
    resolved(plan, number)
}

/// `None` when the result would not be an E.164 number: 7 to 15 digits with the calling code (ITU-T E.164 §6.1; no
/// country uses fewer than 7).
fn resolved(plan: &NumberingPlan, national: Box<str>) -> Option<Resolved> {
    let total = plan.calling_code.len() + national.len();
    (7..=15)
        .contains(&total)
        .then(|| Resolved { e164: Some(["+", plan.calling_code, &national].concat().into()), national })
}

fn national(scanned: &Scanned, plan: &NumberingPlan) -> Resolved {
    let digits = scanned.digits.as_str();
    let (number, had_trunk) = plan.without_trunk(digits);
    // Written internationally without its "+" (46729714000 in Sweden). Where there is a trunk prefix a national number
    // shows it, so a missing one points at the international reading; elsewhere the usual length decides.
    let inner = digits.strip_prefix(plan.calling_code).map(|rest| plan.without_trunk(rest).0);
    if !had_trunk && let Some(inner) = inner {
        let as_international = plan.is_usual(inner.len()) || !plan.is_possible(number.len());
        let as_national = plan.trunk.is_empty() && plan.is_usual(number.len());
        if as_international
            && !as_national
            && plan.is_possible(inner.len())
            && let Some(resolved) = resolved(plan, inner.into())
        {
            return resolved;
        }
    }
    // "1-246-305-2077" is North American wherever the person lives; so is no number with a 0 or 1 in front in North America.
    let foreign_shape = scanned.lone_first && !plan.is_usual(number.len()) && north_american(digits).is_some();
    let allowed = plan.calling_code != "1" || is_north_american(number);
    if plan.is_possible(number.len())
        && allowed
        && !foreign_shape
        && let Some(resolved) = resolved(plan, number.into())
    {
        return resolved;
    }
    without_country(scanned)
}

/// No country and no international prefix, or a number the country cannot have: only the digits to compare are worked out, E.164 only for the plain North
/// American form `1-415-555-2671`.
fn without_country(scanned: &Scanned) -> Resolved {
    let digits = scanned.digits.as_str();
    let bare = digits.trim_start_matches('0');
    if bare.len() == digits.len() && bare.len() >= 11 {
        if let Some(number) = north_american(bare) {
            let e164 = scanned.lone_first.then(|| format!("+1{number}").into());
            return Resolved { e164, national: number.into() };
        }
        if let Some((plan, rest)) = NumberingPlan::split(bare).filter(|(plan, _)| plan.calling_code != "1") {
            let (number, _) = plan.without_trunk(rest);
            if plan.is_usual(number.len()) {
                return Resolved { e164: None, national: number.into() };
            }
        }
    }
    Resolved { e164: None, national: keep_some(bare, digits) }
}

/// A filler of zeros keeps its digits rather than becoming empty.
fn keep_some(number: &str, digits: &str) -> Box<str> {
    if number.len() < DIGITS_MIN { digits.into() } else { number.into() }
}

/// The ten digits after the country code 1, when they have the North American shape.
fn north_american(digits: &str) -> Option<&str> {
    digits.strip_prefix('1').filter(|number| is_north_american(number))
}

/// `NXX-NXX-XXXX` with N from 2 to 9 (North American Numbering Plan).
fn is_north_american(number: &str) -> bool {
    let bytes = number.as_bytes();
    bytes.len() == 10 && matches!(bytes[0], b'2'..=b'9') && matches!(bytes[3], b'2'..=b'9')
}

/// Digits nobody has as a number: one digit throughout, a run up or down, a short pattern over and over, or the North
/// American numbers set aside for fiction (555-0100 to 555-0199).
fn is_filler(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let steps = |by: u8| bytes.windows(2).all(|pair| (pair[0] - b'0' + by) % 10 == pair[1] - b'0');
    let repeats = |period: usize| bytes.len() >= 3 * period && bytes.iter().zip(&bytes[period..]).all(|(a, b)| a == b);
    let fiction = bytes.len() == 10 && is_north_american(digits) && &bytes[3..8] == b"55501";
    steps(0) || steps(1) || steps(9) || fiction || (bytes.len() >= 8 && (repeats(2) || repeats(3)))
}

#[cfg(test)]
mod tests;
