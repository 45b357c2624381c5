//! The command line tool; see the library crate for everything it does.

fn main() {}
