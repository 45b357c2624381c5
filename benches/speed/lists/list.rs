//! A whole list: which person each row is, and the rows one after the other.

use std::io::{self, Write};

use crate::chance::Chance;
use crate::people::World;
use crate::rows;

/// Writes a list of so many rows, header first.
pub(crate) fn write(count: u32, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let world = World::new(seed, count);
    out.write_all(rows::HEADER.as_bytes())?;
    let mut line = String::new();
    for (row, person) in order(count, seed).into_iter().enumerate() {
        line.clear();
        let mut chance = Chance::new(seed ^ 0xa5a5_0000, row as u64);
        rows::write(&mut line, &world.person(person), &mut chance);
        out.write_all(line.as_bytes())?;
    }
    Ok(())
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
