//! Note bodies come back as HTML: to plain text, for reading and comparing.

/// Elements that end a line.
const LINE_ENDS: &[&str] = &["p", "/p", "br", "br/", "div", "/div", "li", "/li", "h1", "/h1", "h2", "/h2"];

/// Tags removed, line-ending elements turned into line ends, the usual entities resolved, blank lines and outer white
/// space removed. Text without markup comes back as it is, trimmed.
pub fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        text.push_str(before);
        let named = tag.chars().nth(1).is_some_and(|first| first.is_ascii_alphabetic() || first == '/' || first == '!');
        match tag.find('>') {
            Some(close) if named => {
                let name = tag.get(1..close).unwrap_or_default().split_whitespace().next().unwrap_or_default();
                if LINE_ENDS.iter().any(|end| end.eq_ignore_ascii_case(name)) {
                    text.push('\n');
                }
                rest = tag.get(close + 1..).unwrap_or_default();
            }
            // A lone `<` is text
            _ => {
                text.push('<');
                rest = tag.get(1..).unwrap_or_default();
            }
        }
    }
    text.push_str(rest);
    let lines: Vec<String> = text.lines().map(|line| entities(line.trim())).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn entities(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find('&') {
        let (before, entity) = rest.split_at(start);
        text.push_str(before);
        let end = entity.find(';').filter(|end| *end <= 9);
        let resolved = end.and_then(|end| resolve(entity.get(1..end)?).map(|character| (character, end)));
        let (character, used) = resolved.map_or(('&', 1), |(character, end)| (character, end + 1));
        text.push(character);
        rest = entity.get(used..).unwrap_or_default();
    }
    text.push_str(rest);
    text.trim().to_owned()
}

fn resolve(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plain_text;

    #[test]
    fn paragraphs_become_lines_and_entities_characters() {
        assert_eq!(
            plain_text("<p>Met at the fair,<br>wants <b>5</b> seats &amp; a demo</p>\n<p>O&#39;Hara &lt;3</p>"),
            "Met at the fair,\nwants 5 seats & a demo\nO'Hara <3"
        );
    }

    #[test]
    fn text_that_only_looks_like_markup_stays() {
        assert_eq!(plain_text("5 < 7 & 8 > 3 &unknown; <"), "5 < 7 & 8 > 3 &unknown; <");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(html in ".*") {
            let _ = plain_text(&html);
        }
    }
}
