//! What phone numbers are taken for, and what is compared.

use proptest::prelude::*;

use super::*;

fn phone(text: &str, country: &str) -> Phone {
    Phone::parse(text, Region::parse(country)).unwrap_or_else(|| panic!("{text} is a number"))
}

fn e164(text: &str, country: &str) -> Option<String> {
    phone(text, country).e164().map(str::to_owned)
}

#[test]
fn one_british_number_written_in_eight_ways_is_one_number() {
    for text in [
        "+44 (0)113 959 5348",
        "+44 113 959 5348",
        "+441139595348",
        "0044 113 959 5348",
        "0113 959 5348",
        "(0113) 9595348",
        "441139595348",
        "+44 0113 959 5348",
        "tel:+44-113-959-5348",
        "Tel.: 0113/959 5348",
    ] {
        let phone = phone(text, "GB");
        assert_eq!(phone.e164(), Some("+441139595348"), "{text}");
        assert_eq!(phone.digits(), "1139595348", "{text}");
    }
}

#[test]
fn north_american_numbers_agree_with_and_without_country() {
    for text in ["+1 415 555 2671", "(415) 555-2671", "415.555.2671", "1-415-555-2671", "0014155552671", "14155552671"]
    {
        assert_eq!(Phone::parse(text, None).unwrap().digits(), "4155552671", "{text}");
        assert_eq!(e164(text, "US").as_deref(), Some("+14155552671"), "{text}");
    }
    assert_eq!(Phone::parse("(415) 555-2671", None).unwrap().e164(), None);
    assert_eq!(Phone::parse("1-415-555-2671", None).unwrap().e164(), Some("+14155552671"));
    assert_eq!(Phone::parse("14155552671", None).unwrap().e164(), None);
}

#[test]
fn a_number_that_lost_its_plus_is_international_when_its_country_says_so() {
    assert_eq!(e164("46729714000", "Sweden").as_deref(), Some("+46729714000"));
    assert_eq!(e164("393277035533", "Italia").as_deref(), Some("+393277035533"));
    assert_eq!(e164("447850261497", "GB").as_deref(), Some("+447850261497"));
    assert_eq!(e164("494070284672", "DE").as_deref(), Some("+494070284672"));
    assert_eq!(Phone::parse("46729714000", None).unwrap().digits(), "729714000");
    assert_eq!(Phone::parse("46729714000", None).unwrap().e164(), None);
}

#[test]
fn national_rules_of_several_countries_hold() {
    for (text, country, expected) in [
        ("030 12345678", "DE", "+493012345678"),
        ("(0172) 74124775", "Deutschland", "+4917274124775"),
        ("061 839 3068", "IT", "+39061839306 8"),
        ("+39 (0)6 1839 3068", "", "+390618393068"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("06 20 123 4567", "HU", "+36201234567"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("+52 1 55 1234 5678", "", "+525512345678"),
        ("+7 (916) 123-45-67", "", "+79161234567"),
        ("66-814-2587", "Poland", "+48668142587"),
        ("0011 44 20 7946 0123", "AU", "+442079460123"),
        ("011 44 20 7946 0123", "US", "+442079460123"),
        ("011 44 20 7946 0123", "", "+442079460123"),
        ("010 1 415 555 2671", "JP", "+14155552671"),
        ("08086971640", "Japan", "+818086971640"),
        ("+971 (0)47 120 7806", "AE", "+971471207806"),
        ("+353 899625980", "United Kingdom", "+353899625980"),
        ("00353836850874", "IE", "+353836850874"),
        ("0110 868 0684", "EG", "+201108680684"),
        ("+４９ ３０ １２３４５６７８", "", "+493012345678"),
        ("٠١٠١٢٣٤٥٦٧٨", "EG", "+201012345678"),
    ] {
        let expected = expected.replace(' ', "");
        assert_eq!(e164(text, country), Some(expected), "{text} in {country}");
    }
}

#[test]
fn a_number_the_country_cannot_have_is_compared_without_it() {
    for (text, country, e164, digits) in [
        ("017200448048", "US", None, "17200448048"),
        ("049 030 4880", "US", None, "490304880"),
        ("79873526016", "UK", None, "9873526016"),
        ("1-246-305-2077", "South Korea", Some("+12463052077"), "2463052077"),
    ] {
        let phone = phone(text, country);
        assert_eq!((phone.e164(), phone.digits()), (e164, digits), "{text} in {country}");
    }
}

#[test]
fn extensions_are_kept_apart() {
    for (text, extension) in [
        ("+34 95-152-9569 x394", "394"),
        ("0047 22 592688 ext. 878", "878"),
        ("+12066216253 ext 235", "235"),
        ("+1-206-621-6253;ext=12", "12"),
        ("+1 206 621 6253 #7", "7"),
    ] {
        let phone = phone(text, "");
        assert_eq!(phone.extension(), Some(extension), "{text}");
        assert!(!phone.digits().ends_with(extension), "{text}");
    }
    assert_eq!(phone("+49 30 12345678 (mobile)", "").extension(), None);
}

#[test]
fn fillers_are_marked_and_real_numbers_are_not() {
    for text in
        ["1234567890", "+1 555 555 5555", "9999999999", "0000000000", "123456", "00000", "98765432", "415-555-0123"]
    {
        assert!(phone(text, "").is_placeholder(), "{text}");
    }
    for text in ["+44 113 959 5348", "4155552671", "22 88 33 949"] {
        assert!(!phone(text, "").is_placeholder(), "{text}");
    }
}

#[test]
fn text_without_a_number_is_no_phone() {
    for text in [
        "",
        "TBC",
        "-",
        "none",
        "n/a",
        "1234",
        "9.99999E+99",
        "4.47851E+11",
        "1-800-FLOWERS",
        "1-800-555-FLOWERS-2",
        "12345678901234567890123",
    ] {
        assert_eq!(Phone::parse(text, None), None, "{text}");
    }
    assert_eq!(Phone::parse("46729714000.0", None).unwrap().digits(), "729714000");
}

#[test]
fn an_unusual_length_in_a_known_country_is_not_sent_as_e164() {
    let short = phone("321-3212", "US");
    assert_eq!((short.e164(), short.digits(), short.to_send()), (None, "3213212", "321-3212"));
}

proptest! {
    #[test]
    fn parsing_never_panics_and_e164_has_its_shape(text in "\\PC{0,40}", country in "[A-Z]{2}") {
        if let Some(phone) = Phone::parse(&text, Region::parse(&country)) {
            prop_assert!(phone.digits().len() >= 4 && phone.digits().bytes().all(|b| b.is_ascii_digit()));
            if let Some(e164) = phone.e164() {
                prop_assert!(e164.starts_with('+') && (8..=16).contains(&e164.len()));
                prop_assert!(e164.ends_with(phone.digits()));
            }
        }
    }

    #[test]
    fn e164_reads_back_as_itself(text in "(\\+|00|0|)[1-9][0-9 ()-]{6,16}", country in "(US|GB|DE|IT|FR|SE|MX|RU|HU|JP|BR)") {
        let region = Region::parse(&country);
        if let Some(e164) = Phone::parse(&text, region).and_then(|phone| phone.e164().map(str::to_owned)) {
            let again = Phone::parse(&e164, None).unwrap();
            prop_assert_eq!(again.e164(), Some(e164.as_str()));
            let at_home = Phone::parse(&e164, region).unwrap();
            prop_assert_eq!(at_home.e164(), Some(e164.as_str()));
        }
    }
}
