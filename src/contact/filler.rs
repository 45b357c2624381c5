//! Texts that stand for nothing: what people and exports write where there is no value.

/// Fillers that never mean anything, in any column. Compared exactly, because "Null" is a surname.
const ALWAYS_EMPTY: &[&str] = &[
    "null", "NULL", "(null)", "<null>", "\\N", "n/a", "N/A", "#N/A", "n.a.", "nan", "NaN", "-", "--", "—", "–",
    "#REF!", "#VALUE!", "#NAME?",
];

/// Fillers in columns that we read; in a custom column they may be somebody's answer. Compared without case.
const MOSTLY_EMPTY: &[&str] = &[
    "none",
    "unknown",
    "undefined",
    "not provided",
    "not available",
    "not applicable",
    "not set",
    "no value",
    "(no value)",
    "(empty)",
    "(blank)",
    "[blank]",
    "[unknown]",
    "(not set)",
    "(unknown)",
    "?",
    ".",
    "---",
    "n/a.",
    "keine angabe",
    "unbekannt",
    "inconnu",
    "desconocido",
    "onbekend",
];

/// Whether an unwrapped text stands for nothing. `read` says whether the column has a meaning to us.
pub(crate) fn is_filler(text: &str, read: bool) -> bool {
    // Most texts begin with a letter or digit that no filler begins with.
    if let Some(first) = text.bytes().next()
        && first.is_ascii_alphanumeric()
        && !b"nukido".contains(&first.to_ascii_lowercase())
    {
        return false;
    }
    text.is_empty()
        || (text.len() <= 8 && ALWAYS_EMPTY.contains(&text))
        || (read && text.len() <= 16 && MOSTLY_EMPTY.iter().any(|filler| filler.eq_ignore_ascii_case(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_are_empty_but_the_surname_null_is_not() {
        assert!(is_filler("N/A", false) && is_filler("None", true) && is_filler("-", false));
        assert!(!is_filler("Null", true) && !is_filler("none", false));
    }

    #[test]
    fn no_filler_begins_like_a_word_that_is_passed_at_once() {
        for filler in ALWAYS_EMPTY.iter().chain(MOSTLY_EMPTY) {
            assert!(is_filler(filler, true), "{filler}");
        }
    }
}
