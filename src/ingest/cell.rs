//! One cell's text → what is meant.
//!
//! Owns what spreadsheets and exports do to a value (wrappers, entities, fillers for "nothing") and how several values
//! are put into one cell. Gives texts and plain answers; parsing them into the words of `contact` is `normalize`'s job.

use std::borrow::Cow;

use crate::contact::Role;
pub(super) use crate::contact::is_filler;

/// Characters that show nothing and come along when a value is copied: the byte order mark, zero-width spaces, and the
/// direction marks that telephone numbers bring from address books.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{ad}')
}

/// The text without what surrounds it: white space, invisible characters, Excel's `="…"`, a leading apostrophe that
/// keeps a spreadsheet from calculating.
pub(super) fn unwrap(text: &str) -> &str {
    // Most texts begin and end with a letter or a digit: nothing surrounds them.
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return text;
    }
    let blank = |character: char| character.is_whitespace() || is_invisible(character);
    let text = text.trim_matches(blank);
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return inner.trim_matches(blank);
    }
    match text.strip_prefix('\'') {
        Some(rest)
            if rest.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '=' | '-' | '@')) =>
        {
            rest.trim_matches(blank)
        }
        _ => text,
    }
}

/// Replaces the HTML entities that exports leave in names. Unknown ones stay.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    // `&amp;` last, so that `&amp;lt;` becomes `&lt;` and not `<`
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
    .into()
}

const TRUE: &[&str] = &[
    "true",
    "t",
    "yes",
    "y",
    "1",
    "1.0",
    "x",
    "on",
    "✓",
    "✔",
    "checked",
    "ja",
    "j",
    "wahr",
    "oui",
    "o",
    "vrai",
    "si",
    "sí",
    "s",
    "verdadero",
    "waar",
    "unsubscribed",
    "opted out",
    "opted-out",
    "opt-out",
    "optout",
    "opt out",
    "optedout",
    "cleaned",
    "bounced",
    "hard bounce",
    "abgemeldet",
    "désinscrit",
];
const FALSE: &[&str] = &[
    "false",
    "f",
    "no",
    "n",
    "0",
    "0.0",
    "off",
    "unchecked",
    "nein",
    "falsch",
    "non",
    "faux",
    "falso",
    "nee",
    "onwaar",
    "subscribed",
    "opted in",
    "opted-in",
    "opt-in",
    "optin",
    "opt in",
    "optedin",
    "angemeldet",
    "inscrit",
];

/// Reads a yes or no in the usual spellings.
pub(super) fn boolean(text: &str) -> Option<bool> {
    // As most programs write it
    match text {
        "true" | "yes" | "1" => return Some(true),
        "false" | "no" | "0" => return Some(false),
        _ => {}
    }
    let text = text.to_lowercase();
    if TRUE.contains(&text.as_str()) {
        Some(true)
    } else if FALSE.contains(&text.as_str()) {
        Some(false)
    } else {
        None
    }
}

/// Whether somebody is unsubscribed, by the value of a column that says whether they are subscribed. Words are clear in
/// themselves; a bare yes means subscribed.
pub(super) fn unsubscribed_by_subscription(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "unsubscribed" | "opted out" | "opted-out" | "opt-out" | "optout" | "opt out" | "cleaned"
        | "non-subscribed" | "nonsubscribed" | "not subscribed" | "not_subscribed" | "never subscribed" => Some(true),
        "subscribed" | "opted in" | "opted-in" | "opt-in" | "optin" | "opt in" | "single opt-in" | "double opt-in" => {
            Some(false)
        }
        other => boolean(other).map(|subscribed| !subscribed),
    }
}

/// Reads `lead` or `user`. Intercom called leads contacts until 2020 (API 1.x).
pub(super) fn role(text: &str) -> Option<Role> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(&["lead", "leads", "contact", "visitor"]) {
        Some(Role::Lead)
    } else {
        is(&["user", "users"]).then_some(Role::User)
    }
}

/// Whether a text tells why mail bounced for good. A soft bounce may pass.
pub(super) fn is_bounce_reason(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.to_lowercase().contains("soft")
}

/// Whether a text is a form of address, as in a column "Title" that holds no job titles.
pub(super) fn is_salutation(text: &str) -> bool {
    let text = text.trim_end_matches('.').to_lowercase();
    [
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "rev", "herr", "frau", "dr med", "m", "mme",
        "mlle", "monsieur", "madame", "sr", "sra", "srta", "dhr", "mevr", "mw",
    ]
    .contains(&text.as_str())
}

/// Separators between values that never occur inside one. `:::` is Google's.
fn split_hard(text: &str) -> Vec<&str> {
    text.split(":::")
        .flat_map(|part| part.split([';', '|', '\n', '\r', '\t']))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// Splits at a separator of letters between spaces ("and", "or", "/"), without case.
fn split_words(text: &str) -> Vec<&str> {
    let mut parts = vec![text];
    for word in [" / ", " and ", " or ", " und ", " et ", " y ", " & ", " oder ", " ou ", " en "] {
        parts = parts.into_iter().flat_map(|part| split_without_case(part, word)).collect();
    }
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn split_without_case<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) =
        rest.as_bytes().windows(word.len()).position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    {
        let (part, tail) = (rest.get(..at), rest.get(at + word.len()..));
        let (Some(part), Some(tail)) = (part, tail) else { break };
        parts.push(part);
        rest = tail;
    }
    parts.push(rest);
    parts
}

/// The parts of a cell that may each be an e-mail address, for a cell that is not one as a whole.
pub(super) fn split_emails(text: &str) -> Vec<&str> {
    let mut addresses = Vec::new();
    for part in split_hard(text).into_iter().flat_map(split_words).flat_map(|part| part.split(',')) {
        let part = part.trim();
        if part.matches('@').count() < 2 && (part.contains('<') || !part.contains(' ') || !part.contains('@')) {
            addresses.push(part);
        } else {
            addresses.extend(part.split_whitespace().filter(|word| word.contains('@')));
        }
    }
    // `"Lee, Ann" <ann@…>` is cut at its comma: the piece in front belongs to the address, and is none itself
    let named = text.contains('<');
    addresses.retain(|part| !part.is_empty() && (part.contains('@') || !named));
    addresses
}

/// The parts of a cell that may each be a phone number. A part too short to be one means the separator was none.
pub(super) fn split_phones(text: &str) -> Vec<&str> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || b"+ ()-.".contains(&byte)) {
        return vec![text];
    }
    let parts: Vec<&str> = split_hard(text)
        .into_iter()
        .flat_map(split_words)
        .flat_map(|part| part.split(','))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let digits = |part: &str| part.chars().filter(|character| character.is_numeric()).count();
    if parts.len() > 1 && parts.iter().all(|part| digits(part) >= 6) { parts } else { vec![text] }
}

/// Company names of a cell. Never at a comma: "Acme, Inc."
pub(super) fn split_companies(text: &str) -> Vec<&str> {
    split_hard(text)
}

/// Tags of a cell. Google marks its own groups with `* `.
pub(super) fn split_tags(text: &str) -> Vec<&str> {
    split_hard(text)
        .into_iter()
        .flat_map(|part| part.split(','))
        .map(|tag| tag.trim().trim_start_matches("* ").trim_matches('"').trim())
        .filter(|tag| !tag.is_empty())
        .collect()
}

/// Whether a spreadsheet has turned a long number into `4.47911E+11`, which loses its last digits.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let number = |part: &str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','))
    };
    number(mantissa)
        && exponent.strip_prefix('+').unwrap_or(exponent).chars().all(|letter| letter.is_ascii_digit())
        && exponent.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_of_spreadsheets_are_taken_off() {
        assert_eq!(unwrap(" =\"00123\" "), "00123");
        assert_eq!(unwrap("'+44 20 7946 0000"), "+44 20 7946 0000");
        assert_eq!(unwrap("'t Hooft"), "'t Hooft");
        assert_eq!(unwrap("\u{202a}+1 555\u{202c}"), "+1 555");
        assert_eq!(unwrap("\u{a0}"), "");
    }

    #[test]
    fn entities_are_replaced_once() {
        assert_eq!(unescape("Smith &amp; Sons &amp;lt;"), "Smith & Sons &lt;");
    }

    #[test]
    fn several_addresses_in_one_cell_are_found() {
        assert_eq!(split_emails("a@x.example; b@x.example"), ["a@x.example", "b@x.example"]);
        assert_eq!(split_emails("a@x.example, b@x.example c@x.example"), ["a@x.example", "b@x.example", "c@x.example"]);
        assert_eq!(
            split_emails("a@x.example / b@x.example AND c@x.example\nd@x.example"),
            ["a@x.example", "b@x.example", "c@x.example", "d@x.example"]
        );
        assert_eq!(
            split_emails("Lee, Ann <a@x.example>; Bob <b@x.example>"),
            ["Ann <a@x.example>", "Bob <b@x.example>"]
        );
        assert_eq!(split_emails("Ann Lee <a@x.example>"), ["Ann Lee <a@x.example>"]);
    }

    #[test]
    fn several_numbers_in_one_cell_are_found_and_one_is_not_torn() {
        assert_eq!(split_phones("020 7946 0000 / 07700 900123"), ["020 7946 0000", "07700 900123"]);
        assert_eq!(split_phones("030/901820, ext. 12"), ["030/901820, ext. 12"]);
        assert_eq!(split_phones("030/901820"), ["030/901820"]);
        assert_eq!(split_phones("+1 202 555 0143 ::: +1 202 555 0144"), ["+1 202 555 0143", "+1 202 555 0144"]);
    }

    #[test]
    fn yes_and_no_are_read_in_their_usual_spellings() {
        assert_eq!(boolean("Ja"), Some(true));
        assert_eq!(boolean("opted out"), Some(true));
        assert_eq!(boolean("FALSE"), Some(false));
        assert_eq!(boolean("maybe"), None);
        assert_eq!(unsubscribed_by_subscription("no"), Some(true));
        assert_eq!(unsubscribed_by_subscription("Unsubscribed"), Some(true));
    }

    #[test]
    fn numbers_that_lost_their_digits_are_recognised() {
        assert!(is_scientific("4.47911E+11") && is_scientific("4,47911E+11"));
        assert!(!is_scientific("447911123456") && !is_scientific("E") && !is_scientific("ext 5"));
    }
}
