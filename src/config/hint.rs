//! "Did you mean": a message about a word that does not exist, with the word that was probably meant.

/// How alike two words have to be, from 0 to 1 (Jaro–Winkler).
const ALIKE: f64 = 0.8;

/// Adds the likeliest of the words a message says are expected, when one is likely.
pub(super) fn with_hint(message: &str) -> String {
    let message = message.trim_end();
    match meant(message) {
        Some(word) => format!("{message}\ndid you mean `{word}`?"),
        None => message.to_owned(),
    }
}

/// serde's words: "unknown field `fil`, expected one of `fill`, `mode`".
fn meant(message: &str) -> Option<&str> {
    let unknown = message.split_once("unknown field `").or_else(|| message.split_once("unknown variant `"))?.1;
    let (wrong, expected) = unknown.split_once('`')?;
    let expected = expected.lines().next()?.split_once("expected")?.1;
    let candidates = expected.split('`').skip(1).step_by(2);
    likeliest(wrong, candidates)
}

/// The word that was probably meant, when one of them is like it.
pub(crate) fn likeliest<'w>(wrong: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let likely = words.map(|word| (strsim::jaro_winkler(wrong, word), word)).filter(|(alike, _)| *alike >= ALIKE);
    likely.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_answered_with_the_word_that_exists() {
        let said = with_hint("unknown field `gaurdrails`, expected one of `intercom`, `guardrails`, `apply`\n");
        assert!(said.ends_with("`apply`\ndid you mean `guardrails`?"), "{said}");
        let said = with_hint("unknown variant `archiv`, expected `merge` or `archive`");
        assert!(said.ends_with("did you mean `archive`?"), "{said}");
    }

    #[test]
    fn what_is_like_nothing_gets_no_hint() {
        for message in
            ["unknown field `x`, expected one of `intercom`, `guardrails`", "invalid type: string, expected u64", ""]
        {
            assert_eq!(with_hint(message), message);
        }
    }
}
