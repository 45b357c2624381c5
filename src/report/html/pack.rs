//! Long lists in a small page: lines of JSON, a fixed number to a block, each block packed by itself (raw DEFLATE,
//! RFC 1951, then base64) on a line of its own. The page unpacks only the blocks it shows, so that a list of 100,000
//! groups opens at once. A list keeps to its budget, so that the maker holds no more of it than the page will.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::Serialize;

/// A list being packed.
pub(super) struct List {
    /// The id of the element that holds it.
    id: &'static str,
    /// Items of a block.
    per_block: usize,
    items: usize,
    /// Bytes the list may still take in the page.
    left: usize,
    blocks: Vec<String>,
    full: bool,
}

impl List {
    pub(super) fn new(id: &'static str, per_block: usize, budget: usize) -> Self {
        Self { id, per_block, items: 0, left: budget, blocks: Vec::new(), full: false }
    }

    /// Adds the next block; the first that does not fit any more and all after it are left out.
    pub(super) fn push(&mut self, block: Block) {
        self.full |= block.text.len() + 1 > self.left;
        if !self.full {
            self.left -= block.text.len() + 1;
            self.items += block.items;
            self.blocks.push(block.text);
        }
    }

    /// Whether a block was left out.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Writes the list as an inert element.
    pub(super) fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        let Self { id, per_block, items, .. } = self;
        write!(writer, "<script type=\"text/plain\" id=\"{id}\" data-block=\"{per_block}\" data-lines=\"{items}\">")?;
        for block in &self.blocks {
            writeln!(writer, "{block}")?;
        }
        writeln!(writer, "</script>")
    }
}

/// One block.
pub(super) struct Block {
    text: String,
    items: usize,
}

/// Makes a block.
pub(super) fn packed<L: Serialize>(lines: impl Iterator<Item = L>) -> io::Result<Block> {
    let mut items = 0;
    // As one piece: a packer that is given every quote and comma by itself prepares its buffer each time
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, &line)?;
        text.push(b'\n');
        items += 1;
    }
    let mut packer = DeflateEncoder::new(Vec::with_capacity(text.len() / 4), Compression::new(5));
    packer.write_all(&text)?;
    Ok(Block { text: STANDARD.encode(packer.finish()?), items })
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

    fn page(count: usize, budget: usize) -> (String, bool) {
        let items: Vec<usize> = (0..count).collect();
        let mut list = List::new("numbers", 10, budget);
        for items in items.chunks(10) {
            list.push(packed(items.iter().map(|number| (*number, "</script>"))).expect("memory takes it"));
        }
        let mut bytes = Vec::new();
        list.write(&mut bytes).expect("memory takes it");
        (String::from_utf8(bytes).expect("text"), list.is_full())
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
        let (text, full) = page(1_000, 2_000);
        assert!(full && text.len() <= 2_100 && text.len() > 1_000, "{}", text.len());
        let lines = unpacked(&text, "numbers").len();
        assert!(lines > 0 && lines < 1_000 && lines.is_multiple_of(10), "{lines}");
        let (text, full) = page(10, 3);
        assert_eq!((unpacked(&text, "numbers").len(), full), (0, true));
    }
}
