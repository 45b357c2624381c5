//! Long lists in a small page: lines of JSON, a fixed number to a block, each block packed by itself (raw DEFLATE,
//! RFC 1951, then base64) on a line of its own. The page unpacks only the blocks it shows, so that a list of 100,000
//! groups opens at once; the maker holds a few blocks at a time, however long the list is.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use rayon::prelude::*;
use serde::Serialize;

/// Blocks made at the same time.
const AT_ONCE: usize = 32;

/// A list and how it is packed.
pub(super) struct List<'a, T> {
    /// The id of the element that holds it.
    pub(super) id: &'static str,
    pub(super) items: &'a [T],
    /// Items of a block.
    pub(super) per_block: usize,
    /// Bytes the list may take in the page; blocks that do not fit any more are left out.
    pub(super) budget: usize,
}

impl<T: Sync> List<'_, T> {
    /// Writes the list as an inert element and gives the bytes it took.
    pub(super) fn write<L: Serialize>(
        &self,
        line: impl Fn(&T) -> L + Sync,
        writer: &mut impl Write,
    ) -> io::Result<usize> {
        let mut used = 0;
        write!(writer, "<script type=\"text/plain\" id=\"{}\" data-block=\"{}\">", self.id, self.per_block)?;
        'all: for window in self.items.chunks(self.per_block * AT_ONCE) {
            let blocks: Vec<io::Result<String>> =
                window.par_chunks(self.per_block).map(|items| packed(items, &line)).collect();
            for block in blocks {
                let block = block?;
                if used + block.len() + 1 > self.budget {
                    break 'all;
                }
                used += block.len() + 1;
                writeln!(writer, "{block}")?;
            }
        }
        writeln!(writer, "</script>")?;
        Ok(used)
    }
}

fn packed<T, L: Serialize>(items: &[T], line: impl Fn(&T) -> L) -> io::Result<String> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::new(5));
    for item in items {
        serde_json::to_writer(&mut packer, &line(item))?;
        packer.write_all(b"\n")?;
    }
    Ok(STANDARD.encode(packer.finish()?))
}

/// The lines of a list of a page, for tests.
#[cfg(test)]
pub(in crate::report) fn unpacked(page: &str, id: &str) -> Vec<serde_json::Value> {
    use std::io::Read;

    let start = page.split_once(&format!("id=\"{id}\"")).expect("the list is there").1;
    let blocks = start.split_once('>').expect("it opens").1.split_once("</script>").expect("it closes").0;
    let mut lines = Vec::new();
    for block in blocks.lines().filter(|block| !block.is_empty()) {
        let mut text = String::new();
        let bytes = STANDARD.decode(block).expect("base64");
        flate2::read::DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut text).expect("packed text");
        lines.extend(text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(count: usize, budget: usize) -> (String, usize) {
        let items: Vec<usize> = (0..count).collect();
        let mut bytes = Vec::new();
        let list = List { id: "numbers", items: &items, per_block: 10, budget };
        let used = list.write(|number: &usize| (*number, "</script>"), &mut bytes).expect("memory takes it");
        (String::from_utf8(bytes).expect("text"), used)
    }

    #[test]
    fn every_item_comes_out_again_in_order_and_none_can_close_the_element() {
        let (text, _) = page(1_234, usize::MAX);
        assert_eq!(text.matches("</script>").count(), 1);
        let numbers: Vec<u64> = unpacked(&text, "numbers").iter().filter_map(|line| line[0].as_u64()).collect();
        assert_eq!(numbers, (0..1_234).collect::<Vec<u64>>());
    }

    #[test]
    fn a_list_keeps_to_its_budget_in_whole_blocks() {
        let (text, used) = page(1_000, 2_000);
        assert!(used <= 2_000 && used > 1_000, "{used}");
        let lines = unpacked(&text, "numbers").len();
        assert!(lines > 0 && lines < 1_000 && lines.is_multiple_of(10), "{lines}");
        let (text, used) = page(10, 3);
        assert_eq!((unpacked(&text, "numbers").len(), used), (0, 0));
    }
}
