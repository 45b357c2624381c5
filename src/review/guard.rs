//! Who may talk to the page's server: only the browser tab that was given the address.
//!
//! A server on loopback can be reached by every web page the person has open. So: the `Host` header must be the
//! server's own address (against DNS rebinding), a request that changes something must come from the page itself
//! (`Origin`), and every request for data must carry a key in a header of its own, which other origins cannot send.
//! Cookies are not used: browsers send them to every port of the host. The token is in the fragment of the address,
//! which is neither sent nor logged; it is exchanged for the key once.

use axum::http::{HeaderMap, Method, header};

use super::Error;

/// The header that carries the key.
pub(super) const KEY_HEADER: &str = "x-leadfold-key";

/// 256 random bits as 64 hexadecimal digits.
pub(super) fn secret() -> Result<String, Error> {
    use std::fmt::Write;

    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::Random)?;
    let mut text = String::with_capacity(64);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

/// Compares without telling by its time how much was right.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |found, (a, b)| found | (a ^ b)) == 0
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a request was addressed to this server and, if it changes something, comes from its own page.
pub(super) fn is_from_page(method: &Method, headers: &HeaderMap, authority: &str) -> bool {
    let own_host = text(headers, header::HOST.as_str()) == Some(authority);
    let origin = text(headers, header::ORIGIN.as_str());
    let own_origin = origin.is_some_and(|origin| origin.strip_prefix("http://") == Some(authority));
    let site = text(headers, "sec-fetch-site");
    let own_site = matches!(site, None | Some("same-origin" | "none"));
    let reads = method == Method::GET && (origin.is_none() || own_origin);
    own_host && own_site && (reads || own_origin)
}

/// Whether a request carries the key.
pub(super) fn has_key(headers: &HeaderMap, key: &str) -> bool {
    text(headers, KEY_HEADER).is_some_and(|given| same(given, key))
}
