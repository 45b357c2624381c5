//! Stored bytes → plain bytes: counting, hashing, a look at the head, gzip.
//!
//! Is given the caller's reader, hands on a reader of unpacked bytes whose first part can be looked at before it is
//! consumed. Knows nothing of text or rows.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::source::Compression;

/// Counts and hashes everything read through it.
pub(super) struct Counted<R> {
    input: R,
    bytes: u64,
    hash: Sha256,
    failed: bool,
}

impl<R: Read> Counted<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, bytes: 0, hash: Sha256::new(), failed: false }
    }

    /// Whether an error came from the input itself rather than from what unpacks it.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Bytes read and their SHA-256 in hexadecimal digits.
    pub(super) fn finish(self) -> (u64, String) {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in self.hash.finalize() {
            let _ = write!(text, "{byte:02x}");
        }
        (self.bytes, text)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read =
            self.input.read(buffer).inspect_err(|error| self.failed = error.kind() != io::ErrorKind::Interrupted)?;
        self.bytes += read as u64;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

/// A reader whose first bytes can be looked at before they are read.
pub(super) struct Headed<R> {
    head: Vec<u8>,
    position: usize,
    rest: R,
}

impl<R: Read> Headed<R> {
    /// Reads up to `length` bytes ahead; fewer when the input ends before.
    pub(super) fn fill(mut rest: R, length: u64) -> io::Result<Self> {
        let mut head = Vec::new();
        rest.by_ref().take(length).read_to_end(&mut head)?;
        Ok(Self { head, position: 0, rest })
    }

    /// The bytes read ahead and not consumed.
    pub(super) fn head(&self) -> &[u8] {
        self.head.get(self.position..).unwrap_or_default()
    }

    /// Drops the first `length` bytes of the head.
    pub(super) fn skip(&mut self, length: usize) {
        self.position = (self.position + length).min(self.head.len());
    }
}

impl<R: Read> Read for Headed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = self.head();
        if head.is_empty() {
            self.head = Vec::new();
            self.position = 0;
            return self.rest.read(buffer);
        }
        let length = head.len().min(buffer.len());
        buffer[..length].copy_from_slice(&head[..length]);
        self.position += length;
        Ok(length)
    }
}

/// Unpacks gzip, known by its magic bytes (RFC 1952 §2.3.1); members written one after the other are read as one text.
pub(super) fn unpack<'a>(input: impl Read + 'a) -> io::Result<(Compression, Box<dyn Read + 'a>)> {
    let headed = Headed::fill(input, 2)?;
    Ok(if headed.head() == [0x1f, 0x8b] {
        (Compression::Gzip, Box::new(MultiGzDecoder::new(headed)))
    } else {
        (Compression::None, Box::new(headed))
    })
}

/// What is wrong with gzip data, by the error its decoder gave.
pub(super) fn gzip_problem(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "ends too early",
        _ => "is damaged",
    }
}

/// A format that people mistake for CSV, and the way out.
pub(super) struct Foreign {
    pub(super) format: &'static str,
    pub(super) advice: &'static str,
}

const SPREADSHEET: &str = "open it in a spreadsheet program and save it as CSV (UTF-8)";
const EXPORT: &str = "export the contacts again and choose CSV";

/// First bytes → format. Sources: the formats' own specifications.
const SIGNATURES: &[(&[u8], &str, &str)] = &[
    (
        b"PK\x03\x04",
        "an Excel workbook or a ZIP archive",
        "unpack it, or open it in a spreadsheet program and save it as CSV (UTF-8)",
    ),
    (b"PK\x05\x06", "an empty ZIP archive", EXPORT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook", SPREADSHEET),
    (b"%PDF-", "a PDF document", EXPORT),
    (b"SQLite format 3\0", "an SQLite database (a leadfold plan is one too)", "give the lists it was made from"),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"\x89PNG", "an image", EXPORT),
    (b"\xff\xd8\xff", "an image", EXPORT),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ\0", "an xz archive", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"{\\rtf", "a rich text document", SPREADSHEET),
];

/// Openings of texts that are no tables, compared without case after white space.
const OPENINGS: &[(&str, &str, &str)] = &[
    ("<!doctype html", "a web page", "the download may have needed a log-in; download the CSV file again"),
    ("<html", "a web page", "the download may have needed a log-in; download the CSV file again"),
    ("<?xml", "an XML document", EXPORT),
    ("begin:vcard", "a vCard file", EXPORT),
    ("[{", "a JSON document", EXPORT),
    ("{\"", "a JSON document", EXPORT),
];

/// Recognises a foreign format by its first bytes.
pub(super) fn foreign(head: &[u8]) -> Option<Foreign> {
    for (magic, format, advice) in SIGNATURES {
        if head.starts_with(magic) {
            return Some(Foreign { format, advice });
        }
    }
    let text = head.trim_ascii_start();
    for (opening, format, advice) in OPENINGS {
        if text.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening.as_bytes())) {
            return Some(Foreign { format, advice });
        }
    }
    // POSIX.1-1988: the magic of a tar header is at byte 257
    if head.get(257..262) == Some(b"ustar") {
        return Some(Foreign { format: "a tar archive", advice: "unpack it first" });
    }
    // Text has no NUL at all; a few may come from a damaged row, which is rejected alone
    let nuls = count(head, 0);
    (nuls * 20 > head.len()).then_some(Foreign { format: "binary data", advice: EXPORT })
}

/// How often a byte occurs.
pub(super) fn count(bytes: &[u8], wanted: u8) -> usize {
    bytes.iter().map(|byte| usize::from(*byte == wanted)).sum()
}
