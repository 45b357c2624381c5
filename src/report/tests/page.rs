//! The page.

use base64::Engine as _;
use sha2::{Digest, Sha256};

use super::super::html::pack::unpacked;
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
    let scripts = page.matches("<script").count() - page.matches("<script type=\"text/plain\"").count();
    assert_eq!(scripts, 1, "all others are inert");
    assert!(!page.contains(" style=") && !page.contains(" onclick="));
}

#[test]
fn markup_in_a_name_is_shown_and_never_run() {
    let page = page();
    assert!(HOSTILE_NAME.contains("<script>alert(1)"));
    assert!(!page.contains("<script>alert"));
    let lines = [unpacked(&page, "group-details"), unpacked(&page, "action-lines")].concat();
    let data: String = lines.iter().map(ToString::to_string).collect();
    assert!(data.contains("<script>alert(1)"), "the script of the page shows it as text");
    assert!(!data.contains(['\u{202e}', '\u{202c}']));
    assert!(data.contains("👩\u{200d}🚀"));
    assert!(data.contains(FORMULA));
}

#[test]
fn the_page_of_a_night_says_what_changed_since_the_last_one() {
    let counted = |what, tonight, last| Counted { what, tonight, last };
    let counts = vec![counted("contacts", 1_204, Some(1_200)), counted("merged", 0, Some(2)), counted("new", 7, None)];
    let since = SinceLast { last: Some("2026-11-21 03:17".to_owned()), counts };
    let page = print(|writer| html_of_night(&sample::plan(), None, &since, writer));
    let section = between(&page, "<section id=\"since\"", "</section>");
    assert!(section.contains("Compared with the night of 2026-11-21 03:17."), "{section}");
    let cells = |what: &str| {
        let row = section.lines().find(|line| line.contains(&format!(">{what}<"))).unwrap();
        row.split("<td class=\"num\">")
            .skip(1)
            .map(|cell| cell.split('<').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(cells("contacts"), ["1,204", "1,200", "+4"]);
    assert_eq!(cells("merged"), ["0", "2", "−2"]);
    assert_eq!(cells("new"), ["7", "", ""]);
    let first = SinceLast { last: None, ..since };
    assert!(print(|writer| html_of_night(&sample::plan(), None, &first, writer)).contains("the first night"));
    assert!(!super::page::page().contains("Since the last night"), "other plans are of no night");
}

#[test]
fn the_page_of_a_later_night_with_the_same_plan_is_the_page_it_would_have_been() {
    let since = |tonight| {
        let counts = vec![Counted { what: "merged", tonight, last: Some(1) }];
        SinceLast { last: Some("2026-11-21 03:17".to_owned()), counts }
    };
    let of = |since: &SinceLast| print(|writer| html_of_night(&sample::plan(), None, since, writer));
    let mut later = Vec::new();
    assert!(of_later_night(&of(&since(3)), &since(7), &mut later).unwrap());
    assert_eq!(String::from_utf8(later).unwrap(), of(&since(7)));
    let mut nothing = Vec::new();
    assert!(!of_later_night(&page(), &since(7), &mut nothing).unwrap() && nothing.is_empty());
}

#[test]
fn a_value_of_five_thousand_characters_does_not_fill_the_page() {
    let page = page();
    for list in ["group-lines", "group-details", "action-lines", "reject-lines"] {
        assert!(!format!("{:?}", unpacked(&page, list)).contains(&"Longname ".repeat(60)), "{list}");
    }
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
fn every_group_is_in_the_page_with_all_about_it() {
    let mut plan = sample::plan();
    let group = plan.linkage.groups[2].clone();
    plan.linkage.groups.extend(std::iter::repeat_n(group, 600));
    let page = print(|writer| html(&plan, None, writer));
    let (lines, details) = (unpacked(&page, "group-lines"), unpacked(&page, "group-details"));
    assert_eq!((lines.len(), details.len()), (603, 603));
    assert!(page.contains("603 of several rows, 601 to review"));
    let last = lines.last().unwrap();
    assert_eq!((&last[0], &last[1], &last[5], &last[6]), (&1.into(), &false.into(), &"mu".into(), &"Ada Marsh".into()));
    let last = details.last().unwrap();
    assert_eq!(last["members"][0][4], true, "the survivor comes first");
    assert_eq!(last["pairs"][0][3][0][1], "same address");
    assert_eq!(last["fields"][0], serde_json::json!(["name", [["Ada Marsh", 1], ["ada marsh", 1]]]));
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
    let first = &unpacked(&page, "action-lines")[0];
    assert_eq!((&first[8], &first[9]), (&"failed".into(), &"the lead was already merged (request 9c)".into()));
}

#[test]
fn an_empty_plan_is_a_whole_page() {
    let page = print(|writer| html(&sample::empty(), None, writer));
    assert!(page.contains("There is nothing to apply") && page.trim_end().ends_with("</html>"));
}

#[test]
fn the_page_shows_how_fast_it_went_against_the_limit() {
    let at = |second: i64| crate::contact::Timestamp(1_763_812_800 + second);
    let sent_at: Vec<_> = [0, 1, 9, 12, 35].map(at).to_vec();
    let applied = Applied { requests: 5, repeated: 1, sent_at: &sent_at, rate_limited: Some(2), ..Applied::default() };
    let page = print(|writer| html(&sample::plan(), Some(&applied), writer));
    assert!(page.contains("5 requests in about 40 s, at most 3 in ten seconds; the limit is 1,666"));
    assert!(
        page.contains("<dt>sent again</dt><dd>1</dd>") && page.contains("<dt>answers 429 (too fast)</dt><dd>2</dd>")
    );
}

#[test]
fn the_page_shows_what_the_members_disagree_on_and_how_well_the_columns_are_filled() {
    let mut plan = sample::plan();
    let fields = &mut plan.linkage.groups[0].golden.fields;
    let other = |value: &str| crate::link::Alternative { from: RecordIndex(1), value: value.to_owned() };
    fields.change(|fields| fields[0].alternatives = vec![other("ada  MARSH"), other("Ada Moor")]);
    let page = print(|writer| html(&plan, None, writer));
    let chart = between(&page, "aria-label=\"Fields the members disagree on\"", "</svg>");
    assert!(
        chart.contains("name: 1 the survivor&#39;s own value stays, 0 another member&#39;s value is taken"),
        "{chart}"
    );
    let chart = between(&page, "aria-label=\"Data quality by column\"", "</svg>");
    assert!(chart.contains("filled, not understood"), "{chart}");
}
