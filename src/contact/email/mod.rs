//! E-mail addresses: parsing, the address to send, and the address to compare.
//!
//! Owns [`Email`]. Parsing takes what people paste (`mailto:`, `Name <a@b>`, trailing punctuation, invisible
//! characters, full-width signs; by `parts`); `mail_domain` knows providers, misspellings and free mail, `mailbox` the kind of
//! mailbox. The original text stays beside both forms.

mod pack;
mod parts;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contact::mail_domain::{self, Known};
use crate::contact::mailbox;
use parts::{LABEL_BYTES_MAX, LOCAL_BYTES_MAX, clean, parse_domain, parse_local, split};

/// What kind of mailbox the local part names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxKind {
    /// Looks like one person's mailbox.
    Personal,
    /// A role or shared mailbox by its name (`info@`, `sales@`): weak evidence of identity.
    Role,
    /// A value people type to get past a form (`test@test.com`, `noreply@…`): no evidence at all.
    Placeholder,
}

/// Why a text is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailProblem {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// No `@`, or more than one.
    #[error("it needs exactly one @")]
    At,
    /// Nothing usable before the `@`.
    #[error("the part before the @ is not valid")]
    Local,
    /// Nothing usable after the `@`.
    #[error("the part after the @ is not a domain name")]
    Domain,
    /// Longer than 254 bytes (RFC 5321 §4.5.3.1.3).
    #[error("it is longer than 254 characters")]
    TooLong,
}

/// Longest address, in bytes (RFC 5321 §4.5.3.1.3 with its erratum 1690).
const ADDRESS_BYTES_MAX: usize = 254;
/// [`Email::company_at`] of an address without a company's domain.
const NO_COMPANY: u16 = u16::MAX;

/// One e-mail address: what was written, what is sent to Intercom, and what is compared.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    /// The text of the file, then the address where it differs from that, then the canonical form where it differs from the
    /// address. Most addresses are written as they are sent and compared.
    texts: Box<str>,
    /// Where the text of the file ends.
    original_end: u16,
    /// Where the address begins, and ends.
    address: (u16, u16),
    /// Where the canonical form begins; it ends with the texts, unless it is the address.
    canonical_at: u16,
    /// Byte position of the `@` in `canonical`.
    at: u16,
    /// Where the registrable domain begins in `canonical`.
    company_at: u16,
    kind: MailboxKind,
    free_mail: bool,
    typo_domain: bool,
}

/// The text it was parsed from, which gives the same address again.
impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.original().to_owned()
    }
}

impl TryFrom<String> for Email {
    type Error = EmailProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl fmt::Debug for Email {
    /// Masked: `m…@example.com`, because debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.address().chars().next().unwrap_or('?');
        let domain = self.address().rsplit_once('@').map_or("", |(_, domain)| domain);
        write!(f, "{first}…@{domain}")
    }
}

impl Email {
    /// Parses one address. Accepts `mailto:`, angle brackets with or without a display name, quotes and punctuation
    /// around it, invisible characters, a comma for a dot in the domain, and IDN domains. A domain needs a dot:
    /// `root@localhost` cannot be written to.
    pub fn parse(text: &str) -> Result<Self, EmailProblem> {
        let original = text.trim();
        if let Some(plain) = Self::plain(original) {
            return Ok(plain);
        }
        Self::parse_with_care(original)
    }

    /// An address that is written as it is sent and compared, as most are: nothing to clean, nothing to repair. Gives what
    /// [`Self::parse_with_care`] would, or nothing.
    fn plain(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let atom = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'+');
        if text.len() > ADDRESS_BYTES_MAX || local.len() > LOCAL_BYTES_MAX || !dotted(local, atom) {
            return None;
        }
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let edge = |label: &str| label.starts_with('-') || label.ends_with('-');
        if !dotted(domain, letter)
            || domain.len() > LABEL_BYTES_MAX
            || (domain.contains('-') && domain.split('.').any(edge))
        {
            return None;
        }
        let last = domain.rsplit_once('.')?.1;
        if last.len() < 2 || last.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let known = mail_domain::known(domain);
        let Known { corrected, provider, free_mail, domain: canonical_domain, company_length } = &*known;
        let same = |provider: mail_domain::Provider| provider.canonical_local(local) == local;
        if *corrected || **canonical_domain != *domain || !provider.is_none_or(same) {
            return None;
        }
        let end = u16::try_from(text.len()).ok()?;
        let company_at = company_length.and_then(|company| u16::try_from(text.len() - company).ok());
        Some(Self {
            texts: text.into(),
            original_end: end,
            address: (0, end),
            canonical_at: 0,
            at: u16::try_from(local.len()).ok()?,
            company_at: company_at.unwrap_or(NO_COMPANY),
            kind: mailbox::kind(local, domain, *free_mail),
            free_mail: *free_mail,
            typo_domain: false,
        })
    }

    fn parse_with_care(original: &str) -> Result<Self, EmailProblem> {
        let cleaned = clean(original)?;
        let (local, domain) = split(&cleaned)?;
        let local = parse_local(local)?;
        let (domain, repaired) = parse_domain(domain)?;
        if local.len() + 1 + domain.len() > ADDRESS_BYTES_MAX {
            return Err(EmailProblem::TooLong);
        }
        let address = format!("{local}@{domain}");
        let known = mail_domain::known(&domain);
        let Known { corrected, provider, free_mail, domain, company_length } = &*known;
        let canonical_local =
            provider.map_or(Cow::Borrowed(local.as_ref()), |provider| provider.canonical_local(&local));
        let canonical = format!("{canonical_local}@{domain}");
        let length = |text: &str| u16::try_from(text.len()).map_err(|_| EmailProblem::TooLong);
        let company_at = company_length.and_then(|company| u16::try_from(canonical.len() - company).ok());

        let mut texts = original.to_owned();
        let mut place = |text: &str, same: &str, at: (u16, u16)| {
            if text == same {
                return Ok(at);
            }
            let start = length(&texts)?;
            texts.push_str(text);
            Ok((start, length(&texts)?))
        };
        let original_end = length(original)?;
        let address_at = place(&address, original, (0, original_end))?;
        let (canonical_at, _) = place(&canonical, &address, address_at)?;
        Ok(Self {
            texts: texts.into(),
            original_end,
            address: address_at,
            canonical_at,
            at: length(&canonical_local)?,
            company_at: company_at.unwrap_or(NO_COMPANY),
            kind: mailbox::kind(&canonical_local, domain, *free_mail),
            free_mail: *free_mail,
            typo_domain: repaired || *corrected,
        })
    }

    /// The text of the file, trimmed.
    #[must_use]
    pub fn original(&self) -> &str {
        self.texts.get(..usize::from(self.original_end)).unwrap_or_default()
    }

    /// The address to send to Intercom: trimmed, lower-case domain in its ASCII form, local part lower-case. A known
    /// misspelling of the domain is kept, because only the owner can say; what could not be sent at all (a comma for
    /// a dot) is repaired.
    #[must_use]
    pub fn address(&self) -> &str {
        let (start, end) = self.address;
        self.texts.get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }

    /// The address to compare: plus tags and dots removed where the provider ignores them, provider aliases and typo
    /// domains resolved.
    #[must_use]
    pub fn canonical(&self) -> &str {
        canonical(&self.texts, self.address, self.canonical_at)
    }

    /// The canonical local part.
    #[must_use]
    pub fn local(&self) -> &str {
        self.canonical().get(..usize::from(self.at)).unwrap_or("")
    }

    /// The canonical local part up to a `+`. Most mail servers deliver `ann+news` to `ann`, but only some promise it:
    /// where they do, [`Self::canonical`] has no tag either.
    #[must_use]
    pub fn local_without_tag(&self) -> &str {
        match self.local().split_once('+') {
            Some((base, _)) if !base.is_empty() => base,
            _ => self.local(),
        }
    }

    /// The canonical domain, lower-case ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.canonical().get(usize::from(self.at) + 1..).unwrap_or("")
    }

    /// Kind of mailbox by its name.
    #[must_use]
    pub fn kind(&self) -> MailboxKind {
        self.kind
    }

    /// Whether the domain belongs to a free-mail provider, so that it says nothing about the employer.
    #[must_use]
    pub fn is_free_mail(&self) -> bool {
        self.free_mail
    }

    /// Whether the domain as written was a known misspelling (`gmial.com`) that [`Self::canonical`] corrects.
    #[must_use]
    pub fn has_typo_domain(&self) -> bool {
        self.typo_domain
    }

    /// The registrable domain (public suffix plus one label) when it belongs to a company; `None` for free-mail.
    #[must_use]
    pub fn company_domain(&self) -> Option<&str> {
        if self.company_at == NO_COMPANY { None } else { self.canonical().get(usize::from(self.company_at)..) }
    }
}

/// Where the canonical form stands among the texts of an address.
fn canonical(texts: &str, address: (u16, u16), canonical_at: u16) -> &str {
    let end = if canonical_at == address.0 { usize::from(address.1) } else { texts.len() };
    texts.get(usize::from(canonical_at)..end).unwrap_or_default()
}

/// Whether a text is parts between single dots, all of such bytes.
fn dotted(text: &str, is_part: impl Fn(u8) -> bool) -> bool {
    let mut after_dot = true;
    for byte in text.bytes() {
        if byte == b'.' {
            if after_dot {
                return false;
            }
            after_dot = true;
        } else if is_part(byte) {
            after_dot = false;
        } else {
            return false;
        }
    }
    !after_dot
}

#[cfg(test)]
mod tests;
