//! E-mail addresses: parsing, the address to send, and the address to compare.
//!
//! Owns [`Email`]. Parsing takes what people paste (`mailto:`, `Name <a@b>`, trailing punctuation, invisible
//! characters, full-width signs); `mail_domain` knows providers, misspellings and free mail, `mailbox` the kind of
//! mailbox. The original text stays beside both forms.

mod pack;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::contact::mail_domain::{self, Known};
use crate::contact::mailbox;

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
/// Longest local part, in bytes (RFC 5321 §4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;
/// Longest domain, in bytes (RFC 5321 §4.5.3.1.2 says 255 octets, RFC 1035 leaves 253 characters).
const DOMAIN_BYTES_MAX: usize = 253;
/// Longest text that is looked at, in bytes: an address with a display name.
const TEXT_BYTES_MAX: usize = 1_000;
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

/// Takes away what is written around an address and what cannot be seen.
fn clean(text: &str) -> Result<Cow<'_, str>, EmailProblem> {
    if text.is_empty() {
        return Err(EmailProblem::Empty);
    }
    if text.len() > TEXT_BYTES_MAX {
        return Err(EmailProblem::TooLong);
    }
    let mut text: Cow<'_, str> = if text.is_ascii() {
        text.into()
    } else {
        // NFKC turns the full-width `＠` and `．` and the no-break space into plain ones.
        text.nfkc().filter(|c| !is_invisible(*c)).collect::<String>().into()
    };
    if let (Some(open), Some(close)) = (text.rfind('<'), text.rfind('>'))
        && open < close
        && text[open..close].contains('@')
    {
        text = text[open + 1..close].to_owned().into();
    }
    let around = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '`')
    };
    let mut inner = text.trim_matches(around);
    if let Some(head) = inner.get(..7)
        && head.eq_ignore_ascii_case("mailto:")
    {
        inner = inner.get(7..).unwrap_or("").trim_matches(around);
        inner = inner.split_once('?').map_or(inner, |(address, _)| address);
    }
    inner = inner.trim_end_matches('.').trim_end_matches(around);
    if inner.is_empty() {
        return Err(EmailProblem::Empty);
    }
    Ok(if inner.len() == text.len() { text } else { inner.to_owned().into() })
}

/// Characters without width that survive copying from web pages.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn split(text: &str) -> Result<(&str, &str), EmailProblem> {
    let (local, domain) = text.rsplit_once('@').ok_or(EmailProblem::At)?;
    if local.contains('@') {
        return Err(EmailProblem::At);
    }
    Ok((local, domain))
}

/// Atoms between single dots (RFC 5322 §3.2.3, RFC 6531 for letters beyond ASCII), lower-case. Quoted local parts are
/// taken when the quotes were not needed.
fn parse_local(local: &str) -> Result<Cow<'_, str>, EmailProblem> {
    let local = local.trim().trim_matches('"');
    let joined = join_stray_space(local)?;
    if joined.len() > LOCAL_BYTES_MAX {
        return Err(EmailProblem::Local);
    }
    let atom = |c: char| {
        c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric()) || "!#$%&'*+-/=?^_`{|}~".contains(c)
    };
    if joined.is_empty() || joined.split('.').any(|part| part.is_empty() || !part.chars().all(atom)) {
        return Err(EmailProblem::Local);
    }
    Ok(if joined.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
        joined.to_lowercase().into()
    } else {
        joined
    })
}

/// `ma riami2@…` is a slip of the space bar; `Ann ann.lee@…` is a name before an address, and nobody can tell where the
/// address begins in longer texts. So a space is taken out only after one or two letters that the rest does not repeat.
fn join_stray_space(local: &str) -> Result<Cow<'_, str>, EmailProblem> {
    let Some((first, rest)) = local.split_once(char::is_whitespace) else { return Ok(local.into()) };
    let rest = rest.trim_start();
    let slip = !first.is_empty()
        && first.len() <= 2
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && !rest.contains(char::is_whitespace)
        && !rest.to_lowercase().starts_with(&first.to_lowercase());
    if slip { Ok(format!("{first}{rest}").into()) } else { Err(EmailProblem::Local) }
}

/// The domain in lower-case ASCII, and whether it had to be repaired to be one.
fn parse_domain(domain: &str) -> Result<(String, bool), EmailProblem> {
    let domain = domain.trim().trim_end_matches('.');
    let mut repaired = false;
    let mut text = Cow::Borrowed(domain);
    if text.contains(',') {
        repaired = true;
        text = text.replace(',', ".").into();
    }
    let ascii = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii_strict(&text).map_err(|_| EmailProblem::Domain)?
    };
    if ascii.len() > DOMAIN_BYTES_MAX {
        return Err(EmailProblem::TooLong);
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let (ascii, repaired) = match mail_domain::restore_dot(&ascii) {
        Some(whole) => (whole, true),
        None => (ascii, repaired),
    };
    let (_, last) = ascii.rsplit_once('.').ok_or(EmailProblem::Domain)?;
    let last_is_name = last.len() >= 2 && !last.bytes().all(|b| b.is_ascii_digit());
    if last_is_name && ascii.split('.').all(label) { Ok((ascii, repaired)) } else { Err(EmailProblem::Domain) }
}

#[cfg(test)]
mod tests;
