//! What a run will need of the machine's memory, before it starts: a run that cannot fit says so with the number.
//!
//! The need follows from the size of the lists, the length of their first rows and the number of threads; how much a row
//! takes is measured (`docs/speed.md`) and rounded up. Contacts read through the API are not counted: nobody knows how many they are before.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::exit;

/// Memory of a run, whatever the list.
const BASE_BYTES: u64 = 115 << 20;
/// Memory of each thread: what it takes rows apart with and has not given back yet.
const THREAD_BYTES: u64 = 28 << 20;
/// A short list does not fill all of that: so much without any row, ...
const SHORT_BYTES: u64 = 56 << 20;
/// ... for each thread, ...
const SHORT_THREAD_BYTES: u64 = 10 << 20;
/// ... and for each row.
const SHORT_ROW_BYTES: u64 = 7 << 10;
/// Memory for each row of a list of any usual number of columns: 460 to 500 were measured.
const ROW_BYTES: u64 = 550;
/// Memory for each byte of a list with so many columns that this is more: 2.3 and more in tenths.
const TENTHS_A_BYTE: u64 = 35;
/// The same for rows when they and pairs go through a temporary file: 320 to 375 were measured.
const ROW_BYTES_ASIDE: u64 = 410;
/// And for bytes.
const TENTHS_A_BYTE_ASIDE: u64 = 26;
/// How much of a list is looked at to see how long its rows are.
const SAMPLE_BYTES: u64 = 256 << 10;
/// How long the rows of a packed list are taken to be, which nobody sees before it is unpacked: shorter than usual.
const PACKED_ROW_BYTES: u64 = 48;
/// Bytes of a list that is only looked through for each byte of memory: 0.2 were measured.
const BYTES_READ_A_BYTE: u64 = 2;
/// Memory for each byte of a list that others are near to: its own, and that of the contacts near it.
const PER_BYTE_NEAR: u64 = 104;
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
    let (existing, incoming) = (Extent::of(existing), Extent::of(incoming));
    let threads = u64::try_from(rayon::current_num_threads()).unwrap_or(1);
    let (need, least) = if only_near {
        let near = existing.bytes / BYTES_READ_A_BYTE + incoming.bytes * PER_BYTE_NEAR;
        let need = base(incoming.rows, threads) + near;
        (need, need)
    } else {
        let all = Extent { bytes: existing.bytes + incoming.bytes, rows: existing.rows + incoming.rows };
        (all.need(threads), all.need_aside(threads))
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

/// How long lists are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Extent {
    /// Bytes, unpacked.
    bytes: u64,
    /// Rows, about.
    rows: u64,
}

impl Extent {
    /// Of all lists; nothing for what cannot be looked at before it is read.
    fn of(lists: &[PathBuf]) -> Self {
        let each = lists.iter().map(|list| Self::of_list(list).unwrap_or_default());
        each.fold(Self::default(), |all, one| Self { bytes: all.bytes + one.bytes, rows: all.rows + one.rows })
    }

    fn of_list(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let bytes = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        let mut sample = Vec::new();
        file.take(SAMPLE_BYTES).read_to_end(&mut sample).ok()?;
        if sample.starts_with(&[0x1f, 0x8b]) {
            return Some(Self { bytes: bytes * PACKED, rows: bytes * PACKED / PACKED_ROW_BYTES });
        }
        // Rows that a cell breaks count as several, which errs on the safe side
        let lines = |end: u8| sample.split(|byte| *byte == end).count();
        let lines = u64::try_from(lines(b'\n').max(lines(b'\r'))).ok()?;
        let sampled = u64::try_from(sample.len()).ok()?.max(1);
        let rows = u128::from(lines) * u128::from(bytes) / u128::from(sampled);
        Some(Self { bytes, rows: u64::try_from(rows).ok()? })
    }

    /// What planning takes in memory.
    fn need(self, threads: u64) -> u64 {
        base(self.rows, threads) + (self.rows * ROW_BYTES).max(self.bytes * TENTHS_A_BYTE / 10)
    }

    /// The same, when rows and pairs go through a temporary file.
    fn need_aside(self, threads: u64) -> u64 {
        base(self.rows, threads) + (self.rows * ROW_BYTES_ASIDE).max(self.bytes * TENTHS_A_BYTE_ASIDE / 10)
    }
}

/// What a run takes beyond what grows with each row of a long list.
fn base(rows: u64, threads: u64) -> u64 {
    let short = SHORT_BYTES + threads * SHORT_THREAD_BYTES + rows * SHORT_ROW_BYTES;
    short.min(BASE_BYTES + threads * THREAD_BYTES)
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

    /// A list of 262,144 rows: 137 MiB for the rows at two threads, 102 with a temporary file.
    fn list(folder: &Path) -> PathBuf {
        let list = folder.join("list.csv");
        std::fs::write(&list, "a\n".repeat(1 << 18)).unwrap();
        list
    }

    #[test]
    fn a_list_that_does_not_fit_is_refused_with_the_number() {
        let folder = tempfile::tempdir().unwrap();
        let list = list(folder.path());
        let extent = Extent::of(std::slice::from_ref(&list));
        let threads = u64::try_from(rayon::current_num_threads()).unwrap();
        let (need, least) = (extent.need(threads), extent.need_aside(threads));
        let told = choose(std::slice::from_ref(&list), &[], false, Some(Size(50 << 20))).unwrap_err().to_string();
        assert_eq!(
            told,
            format!(
                "the lists need about {} MiB of memory, temporary files used, and --memory-limit allows 50 MiB; allow more, or split the lists",
                least >> 20
            )
        );
        assert_eq!(choose(std::slice::from_ref(&list), &[], false, Some(Size(need))).unwrap(), Keep::InMemory);
        assert_eq!(
            choose(std::slice::from_ref(&list), &[], false, Some(Size(need - 1))).unwrap(),
            Keep::Aside { need }
        );
        assert_eq!(choose(std::slice::from_ref(&list), &[], false, Some(Size(least))).unwrap(), Keep::Aside { need });
        assert!(choose(std::slice::from_ref(&list), &[], false, Some(Size(least - 1))).is_err());
        let unknown = ["-".into(), "/nowhere/list.csv".into()];
        assert_eq!(choose(&[], &unknown, false, None).unwrap(), Keep::InMemory);
    }

    #[test]
    fn what_a_list_needs_follows_from_its_rows_unless_they_are_wide_and_from_the_threads() {
        let mib = |rows: u64, row: u64, threads| {
            let extent = Extent { bytes: rows * row, rows };
            [extent.need(threads), extent.need_aside(threads)].map(|need| need >> 20)
        };
        assert_eq!(mib(0, 0, 2), [76, 76]);
        assert_eq!(mib(1_000, 165, 2), [83, 83]);
        assert_eq!(mib(100_000, 165, 2), [226, 211]);
        assert_eq!(mib(100_000, 165, 8), [394, 379]);
        assert_eq!(mib(1_000_000, 47, 2), [695, 562]);
        assert_eq!(mib(1_000_000, 165, 2), [721, 580]);
        assert_eq!(mib(100_000, 755, 2), [423, 358]);
        assert_eq!(mib(10_000_000, 165, 2), [5_678, 4_262]);
    }

    #[test]
    fn rows_are_counted_in_the_beginning_of_a_list() {
        let folder = tempfile::tempdir().unwrap();
        let list = list(folder.path());
        assert_eq!(Extent::of(&[list.clone(), list]), Extent { bytes: 1 << 20, rows: 2 * ((1 << 18) + 2) });
    }

    #[test]
    fn a_packed_list_counts_as_what_it_unpacks_to() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list.csv.gz");
        std::fs::write(&list, [0x1f, 0x8b].repeat(48)).unwrap();
        assert_eq!(Extent::of(&[list]), Extent { bytes: 6 * 96, rows: 12 });
    }
}
