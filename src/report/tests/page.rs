//! The page.

use base64::Engine as _;
use sha2::{Digest, Sha256};

use super::super::sample::{FORMULA, HOSTILE_NAME};
use super::*;

fn page() -> String {
    print(|writer| html(&sample::plan(), None, writer))
}

/// The text between two marks.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let rest = text.split_once(start).unwrap().1;
    rest.split_once(end).unwrap().0
}

#[test]
fn the_page_needs_nothing_from_outside() {
    let page = page().replace("http://www.w3.org/2000/svg", "");
    for outside in ["http://", "https://", "src=", "@import", "url(", "<iframe", "<object", "<form", "javascript:"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn the_policy_allows_exactly_the_style_and_script_of_the_page() {
    let page = page();
    let policy =
        between(&page, "Content-Security-Policy\" content=\"", "\"").replace("&#39;", "'").replace("&#x2B;", "+");
    let hash = |text: &str| {
        let digest = Sha256::digest(text.as_bytes());
        format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(digest))
    };
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains(&hash(between(&page, "<style>", "</style>"))), "{policy}");
    assert!(policy.contains(&hash(between(&page, "<script>", "</script>"))), "{policy}");
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains(" style=") && !page.contains(" onclick="));
}

#[test]
fn markup_in_a_name_is_shown_and_never_run() {
    let page = page();
    assert!(HOSTILE_NAME.contains("<script>alert(1)"));
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&#60;script&#62;alert(1)") || page.contains("&lt;script&gt;alert(1)"), "the name is shown");
    assert!(!page.contains(['\u{202e}', '\u{202c}']));
    assert!(page.contains("👩\u{200d}🚀"));
    assert!(page.contains(&FORMULA.replace('\'', "&#39;")));
}

#[test]
fn a_value_of_five_thousand_characters_does_not_fill_the_page() {
    assert!(!page().contains(&"Longname ".repeat(60)));
}

#[test]
fn the_page_says_the_verdict_first_and_what_cannot_be_undone() {
    let page = page();
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is missing"));
    let order = [
        "nothing has been written",
        "Before you apply",
        "<svg",
        "id=\"groups\"",
        "id=\"actions\"",
        "id=\"rejects\"",
        "id=\"next\"",
    ];
    assert!(order.map(place).is_sorted());
    assert!(page.contains("1 merge of a lead into a user: Intercom offers no way back"));
}

#[test]
fn a_group_too_many_is_left_out_and_the_page_says_so() {
    let mut plan = sample::plan();
    let group = plan.linkage.groups[2].clone();
    plan.linkage.groups.extend(std::iter::repeat_n(group, 600));
    let page = print(|writer| html(&plan, None, writer));
    assert!(page.contains("500 of 603") && page.contains("--groups --format csv"));
    assert_eq!(page.matches("<details class=\"group\"").count(), 500);
}

#[test]
fn after_an_apply_the_page_shows_what_became_of_every_action() {
    let actions = [AppliedAction {
        action: crate::plan::ActionId(1),
        progress: Progress::Failed,
        message: "the lead was already merged (request 9c)",
        contact: None,
    }];
    let applied = Applied { actions: &actions, requests: 1, ..Applied::default() };
    let page = print(|writer| html(&sample::plan(), Some(&applied), writer));
    assert!(page.contains("This plan was applied") && !page.contains("Nothing has been written"));
    assert!(page.contains("<span class=\"state failed\">failed</span> <bdi>the lead was already merged (request 9c)"));
}

#[test]
fn an_empty_plan_is_a_whole_page() {
    let page = print(|writer| html(&sample::empty(), None, writer));
    assert!(page.contains("There is nothing to apply") && page.trim_end().ends_with("</html>"));
}
