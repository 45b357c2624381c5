//! Invented contact lists of any length, the same for the same seed: what the figures of `docs/speed.md` are made with.
//!
//! `cargo run --release --example lists -- ROWS [SEED]` writes CSV to standard output: 16 columns, about 158 bytes a row,
//! 70 % distinct people, groups of up to 30 rows, with the troubles of real exports: slips, several ways to write a
//! number or a name, fillers, shared mailboxes, common names. Nobody in it exists.

mod chance;
mod list;
mod people;
mod rows;
mod vocabulary;

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.replace('_', "").parse().ok()).collect();
    let Some(count) = numbers.first().and_then(|count| u32::try_from(*count).ok()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "say how many rows: lists ROWS [SEED]"));
    };
    let seed = numbers.get(1).copied().unwrap_or(1);
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    list::write(count, seed, &mut out)?;
    out.flush()
}
