//! The command line tool; see the library crate for everything it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    leadfold::cli::run(std::env::args_os())
}
