//! What is known about one distinct value.

use crate::contact::{Company, EmailFacts, Facts, MailboxKind, NameFacts, gender, is_gender_column};
use crate::link::ablation::{Idea, Without};

/// Whether the name of a role mailbox's record is its company: the same words, or words with a legal form.
pub(super) fn is_company(name: &NameFacts<'_>, facts: &Facts<'_>) -> bool {
    let role = facts.emails.iter().any(|email| email.kind == MailboxKind::Role);
    let may_be = role || (facts.emails.is_empty() && !facts.companies.is_empty());
    let Some(company) = may_be.then(|| Company::parse(name.display)).flatten() else { return false };
    let own = facts.companies.iter().any(|own| *own == company.key());
    own || (role && company.legal_form().is_some())
}

/// A local part without its tag: `ann+news@…` is Ann's mailbox at every provider that delivers it at all.
fn untagged(local: &str) -> &str {
    local.split_once('+').map_or(local, |(local, _)| local)
}

/// The mailbox an address delivers to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mailbox<'e> {
    pub(super) local: &'e str,
    pub(super) domain: &'e str,
}

impl<'e> Mailbox<'e> {
    /// The mailbox of an address; without canonical addresses the address as it would be sent to.
    pub(super) fn of(email: EmailFacts<'e>, without: Without) -> Self {
        match email.address.rsplit_once('@') {
            Some((local, domain)) if without.lacks(Idea::CanonicalEmail) => Self { local, domain },
            _ => Self { local: untagged(email.local()), domain: email.domain() },
        }
    }
}

/// A distinct e-mail address.
#[derive(Clone, Copy, Debug)]
pub(in crate::link) struct EmailValue {
    /// Id of the canonical local part.
    pub(in crate::link) local: u32,
    /// Id of the canonical domain.
    pub(in crate::link) domain: u32,
    /// Id of the company's registrable domain, or [`super::NONE`] for free-mail.
    pub(in crate::link) company_domain: u32,
    /// What can be said of the local part without its text.
    pub(in crate::link) shape: Shape,
    /// A role or shared mailbox by its name.
    pub(in crate::link) role: bool,
}

impl EmailValue {
    /// An address of a local part and a domain with these ids.
    pub(super) fn new((local, text): (u32, &str), domain: u32, company_domain: u32, role: bool) -> Self {
        Self { local, domain, company_domain, shape: Shape::new(text), role }
    }
}

/// A distinct phone number.
#[derive(Clone, Debug)]
pub(in crate::link) struct PhoneValue {
    /// Id of the last seven digits (all when there are fewer), which national and international notation share.
    pub(in crate::link) tail: u32,
    /// The country is known, so that all digits can be compared.
    pub(in crate::link) national: bool,
    /// How often each digit occurs.
    counts: [u8; 16],
}

/// A text as it is compared: of a gender only what it means; `None` when it means nothing that can be compared.
pub(super) fn comparable(keyed: String) -> Option<String> {
    match keyed.split_once('\t') {
        Some((column, value)) if is_gender_column(column) => gender(value).map(|value| format!("gender\t{value}")),
        _ => Some(keyed),
    }
}

impl PhoneValue {
    pub(super) fn new(digits: &str, tail: u32) -> Self {
        let mut counts = [0_u8; 16];
        for digit in digits.bytes() {
            let count = &mut counts[usize::from(digit & 15)];
            *count = count.saturating_add(1);
        }
        Self { tail, national: false, counts }
    }

    /// Whether two different numbers may be more alike than any two: either ends like the other, or they differ by one slip.
    /// Says so without their texts, and rather once too often.
    pub(in crate::link) fn may_be_alike(&self, other: &Self) -> bool {
        let apart: u32 =
            self.counts.iter().zip(&other.counts).map(|(one, other)| u32::from(one.abs_diff(*other))).sum();
        self.tail == other.tail || apart <= 2
    }
}

/// From this Jaro–Winkler similarity on two local parts, or two domains, are alike.
pub(in crate::link) const ALIKE: f64 = 0.85;

/// What can be said of a local part without its text.
#[derive(Clone, Copy, Debug)]
pub(in crate::link) struct Shape {
    /// Which bytes occur in it, several of them to a bit.
    bytes: u64,
    /// Bytes.
    pub(in crate::link) length: u16,
    first: u8,
    last: u8,
    /// Only short ASCII texts are judged by their shape.
    plain: bool,
}

impl Shape {
    pub(super) fn new(local: &str) -> Self {
        let bytes = local.as_bytes();
        let end = |byte: Option<&u8>| byte.copied().unwrap_or_default();
        Self {
            bytes: bytes.iter().fold(0, |set, byte| set | 1 << (byte & 63)),
            length: u16::try_from(bytes.len()).unwrap_or(u16::MAX),
            first: end(bytes.first()),
            last: end(bytes.last()),
            plain: local.is_ascii() && bytes.len() <= 64,
        }
    }

    /// Whether one edit between first and last letter may make one text the other: an edit brings at most one letter and
    /// takes away at most one.
    pub(in crate::link) fn may_be_slip(&self, other: &Self) -> bool {
        if !(self.plain && other.plain) {
            return true;
        }
        self.first == other.first
            && self.last == other.last
            && self.length.abs_diff(other.length) <= 1
            && (self.bytes ^ other.bytes).count_ones() <= 2
    }

    /// Whether two texts may reach [`ALIKE`]: each letter that the other does not have has no partner.
    pub(in crate::link) fn may_be_alike(&self, other: &Self) -> bool {
        if !(self.plain && other.plain) {
            return true;
        }
        let lonely = |one: &Self, other: &Self| (one.bytes & !other.bytes).count_ones();
        let matched = |one: &Self, other: &Self| f64::from(u32::from(one.length).saturating_sub(lonely(one, other)));
        let most = matched(self, other).min(matched(other, self));
        let jaro = (most / f64::from(self.length.max(1)) + most / f64::from(other.length.max(1)) + 1.0) / 3.0;
        // Four equal letters at the start are the most that help (Winkler 1990).
        let most = if self.first == other.first { jaro + 0.4 * (1.0 - jaro) } else { jaro };
        most >= ALIKE - 1e-9
    }
}

/// The last seven digits of a number as one number.
pub(super) fn tail(digits: &str) -> u32 {
    let start = digits.len().saturating_sub(7);
    digits.get(start..).and_then(|tail| tail.parse().ok()).unwrap_or(0)
}

/// A distinct street line.
#[derive(Clone, Debug)]
pub(in crate::link) struct StreetValue {
    /// The first number in it, as written.
    pub(in crate::link) number: Option<Box<str>>,
    /// Its longest word without a digit.
    pub(in crate::link) word: Box<str>,
}

impl StreetValue {
    pub(super) fn new(street: &str) -> Self {
        let number = street.split(' ').find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
        let words = street.split(' ').filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
        let word = words.fold("", |longest, word| if word.len() > longest.len() { word } else { longest });
        Self { number: number.map(Into::into), word: word.into() }
    }
}

/// Adds the host of a web address without `www.`, if the text is one.
pub(super) fn site_domain(text: &str, to: &mut String) {
    if text.is_empty() {
        return;
    }
    let text = text.trim().to_lowercase();
    let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let named = host.contains('.') && !host.contains(char::is_whitespace) && !host.ends_with('.');
    if named {
        to.push_str(host);
    }
}
