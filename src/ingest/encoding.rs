//! Which encoding a text is in, and turning it into UTF-8.
//!
//! A byte order mark or the user decides at once, and UTF-16 shows by its NUL pattern in the head; it is transcoded
//! before it is split into rows. UTF-8 and Windows-1252 split into rows alike, so that between them the decision waits
//! until the last row: [`Evidence`] weighs every non-ASCII cell of the file. A list in UTF-8 with a few damaged bytes
//! stays UTF-8 and loses only the damaged rows; a list whose first accent comes after megabytes of ASCII is still
//! recognised.

use std::borrow::Cow;
use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::WINDOWS_1252;

use super::source::TextEncoding;

/// The encoding a byte order mark announces, and the mark's length.
pub(super) fn byte_order_mark(head: &[u8]) -> Option<(TextEncoding, usize)> {
    if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        Some((TextEncoding::Utf8, 3))
    } else if head.starts_with(&[0xff, 0xfe]) {
        Some((TextEncoding::Utf16Le, 2))
    } else if head.starts_with(&[0xfe, 0xff]) {
        Some((TextEncoding::Utf16Be, 2))
    } else {
        None
    }
}

/// Recognises UTF-16 without a mark: Western text has a NUL in most pairs, always on the same side.
pub(super) fn utf16_by_pattern(head: &[u8]) -> Option<TextEncoding> {
    let pairs = head.chunks_exact(2).len();
    let first = head.chunks_exact(2).filter(|pair| pair[0] == 0).count();
    let second = head.chunks_exact(2).filter(|pair| pair[1] == 0).count();
    if pairs < 2 {
        None
    } else if second * 2 > pairs && first * 20 < pairs {
        Some(TextEncoding::Utf16Le)
    } else if first * 2 > pairs && second * 20 < pairs {
        Some(TextEncoding::Utf16Be)
    } else {
        None
    }
}

/// Stands for a piece of UTF-16 that is no character. Never valid in UTF-8, so that the cell that holds it is found
/// undecodable later and only its row is rejected.
const DAMAGED: u8 = 0xff;

/// Transcodes UTF-16 to UTF-8 as it is read.
pub(super) struct FromUtf16<R> {
    input: R,
    big_endian: bool,
    raw: Vec<u8>,
    high: Option<u16>,
    ready: Vec<u8>,
    position: usize,
    ended: bool,
}

impl<R: Read> FromUtf16<R> {
    pub(super) fn new(input: R, encoding: TextEncoding) -> Self {
        Self {
            input,
            big_endian: encoding == TextEncoding::Utf16Be,
            raw: Vec::new(),
            high: None,
            ready: Vec::new(),
            position: 0,
            ended: false,
        }
    }

    fn unit(&mut self, unit: u16) {
        let mut utf8 = [0; 4];
        if let Some(high) = self.high.take() {
            if let Some(Ok(character)) = char::decode_utf16([high, unit]).next()
                && character.len_utf16() == 2
            {
                self.ready.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
                return;
            }
            self.ready.push(DAMAGED);
        }
        match char::from_u32(u32::from(unit)) {
            Some(character) => self.ready.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes()),
            None if (0xd800..0xdc00).contains(&unit) => self.high = Some(unit),
            None => self.ready.push(DAMAGED),
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.position = 0;
        while self.ready.is_empty() && !self.ended {
            let kept = self.raw.len();
            self.input.by_ref().take(32 * 1024).read_to_end(&mut self.raw)?;
            self.ended = self.raw.len() == kept;
            let raw = std::mem::take(&mut self.raw);
            let pairs = raw.chunks_exact(2);
            self.raw.extend_from_slice(pairs.remainder());
            for pair in pairs {
                let pair = [pair[0], pair[1]];
                self.unit(if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) });
            }
            if self.ended && (self.high.take().is_some() || !self.raw.is_empty()) {
                self.ready.push(DAMAGED);
                self.raw.clear();
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for FromUtf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position == self.ready.len() {
            self.refill()?;
        }
        let ready = &self.ready[self.position..];
        let length = ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&ready[..length]);
        self.position += length;
        Ok(length)
    }
}

/// What the non-ASCII cells of a file say about its encoding.
pub(super) struct Evidence {
    characters: u64,
    stray: u64,
    implausible: u64,
    detector: EncodingDetector,
    fed: usize,
}

/// Bytes given to the statistical detector; its guess is only used to warn.
const DETECTOR_LIMIT_BYTES: usize = 256 * 1024;

/// Fewer bytes than this that are no UTF-8 are damage, more are another encoding.
const DAMAGE_BYTES: u64 = 20;

impl Evidence {
    pub(super) fn new() -> Self {
        Self {
            characters: 0,
            stray: 0,
            implausible: 0,
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            fed: 0,
        }
    }

    /// Weighs one cell.
    pub(super) fn add(&mut self, cell: &[u8]) {
        if cell.is_ascii() {
            return;
        }
        if self.fed < DETECTOR_LIMIT_BYTES {
            self.fed += cell.len();
            self.detector.feed(cell, false);
            self.detector.feed(b"\n", false);
        }
        let (mut before, mut run) = (b' ', 0);
        for chunk in cell.utf8_chunks() {
            self.characters += chunk.valid().chars().filter(|character| !character.is_ascii()).count() as u64;
            if let Some(last) = chunk.valid().as_bytes().last() {
                (before, run) = (*last, 0);
            }
            for byte in chunk.invalid() {
                self.stray += 1;
                // No Western word has three accented letters in a row
                run = if *byte >= 0xc0 { run + 1 } else { 0 };
                self.implausible += u64::from(run > 2 || !plausible_in_windows_1252(before, *byte));
                before = *byte;
            }
        }
    }

    /// Decides between UTF-8 and Windows-1252, with a note where a person should look.
    pub(super) fn decide(mut self) -> (TextEncoding, Option<String>) {
        // Two or more bytes that happen to form UTF-8 are rare in Windows-1252 text ("Ã©"), so a majority of well-formed
        // characters means UTF-8 with damage. Without one, stray bytes must read like Western text to be taken as such
        if self.stray == 0 || self.characters >= self.stray {
            return (TextEncoding::Utf8, None);
        }
        self.detector.feed(b"", true);
        let guess = self.detector.guess(None, Utf8Detection::Deny);
        if self.implausible * 10 > self.stray {
            let note = (self.stray >= DAMAGE_BYTES && guess != WINDOWS_1252).then(|| {
                format!("The bytes look like {}, which is not read here; save the list as UTF-8.", guess.name())
            });
            return (TextEncoding::Utf8, note);
        }
        let note = if guess == WINDOWS_1252 {
            "The encoding is not declared; the bytes read like Windows-1252. Look at the accented letters, and give \
             --encoding if they are wrong."
                .to_owned()
        } else {
            format!(
                "The encoding is not declared; it was read as Windows-1252 but could be {}. Look at the accented letters; \
                 if they are wrong, save the list as UTF-8.",
                guess.name()
            )
        };
        (TextEncoding::Windows1252, Some(note))
    }
}

/// Whether `byte` makes sense as Windows-1252 text after `before`.
fn plausible_in_windows_1252(before: u8, byte: u8) -> bool {
    match byte {
        // Five undefined ones, then × ÷ Þ þ ÿ
        0x81 | 0x8d | 0x8f | 0x90 | 0x9d | 0xd7 | 0xf7 | 0xde | 0xfe | 0xff => false,
        0xc0..=0xdd => !before.is_ascii_lowercase(), // a capital inside a word
        _ => true,
    }
}

/// Decodes one cell; `None` when the bytes are no text in this encoding. UTF-16 was transcoded before.
pub(super) fn decode(bytes: &[u8], encoding: TextEncoding) -> Option<Cow<'_, str>> {
    match encoding {
        TextEncoding::Utf8 | TextEncoding::Utf16Le | TextEncoding::Utf16Be => {
            std::str::from_utf8(bytes).ok().map(Cow::Borrowed)
        }
        TextEncoding::Windows1252 => {
            let undefined = bytes.iter().any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
            (!undefined).then(|| WINDOWS_1252.decode_without_bom_handling(bytes).0)
        }
    }
}

/// Decodes for a person to look at: what is no text becomes U+FFFD.
pub(super) fn decode_lossy(bytes: &[u8], encoding: TextEncoding) -> String {
    decode(bytes, encoding).map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), Cow::into_owned)
}

/// What people call an encoding.
pub(super) fn name(encoding: TextEncoding) -> &'static str {
    match encoding {
        TextEncoding::Utf8 => "UTF-8",
        TextEncoding::Utf16Le | TextEncoding::Utf16Be => "UTF-16",
        TextEncoding::Windows1252 => "Windows-1252",
    }
}
