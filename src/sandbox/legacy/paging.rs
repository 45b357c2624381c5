//! Pages by number, with the wall at ten thousand records and full URLs to the next page.

use serde_json::{Value, json};

use crate::sandbox::wire::Call;
use crate::sandbox::workspace::Refusal;

/// Records shown unless the caller says how many.
const PAGE_DEFAULT: usize = 50;
/// Most records on a page.
const PAGE_LIMIT: usize = 60;
/// Records that can be reached page by page.
const WALL: usize = 10_000;

/// Which page is asked for. Pages begin at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) page: usize,
    pub(super) per_page: usize,
}

impl Place {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let number = |name: &str, default: usize| match call.query_value(name).map(str::parse::<usize>) {
            None => Ok(default),
            Some(Ok(number @ 1..)) => Ok(number),
            Some(_) => Err(Refusal::invalid(name, format!("{name} must be a positive number"))),
        };
        let place = Self { page: number("page", 1)?, per_page: number("per_page", PAGE_DEFAULT)? };
        if place.per_page > PAGE_LIMIT {
            return Err(Refusal::invalid("per_page", "Per Page is too big"));
        }
        Ok(place)
    }

    pub(super) fn is_behind_the_wall(self) -> bool {
        self.page.saturating_mul(self.per_page) > WALL
    }

    /// Refuses pages behind the wall.
    pub(super) fn before_the_wall(self) -> Result<Self, Refusal> {
        if self.is_behind_the_wall() {
            return Err(Refusal::bad_request("page limit reached, please use scroll API"));
        }
        Ok(self)
    }

    pub(super) fn skipped(self) -> usize {
        (self.page - 1).saturating_mul(self.per_page)
    }

    /// `{type, pages, total_count, limited, <name>: […]}`.
    pub(super) fn list(self, call: &Call<'_>, kind: &str, name: &str, data: Vec<Value>, total: usize) -> Value {
        let more = self.page.saturating_mul(self.per_page) < total;
        let next = more.then(|| self.next_url(call));
        let mut shape = json!({
            "type": format!("{kind}.list"),
            "total_count": total,
            "limited": false,
            "pages": {
                "type": "pages",
                "next": next,
                "page": self.page,
                "per_page": self.per_page,
                "total_pages": total.div_ceil(self.per_page),
            },
        });
        shape[name] = Value::Array(data);
        shape
    }

    /// The same call with the next page's number.
    fn next_url(self, call: &Call<'_>) -> String {
        let kept = call.query.iter().filter(|(name, _)| name != "page" && name != "per_page");
        let mut pairs: Vec<String> =
            kept.map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        pairs.push(format!("per_page={}", self.per_page));
        pairs.push(format!("page={}", self.page + 1));
        format!("{}/{}?{}", call.origin, call.path.join("/"), pairs.join("&"))
    }
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
