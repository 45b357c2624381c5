//! The binary as a user runs it, and the house as its rules want it.
//!
//! One test binary, one module a theme. Text that people read is compared with snapshots written into the test
//! (`insta`): after an intended change run `cargo insta review`, or set `INSTA_UPDATE=always` and read the diff.
//! `support` holds the small language the tests are told in: a `Desk` is a folder with files and a `leadfold` to run
//! there, a `Workspace` is a sandbox that really listens.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says on stderr why it was skipped; clippy exempts test functions but not their helpers"
)]

mod api;
#[cfg(unix)]
mod asking;
mod bad_input;
mod book;
mod chaos;
mod clean;
mod datasets;
mod decisions;
mod deletions;
mod errors;
mod evaluate;
mod exit_codes;
mod forecast;
mod guides;
mod house;
mod intercom_client;
mod keep;
mod large_groups;
mod legacy;
mod migration;
mod mirror;
mod models;
mod operations;
mod pacing;
mod pages;
mod people;
mod plans;
mod preview;
mod sandbox;
mod settings;
mod support;
mod terminal;
mod undo;
mod workspace;
