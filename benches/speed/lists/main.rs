//! Invented contact lists of any length, the same for the same seed: what the figures of `docs/speed.md` are made with.
//!
//! `cargo run --release --example lists -- ROWS [SEED]` writes CSV to standard output: 16 columns, about 158 bytes a row,
//! 70 % distinct people, groups of up to 30 rows, with the troubles of real exports: slips, several ways to write a
//! number or a name, fillers, shared mailboxes, common names. Nobody in it exists.

mod chance;
mod people;
mod rows;

use std::io::{self, BufWriter, Write};

use chance::Chance;
use people::World;

fn main() -> io::Result<()> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.replace('_', "").parse().ok()).collect();
    let Some(count) = numbers.first().and_then(|count| u32::try_from(*count).ok()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "say how many rows: lists ROWS [SEED]"));
    };
    let seed = numbers.get(1).copied().unwrap_or(1);
    let world = World::new(seed, count);
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    out.write_all(rows::HEADER.as_bytes())?;
    let mut line = String::new();
    for (row, person) in order(count, seed).into_iter().enumerate() {
        line.clear();
        let mut chance = Chance::new(seed ^ 0xa5a5_0000, row as u64);
        rows::write(&mut line, &world.person(person), &mut chance);
        out.write_all(line.as_bytes())?;
    }
    out.flush()
}

/// The person of each row: group sizes as real lists have them, then shuffled.
fn order(count: u32, seed: u64) -> Vec<u32> {
    let mut people = Vec::with_capacity(count as usize);
    let mut chance = Chance::new(seed, 7);
    let mut person = 0;
    while people.len() < count as usize {
        let size = match chance.below(10_000) {
            0..7_880 => 1,
            7_880..9_330 => 2,
            9_330..9_645 => 3,
            9_645..9_765 => 4,
            9_765..9_835 => 5,
            // Few people account for long groups, the longest of 30.
            _ => 6 + chance.below(25).min(chance.below(25)),
        };
        for _ in 0..size {
            people.push(person);
        }
        person += 1;
    }
    people.truncate(count as usize);
    for last in (1..people.len()).rev() {
        let other = usize::try_from(chance.below(last as u64 + 1)).unwrap_or_default();
        people.swap(last, other);
    }
    people
}
