//! The parts of an address as people write them: what is around it taken away, local part and domain checked.
//!
//! Given text, hands on text in the form it is sent in, or why there is none. Knows no provider; the room puts the parts
//! together.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::EmailProblem;
use crate::contact::mail_domain;

/// Longest local part, in bytes (RFC 5321 §4.5.3.1.1).
pub(super) const LOCAL_BYTES_MAX: usize = 64;
/// Longest domain, in bytes (RFC 5321 §4.5.3.1.2 says 255 octets, RFC 1035 leaves 253 characters).
const DOMAIN_BYTES_MAX: usize = 253;
/// Longest label of a domain, in bytes (RFC 1035 §2.3.4).
pub(super) const LABEL_BYTES_MAX: usize = 63;
/// Longest text that is looked at, in bytes: an address with a display name.
const TEXT_BYTES_MAX: usize = 1_000;

/// Takes away what is written around an address and what cannot be seen.
pub(super) fn clean(text: &str) -> Result<Cow<'_, str>, EmailProblem> {
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

pub(super) fn split(text: &str) -> Result<(&str, &str), EmailProblem> {
    let (local, domain) = text.rsplit_once('@').ok_or(EmailProblem::At)?;
    if local.contains('@') {
        return Err(EmailProblem::At);
    }
    Ok((local, domain))
}

/// Atoms between single dots (RFC 5322 §3.2.3, RFC 6531 for letters beyond ASCII), lower-case. Quoted local parts are
/// taken when the quotes were not needed.
pub(super) fn parse_local(local: &str) -> Result<Cow<'_, str>, EmailProblem> {
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
pub(super) fn parse_domain(domain: &str) -> Result<(String, bool), EmailProblem> {
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
        (1..=LABEL_BYTES_MAX).contains(&label.len())
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
