//! `leadfold sandbox` as a command.

use crate::support::Desk;

#[test]
fn a_sandbox_that_cannot_start_says_what_to_change() {
    let desk = Desk::new();
    let version = desk.run(&["sandbox", "--api-version", "9.9"]).ends_with(1);
    assert_eq!(version.err.trim(), "error: there is no API version 9.9: use one like 1.4, 2.14 or 2.16");
    desk.file("customers.csv", "email\nann@acme.example\n");
    let record = desk.run(&["sandbox", "--record", "customers.csv"]).ends_with(1);
    assert!(record.err.contains("name a file that is not there yet"), "{}", record.err);
    assert_eq!(desk.read("customers.csv"), "email\nann@acme.example\n", "a file that is there stays as it is");
}
