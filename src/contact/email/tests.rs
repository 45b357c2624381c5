//! What e-mail addresses are taken for, and what is compared.

use proptest::prelude::*;

use super::*;

fn email(text: &str) -> Email {
    Email::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

#[test]
fn what_is_written_around_an_address_is_taken_away() {
    for text in [
        "ann.lee@hillside.example",
        "  Ann.Lee@Hillside.Example ",
        "mailto:ann.lee@hillside.example?subject=Hi",
        "MAILTO:ann.lee@hillside.example",
        "<ann.lee@hillside.example>",
        "Ann Lee <ann.lee@hillside.example>",
        "\"Lee, Ann\" <ann.lee@hillside.example>",
        "'ann.lee@hillside.example'",
        "ann.lee@hillside.example;",
        "ann.lee@hillside.example.",
        "ann.lee@hillside.example\u{a0}",
        "ann.lee\u{200b}@hillside.example",
        "\u{feff}ann.lee@hillside.example",
        "ann.lee＠hillside．example",
        "\"ann.lee\"@hillside.example",
        "an n.lee@hillside.example",
        "ann.lee@hillside,example",
    ] {
        assert_eq!(email(text).address(), "ann.lee@hillside.example", "{text}");
    }
}

#[test]
fn what_is_no_address_is_refused_with_its_reason() {
    for (text, problem) in [
        ("", EmailProblem::Empty),
        (" ; ", EmailProblem::Empty),
        ("n/a", EmailProblem::At),
        ("a@b@hillside.example", EmailProblem::At),
        ("@hillside.example", EmailProblem::Local),
        ("ann..lee@hillside.example", EmailProblem::Local),
        (".ann@hillside.example", EmailProblem::Local),
        ("Ann Lee ann@hillside.example", EmailProblem::Local),
        ("Al al@hillside.example", EmailProblem::Local),
        ("ann@", EmailProblem::Domain),
        ("ann@hillside", EmailProblem::Domain),
        ("ann@-hill.example", EmailProblem::Domain),
        ("ann@hill_side.example", EmailProblem::Domain),
        ("ann@127.0.0.1", EmailProblem::Domain),
        ("ann@hillside..example", EmailProblem::Domain),
    ] {
        assert_eq!(Email::parse(text), Err(problem), "{text}");
    }
    let local = "a".repeat(65);
    assert_eq!(Email::parse(&format!("{local}@hillside.example")), Err(EmailProblem::Local));
    let domain = "abcdefghij.".repeat(24);
    assert_eq!(Email::parse(&format!("ann@{domain}example")), Err(EmailProblem::TooLong));
}

#[test]
fn addresses_of_one_mailbox_share_one_canonical_form() {
    for (texts, canonical) in [
        (
            &["ann.lee@gmail.com", "AnnLee+news@googlemail.com", "a.n.n.lee@gmial.com", "annlee@gmail.con"][..],
            "annlee@gmail.com",
        ),
        (&["ann.lee@proton.me", "ann_lee+x@pm.me", "annlee@protonmail.com"], "annlee@proton.me"),
        (&["ann@icloud.com", "ann+shop@me.com", "ann@mac.com"], "ann@icloud.com"),
        (&["ann@yahoo.com", "ann-shop@yahoo.com", "ann+shop@yaho.com"], "ann@yahoo.com"),
        (&["ann.lee@ya.ru", "ann-lee@yandex.com"], "ann.lee@yandex.ru"),
        (&["ann.lee@outlook.com", "ann.lee+x@outlook.com"], "ann.lee@outlook.com"),
    ] {
        for text in texts {
            assert_eq!(email(text).canonical(), canonical, "{text}");
        }
    }
}

#[test]
fn dots_and_tags_stay_where_nobody_promises_to_ignore_them() {
    assert_eq!(email("ann.lee+news@hillside.example").canonical(), "ann.lee+news@hillside.example");
    assert_eq!(email("ann.lee+news@hillside.example").local_without_tag(), "ann.lee");
    assert_ne!(email("ann.lee@outlook.com").canonical(), email("annlee@outlook.com").canonical());
    assert_ne!(email("ann@hotmail.com").canonical(), email("ann@hotmail.fr").canonical());
    assert_ne!(email("ann@hotmail.com").canonical(), email("ann@outlook.com").canonical());
}

#[test]
fn a_misspelt_domain_is_corrected_for_comparing_but_not_for_sending() {
    let typo = email("Ann.Lee@gmial.com");
    assert_eq!(typo.address(), "ann.lee@gmial.com");
    assert_eq!(typo.canonical(), "annlee@gmail.com");
    assert!(typo.has_typo_domain() && typo.is_free_mail());
    assert!(!email("ann.lee@gmail.com").has_typo_domain());
    for text in ["ann.lee@gmail", "ann.lee@gmailcom", "ann.lee@gmail,com"] {
        let repaired = email(text);
        assert_eq!((repaired.address(), repaired.has_typo_domain()), ("ann.lee@gmail.com", true), "{text}");
    }
    assert_eq!(Email::parse("ann.lee@yahoo"), Err(EmailProblem::Domain));
}

#[test]
fn domains_beyond_ascii_are_sent_in_their_ascii_form() {
    assert_eq!(email("ann@bücher.example").address(), "ann@xn--bcher-kva.example");
    assert_eq!(email("ann@BÜCHER.example").canonical(), email("ann@xn--bcher-kva.example").canonical());
}

#[test]
fn the_company_domain_is_the_registrable_one_and_none_for_free_mail() {
    assert_eq!(email("ann@eu.mail.hillside.co.uk").company_domain(), Some("hillside.co.uk"));
    assert_eq!(email("ann@hillside.example").company_domain(), Some("hillside.example"));
    assert_eq!(email("ann@gmail.com").company_domain(), None);
    assert_eq!(email("ann@laposte.net").company_domain(), None);
}

#[test]
fn debug_output_is_masked() {
    insta::assert_snapshot!(format!("{:?}", email("ann.lee@hillside.example")), @"a…@hillside.example");
}

#[test]
fn an_email_survives_serialisation() {
    let before = email("Ann <ann.lee+x@gmail.com>");
    let text = serde_json::to_string(&before).unwrap();
    assert_eq!(serde_json::from_str::<Email>(&text).unwrap(), before);
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}", tail in "(@[a-z.]{1,12})?") {
        let _ = Email::parse(&format!("{text}{tail}"));
    }

    #[test]
    fn parsing_the_address_or_the_canonical_form_changes_nothing(
        local in "[a-zA-Z0-9._+-]{1,20}",
        domain in "(gmail|gmial|yahoo|hotmail|proton|icloud|yandex|hillside|outlok)",
        suffix in "(com|me|co.uk|con|ru|example)",
    ) {
        if let Ok(first) = Email::parse(&format!("{local}@{domain}.{suffix}")) {
            let by_address = Email::parse(first.address()).unwrap();
            prop_assert_eq!(by_address.address(), first.address());
            prop_assert_eq!(by_address.canonical(), first.canonical());
            if let Ok(by_canonical) = Email::parse(first.canonical()) {
                prop_assert_eq!(by_canonical.canonical(), first.canonical());
                prop_assert_eq!(by_canonical.company_domain(), first.company_domain());
            }
            prop_assert_eq!(format!("{}@{}", first.local(), first.domain()), first.canonical());
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_short_way_gives_what_the_long_one_gives(
        local in "[a-z0-9._+-]{1,12}|[A-Za-z .'\"<>!-]{0,9}|info|test|[a-z]{60,66}",
        at in "@|@@| @ ",
        domain in "(gmail|googlemail|gmial|me|proton|yahoo|hill|a-b|x-|1|hill\\.side|[a-z0-9-]{1,5})\\.(com|co\\.uk|example|c|12|me|fr\\.)",
    ) {
        let text = format!("{local}{at}{domain}");
        if let Some(short) = Email::plain(text.trim()) {
            proptest::prop_assert_eq!(Ok(short), Email::parse_with_care(text.trim()));
        }
    }
}

#[test]
fn plain_addresses_take_the_short_way() {
    for text in ["ann.lee@hillside.example", "info@hill.co.uk", "ann@gmail.com", "a+b@hill.example"] {
        assert!(Email::plain(text).is_some(), "{text}");
    }
    for text in [
        "Ann@hill.example",
        "ann.lee@gmail.com",
        "ann@gmial.com",
        "ann@hill",
        "a..b@hill.example",
        "ann@googlemail.com",
    ] {
        assert!(Email::plain(text).is_none(), "{text}");
    }
}
