//! The floor under every tool that reads CSV: the `csv` crate's loop over byte records, nothing else.
//!
//! `cargo run --release --example floor -- FILE` writes the number of rows and cells.

use std::io;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "name a file"))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let (mut rows, mut cells) = (0u64, 0usize);
    while reader.read_byte_record(&mut record)? {
        rows += 1;
        cells += record.len();
    }
    io::Write::write_fmt(&mut io::stdout(), format_args!("{rows} rows, {cells} cells\n"))?;
    Ok(())
}
