//! Makes foreign text safe to show: on a terminal, in a page, in a spreadsheet.
//!
//! Names and notes come from strangers. On a terminal a control character can move the cursor or change colours, and a
//! bidirectional override can show another text than is there (Boucher & Anderson 2021, "Trojan Source"). In a
//! spreadsheet a cell that begins with `=`, `+`, `-`, `@`, tab or carriage return is run as a formula (OWASP, "CSV
//! Injection").

use std::borrow::Cow;

/// Whether a character changes how its neighbours are shown, or drives the terminal.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// The text without control characters and direction marks; line breaks and tabs become one space. Joiners
/// (U+200C, U+200D) stay: Persian and emoji need them.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => {
                if !shown.ends_with(' ') {
                    shown.push(' ');
                }
            }
            other if is_unsafe(other) => {}
            other => shown.push(other),
        }
    }
    Cow::Owned(shown)
}

/// Safe to show, and at most `limit` characters; what is cut off is marked with `…`.
pub(super) fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    let shown = visible(text);
    if shown.char_indices().nth(limit).is_none() {
        return shown;
    }
    let kept: String = shown.chars().take(limit.saturating_sub(1)).collect();
    Cow::Owned(format!("{}…", kept.trim_end()))
}

/// A cell a spreadsheet takes as text. A cell that could start a formula gets a leading `'`, which spreadsheets take
/// as "this is text". Plain numbers and phone numbers (`-12.5`, `+49 170 1234567`) cannot call a function and stay as
/// they are, so that a mended file can be fed again.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    let mut characters = text.chars();
    let risky = match characters.next() {
        Some('=' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => !characters.all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '(' | ')')),
        _ => false,
    };
    if risky { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_and_direction_marks_disappear() {
        assert_eq!(visible("\u{1b}[31mred\u{1b}[0m"), "[31mred[0m");
        assert_eq!(visible("abc\u{202e}cba\u{2069}"), "abccba");
        assert_eq!(visible("two\r\nlines\tand a tab"), "two lines and a tab");
        assert_eq!(visible("\u{9b}31m C1 too"), "31m C1 too");
    }

    #[test]
    fn letters_of_every_script_and_joined_emoji_stay() {
        for text in ["Zoë Müller", "علی\u{200c}رضا", "👩\u{200d}🚀", "王小明"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_name_of_five_thousand_characters_is_cut_and_marked() {
        let long = "é".repeat(5_000);
        let short = shorten(&long, 60);
        assert_eq!(short.chars().count(), 60);
        assert!(short.ends_with('…'));
        assert_eq!(shorten("short", 60), "short");
    }

    #[test]
    fn formulas_are_made_text_and_phone_numbers_are_left_alone() {
        assert_eq!(cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("+A1"), "'+A1");
        assert_eq!(cell("-2+3+cmd|' /C calc'!A0"), "'-2+3+cmd|' /C calc'!A0");
        assert_eq!(cell("\t=1"), "'\t=1");
        assert_eq!(cell("+49 (170) 123-4567"), "+49 (170) 123-4567");
        assert_eq!(cell("-12.5"), "-12.5");
        assert_eq!(cell("plain = text"), "plain = text");
    }

    proptest! {
        #[test]
        fn nothing_shown_can_drive_a_terminal(text in any::<String>()) {
            prop_assert!(!visible(&text).contains(is_unsafe));
        }

        #[test]
        fn a_spreadsheet_cell_never_starts_a_formula_with_a_letter_in_it(text in "[=+@\\-\t\r]?[A-Za-z0-9 |!()=+-]{0,12}") {
            let safe = cell(&text);
            let starts_formula = safe.starts_with(['=', '+', '-', '@', '\t', '\r']);
            prop_assert!(!starts_formula || !safe.contains(|c: char| c.is_alphabetic() || c == '|' || c == '!'));
        }
    }
}
