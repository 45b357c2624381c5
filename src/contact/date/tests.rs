use proptest::prelude::*;

use super::*;

fn seconds(text: &str) -> Option<i64> {
    Timestamp::parse(text).map(|timestamp| timestamp.0)
}

/// 2024-03-02 07:11:14 UTC.
const MORNING: i64 = 1_709_363_474;
/// 2024-03-02 00:00:00 UTC.
const MIDNIGHT: i64 = 1_709_337_600;

#[test]
fn one_moment_is_read_from_all_its_spellings() {
    for text in [
        "2024-03-02T07:11:14Z",
        "2024-03-02T07:11:14.250Z",
        "2024-03-02 07:11:14",
        "2024-03-02 07:11:14 UTC",
        "2024-03-02 07:11:14+00:00",
        "2024-03-02T09:11:14+02:00",
        "2024-03-02T00:11:14-0700",
        "2024/03/02 07:11:14",
        "20240302T071114Z",
        "03/02/2024 07:11:14",
        "3/2/2024 7:11:14 AM",
        "3/2/24, 7:11:14 a.m.",
        "Mar 2, 2024 07:11:14",
        "Sat, 2 Mar 2024 07:11:14 +0000",
        "Sat Mar  2 07:11:14 2024",
        "Sat Mar 02 07:11:14 +0000 2024",
        "2 March 2024 at 07:11:14",
        "2024-03-02 02:11:14 EST",
        "1709363474",
        "1709363474000",
        "1709363474.0",
    ] {
        assert_eq!(seconds(text), Some(MORNING), "{text}");
    }
}

#[test]
fn a_date_alone_is_midnight() {
    for text in [
        "2024-03-02",
        "20240302",
        "2.3.2024",
        "02.03.24",
        "Mar 2, 2024",
        "March 2nd, 2024",
        "2 March 2024",
        "2-Mar-24",
        "02Mar2024",
        "2. März 2024",
        "2 mars 2024",
        "2 de marzo de 2024",
        "2024年3月2日",
        "3/2/2024",
    ] {
        assert_eq!(seconds(text), Some(MIDNIGHT), "{text}");
    }
    assert_eq!(Timestamp::parse_with("2/3/2024", DateOrder::DayFirst), Some(Timestamp(MIDNIGHT)));
    assert_eq!(seconds("3/2/2024 12:00 AM"), Some(MIDNIGHT));
    assert_eq!(seconds("3/1/2024 12:30 PM"), Some(MIDNIGHT - 11 * 3_600 - 1_800));
}

#[test]
fn what_is_no_moment_is_refused() {
    for text in [
        "",
        "n/a",
        "-",
        "yesterday",
        "2024",
        "2024-13-40",
        "2023-02-29",
        "0000-00-00",
        "2024-03-02 25:00:00",
        "31/31/2024",
        "99999999999",
        "12:30",
        "2024-03-02 07:11:14 Mars/Base",
        "Mar 2024",
        "1.2",
        "2024-03-02-04",
        "9999999999999",
    ] {
        assert_eq!(seconds(text), None, "{text}");
    }
}

#[test]
fn birthdays_are_read_and_ambiguity_is_told() {
    for (text, expected, ambiguous) in [
        ("1980-03-04", "1980-03-04", false),
        ("03/04/1980", "1980-03-04", true),
        ("25/12/1980", "1980-12-25", false),
        ("12/25/1980", "1980-12-25", false),
        ("04/04/1980", "1980-04-04", false),
        ("4.3.1980", "1980-03-04", false),
        ("1/7/80", "1980-01-07", true),
        ("8/20/91", "1991-08-20", false),
        ("6/25/08", "2008-06-25", false),
        ("19-Feb-91", "1991-02-19", false),
        ("Mar 1 1970", "1970-03-01", false),
        ("19560409", "1956-04-09", false),
        ("11201939", "1939-11-20", false),
        ("1980-03-04 00:00:00", "1980-03-04", false),
    ] {
        let birthday = Birthday::parse(text).unwrap_or_else(|| panic!("{text} is a date"));
        assert_eq!((birthday.to_string().as_str(), birthday.ambiguous), (expected, ambiguous), "{text}");
    }
    assert_eq!(
        Birthday::parse_with("03/04/1980", DateOrder::DayFirst),
        Birthday::parse("1980-04-03").map(|b| Birthday { ambiguous: true, ..b })
    );
    for text in ["", "11202139", "13131980", "1980", "1980-02-30", "0/0/1980", "1234-01-01", "300"] {
        assert_eq!(Birthday::parse(text), None, "{text}");
    }
}

#[test]
fn day_and_month_change_places_only_where_that_is_another_date() {
    let birthday = Birthday::new(1980, 3, 4).unwrap();
    assert_eq!(birthday.swapped(), Birthday::new(1980, 4, 3));
    assert_eq!(Birthday::new(1980, 3, 25).unwrap().swapped(), None);
    assert_eq!(Birthday::new(1980, 4, 4).unwrap().swapped(), None);
}

#[test]
fn a_number_above_twelve_or_dots_show_the_order() {
    for (text, expected) in [
        ("25/12/2024", Some(DateOrder::DayFirst)),
        ("12/25/2024 10:00", Some(DateOrder::MonthFirst)),
        ("2.3.2024", Some(DateOrder::DayFirst)),
        ("2/3/2024", None),
        ("2024-12-25", None),
        ("25 Dec 2024", None),
        ("soon", None),
    ] {
        assert_eq!(DateOrder::shown_by(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,30}", shaped in "[0-9]{0,4}[-/. T:]{0,2}[0-9a-zA-Z]{0,5}[-/. T:]{0,2}[0-9]{0,4}[ T:][0-9:]{0,8}[APMZ+0-9: ]{0,6}") {
        for text in [text, shaped] {
            let _ = (Timestamp::parse(&text), Birthday::parse(&text), DateOrder::shown_by(&text));
        }
    }

    #[test]
    fn a_birthday_reads_itself_back(year in 1850_u16..=2100, month in 0_u8..14, day in 0_u8..33) {
        if let Some(birthday) = Birthday::new(year, month, day) {
            prop_assert_eq!(Birthday::parse(&birthday.to_string()), Some(birthday));
            prop_assert_eq!(birthday.swapped().and_then(|other| other.swapped()), birthday.swapped().map(|_| birthday));
        }
    }

    #[test]
    fn seconds_read_themselves_back(second in 100_000_000_i64..4_102_444_799) {
        prop_assert_eq!(seconds(&second.to_string()), Some(second));
        let iso = jiff::Timestamp::from_second(second).unwrap().to_string();
        prop_assert_eq!(seconds(&iso), Some(second));
        prop_assert_eq!(seconds(iso.trim_end_matches('Z')), Some(second));
        prop_assert_eq!(seconds(&iso.trim_end_matches('Z').replace('T', " ")), Some(second));
    }
}
