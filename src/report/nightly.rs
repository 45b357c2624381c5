//! A night among nights: what was counted tonight beside what was counted the last time, for the page that `clean` leaves.

use super::words;

/// What the nights are compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SinceLast {
    /// When the last night was, in words; `None` in the first one.
    pub last: Option<String>,
    /// The numbers, in the order they are shown.
    pub counts: Vec<Counted>,
}

/// A number of tonight and that of the last night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What was counted.
    pub what: &'static str,
    /// Tonight.
    pub tonight: u64,
    /// The last time; `None` where nobody counted it.
    pub last: Option<u64>,
}

/// The numbers as the page shows them.
pub(super) struct SinceView {
    pub(super) sentence: String,
    /// What, tonight, the last time, the difference.
    pub(super) lines: Vec<[String; 4]>,
}

pub(super) fn view(since: &SinceLast) -> SinceView {
    let line = |counted: &Counted| {
        let last = counted.last.map_or_else(String::new, words::thousands);
        [counted.what.to_owned(), words::thousands(counted.tonight), last, difference(counted)]
    };
    let sentence = match &since.last {
        Some(last) => format!("Compared with the night of {last}."),
        None => "This is the first night; the next one is compared with it.".to_owned(),
    };
    SinceView { sentence, lines: since.counts.iter().map(line).collect() }
}

/// `+3`, `−2`; nothing where nothing changed.
fn difference(counted: &Counted) -> String {
    match counted.last {
        Some(last) if counted.tonight > last => format!("+{}", words::thousands(counted.tonight - last)),
        Some(last) if counted.tonight < last => format!("−{}", words::thousands(last - counted.tonight)),
        _ => String::new(),
    }
}
