//! The command line tool; see the library crate for everything it does.

use std::process::ExitCode;

/// A plan is made of millions of small pieces, allocated on all threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    leadfold::cli::run(std::env::args_os())
}
