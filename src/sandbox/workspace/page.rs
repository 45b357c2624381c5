//! Pages: opaque cursors, and slices of a sequence with what a client needs to ask for the next one.
//!
//! A cursor names the last contact handed out, so paging stays sound while contacts come and go. Its text is base64
//! with `+`, `/` and `=` in it, as Intercom's are: a client that does not encode it in a URL is found out here.

use serde_json::Value;

use super::refusal::Refusal;

/// Largest page Intercom hands out.
pub(crate) const PAGE_LIMIT: usize = 150;
/// Base64 `+/+/`: marks our cursors and puts the two awkward letters into each.
const MARK: [u8; 3] = [0xfb, 0xff, 0xbf];
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Ordinal of the last contact already seen; 0 before the first.
    pub(crate) after: u64,
    /// 1-based number of the page that starts here.
    pub(crate) page: usize,
}

impl Cursor {
    pub(crate) const START: Self = Self { after: 0, page: 1 };

    pub(crate) fn text(self) -> String {
        let mut bytes = MARK.to_vec();
        bytes.extend(format!("[{},{}]", self.after, self.page).into_bytes());
        while bytes.len().is_multiple_of(3) {
            bytes.push(b' ');
        }
        encode(&bytes)
    }

    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let broken = || Refusal::invalid("starting_after", "The starting_after cursor is not valid");
        let bytes = decode(text.trim()).ok_or_else(broken)?;
        let json = bytes.strip_prefix(&MARK).ok_or_else(broken)?;
        let (after, page) = serde_json::from_slice(json).map_err(|_| broken())?;
        Ok(Self { after, page })
    }

    /// Reads the cursor of a query string or a body; none means the start.
    pub(crate) fn read_optional(text: Option<&str>) -> Result<Self, Refusal> {
        text.filter(|text| !text.is_empty()).map_or(Ok(Self::START), Self::read)
    }
}

/// Reads `per_page` from a query string or a body.
pub(crate) fn page_size(value: Option<&Value>, default: usize) -> Result<usize, Refusal> {
    let size = match value {
        None | Some(Value::Null) => return Ok(default),
        Some(Value::Number(number)) => number.as_u64().and_then(|size| usize::try_from(size).ok()),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    match size {
        Some(size @ 1..=PAGE_LIMIT) => Ok(size),
        Some(0) | None => Err(Refusal::invalid("per_page", "Per Page must be a positive number")),
        Some(_) => Err(Refusal::invalid("per_page", "Per Page is too big")),
    }
}

#[expect(clippy::struct_field_names, reason = "`per_page` is the API's word")]
/// One page of things and where it stands in the whole.
#[derive(Debug, Clone)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) number: usize,
    pub(crate) per_page: usize,
    pub(crate) total: usize,
    pub(crate) next: Option<Cursor>,
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let block = chunk.iter().fold(0_u32, |block, byte| (block << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let sextet = (block >> (18 - 6 * place)) & 0x3f;
            text.push(if place <= chunk.len() { char::from(ALPHABET[sextet as usize]) } else { '=' });
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let letters = text.trim_end_matches('=').as_bytes();
    if !text.len().is_multiple_of(4) || text.len() - letters.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in letters.chunks(4) {
        let mut block = 0_u32;
        for letter in chunk {
            let sextet = ALPHABET.iter().position(|candidate| candidate == letter)?;
            block = (block << 6) | u32::try_from(sextet).ok()?;
        }
        block <<= 6 * (4 - chunk.len());
        let [_, first, second, third] = block.to_be_bytes();
        bytes.extend([first, second, third].into_iter().take(chunk.len().saturating_sub(1)));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_trip_and_holds_the_awkward_letters() {
        for after in [0, 1, 9, 150, 119_999, u64::MAX] {
            let cursor = Cursor { after, page: 3 };
            let text = cursor.text();
            assert!(text.contains('+') && text.contains('/') && text.contains('='), "{text}");
            assert_eq!(Cursor::read(&text), Ok(cursor));
        }
    }

    #[test]
    fn a_cursor_whose_plus_became_a_space_is_refused() {
        let text = Cursor { after: 10, page: 2 }.text().replace('+', " ");
        assert_eq!(Cursor::read(&text).map_err(|refusal| refusal.status), Err(400));
    }

    #[test]
    fn pages_hold_one_to_150_contacts() {
        assert_eq!(page_size(None, 10), Ok(10));
        assert_eq!(page_size(Some(&Value::from(150)), 10), Ok(150));
        assert_eq!(page_size(Some(&Value::from("25")), 10), Ok(25));
        assert!(page_size(Some(&Value::from(151)), 10).is_err());
        assert!(page_size(Some(&Value::from(0)), 10).is_err());
    }
}
