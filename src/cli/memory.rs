//! What a run will need of the machine's memory, before it starts: a run that cannot fit says so with the number.
//!
//! The need follows from the size of the lists; how much a byte of a list takes is measured (`docs/speed.md`) and rounded
//! up. Contacts read through the API are not counted: nobody knows how many they are before.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::exit;

/// Memory of a run without any list.
const BASE_BYTES: u64 = 32 << 20;
/// Memory for each byte of a short list.
const PER_BYTE: u64 = 26;
/// Memory of a run of a long list beyond what follows from its bytes: tables that are as large from some ten thousand rows on.
const LONG_BYTES: u64 = 160 << 20;
/// Memory for each byte of a long list: 3 were measured with a million rows of the lists of `docs/speed.md`, 6 with lists of
/// three columns.
const PER_BYTE_LONG: u64 = 7;
/// What rows and pairs that go through a temporary file spare of that, for each byte.
const ASIDE_PER_BYTE: u64 = 1;
/// Memory for each byte of a list that is only looked through.
const PER_BYTE_READ: u64 = 2;
/// Memory for each byte of a list that others are near to: its own, and that of the contacts near it.
const PER_BYTE_NEAR: u64 = 4 * PER_BYTE;
/// How much smaller gzip makes lists, at most.
const PACKED: u64 = 6;

/// A number of bytes: `800M`, `2G`, `1.5GiB`, `1000000`. Units are powers of 1024.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size(pub(super) u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let problem = || format!("'{text}' is no size; write for instance 800M or 2G");
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let number: f64 = number.parse().map_err(|_| problem())?;
        let shift = match unit.trim().to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
            "" => 0,
            "k" => 10,
            "m" => 20,
            "g" => 30,
            "t" => 40,
            _ => return Err(problem()),
        };
        let bytes = number * f64::from(1_u32 << (shift / 2)) * f64::from(1_u32 << (shift - shift / 2));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "digits and a point have no sign")]
        Ok(Self(bytes as u64))
    }
}

/// Where a run keeps what it does not need at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// In memory.
    InMemory,
    /// In a temporary file: in memory the run would need so many bytes.
    Aside { need: u64 },
}

/// Decides where a run keeps its rows, so that it needs no more memory than `limit` allows, or than the machine has left.
/// Refuses lists that do not fit even with a temporary file.
///
/// Of existing contacts that are only looked through (`--only-near`) the bytes are held, and what comes near a row.
pub(super) fn choose(
    existing: &[PathBuf],
    incoming: &[PathBuf],
    only_near: bool,
    limit: Option<Size>,
) -> anyhow::Result<Keep> {
    let size = |lists: &[PathBuf]| lists.iter().map(|list| size_of(list)).sum::<u64>();
    let (existing, incoming) = (size(existing), size(incoming));
    let (need, least) = if only_near {
        let need = BASE_BYTES + existing * PER_BYTE_READ + incoming * PER_BYTE_NEAR;
        (need, need)
    } else {
        (need_of(existing + incoming), need_aside(existing + incoming))
    };
    tracing::info!("about {} of memory needed, {} with a temporary file", shown(need), shown(least));
    let Some(left) = limit.map(|Size(limit)| limit).or_else(available) else { return Ok(Keep::InMemory) };
    if need <= left {
        return Ok(Keep::InMemory);
    }
    if least <= left {
        return Ok(Keep::Aside { need });
    }
    let refusal = if limit.is_some() {
        format!("--memory-limit allows {}; allow more", shown(left))
    } else {
        format!("{} are left; free some, or try all the same with --memory-limit {}M", shown(left), (least >> 20) + 1)
    };
    let aside = if least < need { ", temporary files used" } else { "" };
    Err(exit::usage(format!(
        "the lists need about {} of memory{aside}, and {refusal}, or split the lists",
        shown(least)
    )))
}

/// What planning lists of so many bytes takes.
fn need_of(bytes: u64) -> u64 {
    (BASE_BYTES + bytes * PER_BYTE).min(LONG_BYTES + bytes * PER_BYTE_LONG)
}

/// The same, when rows and pairs go through a temporary file.
fn need_aside(bytes: u64) -> u64 {
    need_of(bytes).saturating_sub(bytes * ASIDE_PER_BYTE)
}

/// Bytes of a list once it is unpacked; nothing for what cannot be looked at before it is read.
fn size_of(path: &Path) -> u64 {
    let mut head = [0; 2];
    let Ok(mut file) = File::open(path) else { return 0 };
    let Ok(metadata) = file.metadata() else { return 0 };
    if !metadata.is_file() {
        return 0;
    }
    let packed = file.read_exact(&mut head).is_ok() && head == [0x1f, 0x8b];
    if packed { metadata.len() * PACKED } else { metadata.len() }
}

/// Bytes the system would give: what is free, or what the control group leaves (Linux only).
fn available() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let free = read("/proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? << 10)
    });
    let number = |path: &str| read(path)?.trim().parse::<u64>().ok();
    let left = number("/sys/fs/cgroup/memory.max")
        .zip(number("/sys/fs/cgroup/memory.current"))
        .map(|(most, used)| most.saturating_sub(used));
    match (free, left) {
        (Some(free), Some(left)) => Some(free.min(left)),
        (free, left) => free.or(left),
    }
}

/// A number of bytes as a person writes it.
pub(super) fn shown(bytes: u64) -> String {
    let mib = bytes >> 20;
    if mib < 10_240 { format!("{mib} MiB") } else { format!("{} GiB", mib >> 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_units() {
        let sizes = ["1000000", "800M", "2G", "1.5GiB", "64 kB", "1T"];
        let bytes: Vec<u64> = sizes.iter().map(|text| text.parse::<Size>().unwrap().0).collect();
        assert_eq!(bytes, [1_000_000, 800 << 20, 2 << 30, 1536 << 20, 64 << 10, 1 << 40]);
        for text in ["", "G", "12x", "-1G", "1.2.3M"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_list_that_does_not_fit_is_refused_with_the_number() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list.csv");
        std::fs::write(&list, "a\n".repeat(1 << 20)).unwrap();
        let told = choose(std::slice::from_ref(&list), &[], false, Some(Size(50 << 20))).unwrap_err().to_string();
        assert_eq!(
            told,
            "the lists need about 82 MiB of memory, temporary files used, and --memory-limit allows 50 MiB; allow more, or split the lists"
        );
        assert_eq!(choose(std::slice::from_ref(&list), &[], false, Some(Size(90 << 20))).unwrap(), Keep::InMemory);
        let room = choose(std::slice::from_ref(&list), &[], false, Some(Size(83 << 20))).unwrap();
        assert_eq!(room, Keep::Aside { need: 84 << 20 });
        let unknown = ["-".into(), "/nowhere/list.csv".into()];
        assert_eq!(choose(&[], &unknown, false, None).unwrap(), Keep::InMemory);
    }

    #[test]
    fn a_long_list_needs_less_for_each_byte_and_never_less_than_a_shorter_one() {
        let needs = [0, 1_000_000, 8_000_000, 16_500_000, 165_000_000, 1_650_000_000].map(need_of);
        assert_eq!(needs.map(|need| need >> 20), [32, 56, 213, 270, 1_261, 11_174]);
    }

    #[test]
    fn a_packed_list_counts_as_what_it_unpacks_to() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list.csv.gz");
        std::fs::write(&list, [0x1f, 0x8b, 8, 0]).unwrap();
        assert_eq!(size_of(&list), 24);
    }
}
