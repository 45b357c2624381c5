//! Chinese, Japanese and Korean names: surname first, often without a space.
//!
//! Owns where such a name is cut. Chinese readings are used for all Han characters, so that one person written twice in
//! characters meets; a Japanese name in characters does not meet its romanised form.

use super::clean::fold;

/// Chinese surnames of two characters that are still common.
const DOUBLE_SURNAMES: &[&str] = &[
    "欧阳", "歐陽", "上官", "司马", "司馬", "诸葛", "諸葛", "夏侯", "皇甫", "尉迟", "公孙", "公孫", "慕容", "令狐",
    "司徒", "长孙", "宇文", "轩辕", "南宫", "端木",
];

/// Korean surnames of two syllables.
const DOUBLE_SYLLABLES: &[&str] = &["남궁", "황보", "제갈", "사공", "선우", "서문", "독고"];

/// Surname and given name as folded tokens. The surname stands first, as these names are written; with a space or a
/// comma the cut is given. Anything that is too long to be a name stays whole as given name.
pub(super) fn split(text: &str) -> (Vec<Box<str>>, Vec<Box<str>>) {
    let words: Vec<&str> = text.split([' ', ',', '、', '，', '・']).filter(|word| !word.is_empty()).collect();
    let (family, given) = match words.as_slice() {
        [] => ("", ""),
        [whole] => whole.split_at(surname_length(whole)),
        [family, given] => (*family, *given),
        [family, rest @ ..] => {
            return (non_empty(&rest.concat()), non_empty(family));
        }
    };
    (non_empty(given), non_empty(family))
}

fn non_empty(text: &str) -> Vec<Box<str>> {
    let token = fold(text);
    if token.is_empty() { Vec::new() } else { vec![token] }
}

/// Length of the surname in bytes; 0 when the text is one character or too long for a name.
fn surname_length(text: &str) -> usize {
    let characters = text.chars().count();
    let bytes_of = |n: usize| text.chars().take(n).map(char::len_utf8).sum();
    if !(2..=6).contains(&characters) {
        return 0;
    }
    let doubled = DOUBLE_SURNAMES.iter().chain(DOUBLE_SYLLABLES).any(|surname| text.starts_with(surname));
    let hangul = text.chars().all(|c| ('\u{ac00}'..='\u{d7af}').contains(&c));
    let kana = text.chars().any(|c| ('\u{3040}'..='\u{30ff}').contains(&c));
    match characters {
        _ if doubled && characters >= 3 => bytes_of(2),
        _ if hangul => bytes_of(1),
        // A Japanese surname before a given name in kana: 山崎くみ子
        _ if kana => bytes_of(text.chars().take_while(|c| *c >= '\u{3400}').count().min(3)),
        2 | 3 => bytes_of(1),
        // Four characters and more without a double surname are Japanese: 佐藤太郎
        _ => bytes_of(2),
    }
}
