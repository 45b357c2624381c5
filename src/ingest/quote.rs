//! Following quotes by hand, where the CSV parser cannot say what happened.
//!
//! Owns the questions asked when a row went wrong: where its last cell begins, whether a quote is still open, and
//! whether the lines it swallowed are rows of their own. Bytes in, answers out.

/// Where a scan over the start of a row ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Offset of the last cell's first byte, its quote included.
    pub(super) cell_start: usize,
    /// Cells begun, the last one included.
    pub(super) cells: usize,
    /// Whether the last cell is inside its quotes.
    pub(super) in_quotes: bool,
    /// Whether text follows a closing quote (`"a"b`): the quote may belong to another cell.
    pub(super) torn: bool,
}

/// Scans raw bytes from the start of a row to their end, by the rules of RFC 4180: a quote opens at the start of a cell
/// only, two inside are one.
pub(super) fn scan(raw: &[u8], delimiter: u8) -> Scan {
    let mut scan = Scan { cell_start: 0, cells: 1, in_quotes: false, torn: false };
    let mut at_start = true;
    let mut bytes = raw.iter().copied().enumerate().peekable();
    while let Some((position, byte)) = bytes.next() {
        if scan.in_quotes {
            if byte == b'"' && bytes.next_if(|(_, next)| *next == b'"').is_none() {
                scan.in_quotes = false;
                scan.torn |= bytes.peek().is_some_and(|(_, next)| *next != delimiter && !matches!(next, b'\r' | b'\n'));
            }
        } else if byte == delimiter {
            scan.cells += 1;
            scan.cell_start = position + 1;
            at_start = true;
            continue;
        } else if byte == b'"' && at_start {
            scan.in_quotes = true;
        }
        at_start = false;
    }
    scan
}

/// The first cell longer than `limit` raw bytes, or the last one: number from 1 and offset.
pub(super) fn long_cell(raw: &[u8], delimiter: u8, limit: usize) -> (usize, usize) {
    let mut quoted = false;
    let mut start = 0;
    let mut cell = 1;
    let mut at_start = true;
    for (position, byte) in raw.iter().copied().enumerate() {
        if byte == b'"' && (at_start || quoted) {
            // `""` inside quotes closes and opens again, which leaves the state as it was
            quoted = !quoted;
            at_start = at_start && !quoted;
        } else if byte == b'"' && position > 0 && raw[position - 1] == b'"' {
            quoted = true;
        } else if byte == delimiter && !quoted {
            if position - start > limit {
                break;
            }
            start = position + 1;
            cell += 1;
            at_start = true;
        } else {
            at_start = false;
        }
    }
    (cell, start)
}

/// Whether the lines after the first of `raw` read like rows of `columns` cells, so that the quote before them is more
/// likely forgotten than meant. Three quarters of the lines that are not blank must; a last line that may be cut off
/// does not count.
pub(super) fn swallowed_rows(raw: &[u8], delimiter: u8, columns: usize, complete: bool) -> bool {
    let mut lines: Vec<&[u8]> = raw.split(|byte| *byte == b'\n' || *byte == b'\r').skip(1).collect();
    if !complete {
        lines.pop();
    }
    let lines = lines.into_iter().filter(|line| !line.trim_ascii().is_empty());
    let (mut rows, mut all) = (0_usize, 0_usize);
    for line in lines {
        all += 1;
        rows += usize::from(scan(line, delimiter).cells == columns);
    }
    rows > 0 && rows * 4 >= all * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_finds_the_last_cell_and_an_open_quote() {
        assert_eq!(scan(b"a,\"b\"\"c,d", b','), Scan { cell_start: 2, cells: 2, in_quotes: true, torn: false });
        assert_eq!(scan(b"a,\"b\"\"c\",d", b','), Scan { cell_start: 9, cells: 3, in_quotes: false, torn: false });
        assert_eq!(scan(b"a 5\" pipe,x", b','), Scan { cell_start: 10, cells: 2, in_quotes: false, torn: false });
    }

    #[test]
    fn text_after_a_closing_quote_is_noticed() {
        assert!(scan(b"\"Bob,b\n\"Eve\",e", b',').torn);
        assert!(!scan(b"\"Bob\"\r\n", b',').torn);
    }

    #[test]
    fn swallowed_lines_are_rows_when_most_of_them_have_the_right_number_of_cells() {
        assert!(swallowed_rows(b"a,\"b\nc,d\ne,f\n", b',', 2, true));
        assert!(!swallowed_rows(b"a,\"b\nDear Ann\nthank you\nYours, Bob\n", b',', 2, true));
    }

    #[test]
    fn the_long_cell_is_found_among_others() {
        assert_eq!(long_cell(b"a,bbbbbb,c", b',', 3), (2, 2));
        assert_eq!(long_cell(b"a,\"b,\"\"b\nbb\",c", b',', 3), (2, 2));
    }
}
