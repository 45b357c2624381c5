//! Bad input is a feature: a clear message, the right exit code, nothing half-written.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::Desk;

const HEADER: &str = "Email,Name,Phone\n";

/// Plans the file, demands the code and the words, and that nothing but the input is left on the desk.
#[track_caller]
fn refused(desk: &Desk, input: &str, code: i32, words: &[&str]) {
    let before = desk.listing();
    desk.run(&["plan", input, "-o", "out.plan"]).ends_with(code).says(words);
    assert_eq!(desk.listing(), before, "something was left behind");
}

#[test]
fn a_missing_file_is_named() {
    refused(&Desk::new(), "nowhere.csv", 1, &["nowhere.csv", "cannot be opened"]);
}

#[test]
fn a_folder_is_no_file() {
    let desk = Desk::new();
    std::fs::create_dir(desk.at("exports")).unwrap();
    refused(&desk, "exports", 1, &["exports", "this is a folder"]);
}

#[test]
fn an_empty_file_is_named() {
    let desk = Desk::new();
    refused(desk.file("list.csv", ""), "list.csv", 2, &["list.csv", "empty"]);
}

#[test]
fn a_header_without_rows_is_named() {
    let desk = Desk::new();
    refused(desk.file("list.csv", HEADER), "list.csv", 2, &["list.csv", "no row below"]);
}

#[test]
fn a_file_without_a_usable_column_says_how_to_map_one() {
    let desk = Desk::new();
    refused(desk.file("list.csv", "colour,size\nred,4\n"), "list.csv", 2, &["list.csv", "--map"]);
}

#[test]
fn a_duplicate_header_names_both_columns() {
    let desk = Desk::new();
    refused(
        desk.file("list.csv", "Email,Name,Name\na@b.example,Ann,Lee\n"),
        "list.csv",
        2,
        &["list.csv", "Name", "2", "3"],
    );
}

#[test]
fn an_unreadable_file_is_named() {
    let desk = Desk::new();
    desk.file("list.csv", "Email\na@brightwater.example\n");
    std::fs::set_permissions(desk.at("list.csv"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(desk.at("list.csv")).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    refused(&desk, "list.csv", 1, &["list.csv", "cannot be opened"]);
}

#[test]
fn ragged_rows_are_rejected_and_the_others_are_planned() {
    let desk = Desk::new();
    desk.file(
        "list.csv",
        "Email,Name\nann@brightwater.example,Ann Lee\nbo@brightwater.example\ncy@brightwater.example,Cy,extra,cells\n",
    );
    desk.run(&["plan", "list.csv", "-o", "out.plan"]).ends_with(3);
    let rows = desk.run(&["show", "out.plan", "--groups", "--format", "csv"]).ends_with(0).out;
    assert_eq!(rows.lines().count(), 2, "{rows}");
    desk.run(&["export", "out.plan", "--dir", "out"]).ends_with(0);
    let errors = desk.read("out/errors.csv");
    assert!(errors.contains("bo@brightwater.example") && errors.contains("cy@brightwater.example"), "{errors}");
}

#[test]
fn a_fifty_megabyte_cell_rejects_its_row_only() {
    let desk = Desk::new();
    let mut file = std::fs::File::create(desk.at("list.csv")).unwrap();
    file.write_all(b"Email,Note\nann@brightwater.example,short\nbo@brightwater.example,").unwrap();
    file.write_all(&vec![b'x'; 50 * 1024 * 1024]).unwrap();
    file.write_all(b"\ncy@brightwater.example,short\n").unwrap();
    drop(file);
    desk.run(&["plan", "list.csv", "-o", "out.plan"]).ends_with(3);
    let rows = desk.run(&["show", "out.plan", "--groups", "--format", "csv"]).ends_with(0).out;
    assert_eq!(rows.lines().count(), 3, "{rows}");
}

#[test]
fn nul_bytes_reject_their_row_only() {
    let desk = Desk::new();
    desk.file("list.csv", b"Email,Name\nann@brightwater.example,An\0n\nbo@brightwater.example,Bo Dahl\n");
    desk.run(&["plan", "list.csv", "-o", "out.plan"]).ends_with(3);
    let rows = desk.run(&["show", "out.plan", "--groups", "--format", "csv"]).ends_with(0).out;
    assert_eq!(rows.lines().count(), 2, "{rows}");
}

#[test]
fn invalid_utf8_in_the_middle_rejects_its_row_only() {
    let desk = Desk::new();
    let mut text = b"Email,Name\n".to_vec();
    for row in 0..2_000 {
        text.extend_from_slice(format!("person{row}@brightwater.example,Zo\u{eb} Number {row}\n").as_bytes());
    }
    text.extend_from_slice(b"broken@brightwater.example,Zo\xff\xfe\n");
    for row in 2_000..4_000 {
        text.extend_from_slice(format!("person{row}@brightwater.example,Zo\u{eb} Number {row}\n").as_bytes());
    }
    desk.file("list.csv", &text);
    desk.run(&["plan", "list.csv", "-o", "out.plan", "--no-report"]).ends_with(3);
    let rows = desk.run(&["show", "out.plan", "--groups", "--format", "csv"]).ends_with(0).out;
    assert_eq!(rows.lines().count(), 4_001);
}

#[test]
fn an_unwritable_folder_is_named() {
    let desk = Desk::new();
    desk.file("list.csv", "Email\nann@brightwater.example\n");
    desk.run(&["plan", "list.csv", "-o", "missing/out.plan"]).ends_with(1).says(&["missing"]);
    // /proc refuses new files even to root.
    desk.run(&["plan", "list.csv", "-o", "/proc/out.plan"]).ends_with(1).says(&["/proc/out.plan"]);
}

#[test]
fn plain_http_goes_to_this_machine_only() {
    let desk = Desk::new();
    desk.run_on("http://api.intercom.example", &["whoami"]).ends_with(2).says(&["https"]);
}

#[test]
fn a_file_that_is_no_plan_is_refused() {
    let desk = Desk::new();
    desk.file("fake.plan", "this is not a database");
    desk.run(&["show", "fake.plan", "--rows"]).ends_with(2).says(&["fake.plan", "not a leadfold plan"]);
    desk.run(&["show", "none.plan", "--rows"]).ends_with(2).says(&["none.plan"]);
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half_written() {
    let desk = Desk::new();
    let mut list = String::from("Email,Name\n");
    for number in 0..3_000 {
        writeln!(list, "person{number}@brightwater.example,Person Number {number}").unwrap();
    }
    desk.file("list.csv", list);
    let small = desk.at("small");
    std::fs::create_dir(&small).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
        .arg(&small)
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        eprintln!("skipped: this user may not mount a small file system");
        return;
    }
    let ran = desk.run(&["plan", "list.csv", "-o", "small/out.plan"]);
    let left: Vec<_> = std::fs::read_dir(&small).unwrap().collect();
    let unmounted = std::process::Command::new("umount").arg(&small).status().unwrap();
    assert!(unmounted.success());
    ran.ends_with(1).says(&["small/out.plan"]);
    assert!(left.is_empty(), "{left:?}");
}
