//! The beginning of an input: how it is packed and encoded, what its rows look like, what its columns are called.
//!
//! Is given the stored bytes, hands on an [`Opened`] whose rows below the header are still to be read.

use std::io::{self, Read};

use super::bytes::{self, Foreign, Headed};
use super::dialect::{self, Dialect};
use super::encoding::{self, FromUtf16};
use super::error::Error;
use super::header;
use super::read::CELL_LIMIT_BYTES;
use super::rows::{Fault, Rows, Scanned};
use super::source::{Compression, Options, TextEncoding};

/// Looked at to find out packing, encoding and foreign formats.
const BYTES_HEAD: u64 = 64 * 1024;
/// Looked at to find out delimiter and header.
const TEXT_HEAD: u64 = 256 * 1024;

/// Why an input cannot be read to its end.
pub(super) enum Problem {
    Whole(Error),
    Io(Compression, io::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Whole(error)
    }
}

/// An input read as far as its header.
pub(super) struct Opened<'a> {
    pub(super) compression: Compression,
    pub(super) dialect: Dialect,
    /// The encoding, when the user, a byte order mark or the pattern of UTF-16 tells.
    pub(super) encoding: Option<TextEncoding>,
    /// Whether it was one of the first two.
    pub(super) certain: bool,
    pub(super) header_line: u64,
    pub(super) header: Vec<Vec<u8>>,
    pub(super) rows: Rows<Box<dyn Read + 'a>>,
}

/// Unpacks, finds out how the text is laid out, and reads its header.
pub(super) fn open<'a>(input: impl Read + 'a, name: &str, options: &Options) -> Result<Opened<'a>, Problem> {
    let (compression, unpacked) = bytes::unpack(input).map_err(|error| Problem::Io(Compression::None, error))?;
    let io = |error| Problem::Io(compression, error);
    let empty = || Error::Empty { input: name.to_owned() };
    let mut head = Headed::fill(unpacked, BYTES_HEAD).map_err(io)?;
    let mark = encoding::byte_order_mark(head.head());
    let known = options.encoding.or(mark.map(|(encoding, _)| encoding));
    let encoding = known.or_else(|| encoding::utf16_by_pattern(head.head()));
    head.skip(mark.map_or(0, |(_, length)| length));
    let text: Box<dyn Read + 'a> = if let Some(encoding @ (TextEncoding::Utf16Le | TextEncoding::Utf16Be)) = encoding {
        Box::new(FromUtf16::new(head, encoding))
    } else if let Some(Foreign { format, advice }) = bytes::foreign(head.head()) {
        return Err(Error::NotText { input: name.to_owned(), format, advice }.into());
    } else {
        Box::new(head)
    };
    let mut text = Headed::fill(text, TEXT_HEAD).map_err(io)?;
    let complete = (text.head().len() as u64) < TEXT_HEAD;
    if complete && text.head().trim_ascii().is_empty() {
        return Err(empty().into());
    }
    let dialect = dialect::detect(text.head(), complete, options.delimiter, &header::is_column_name);
    text.skip(dialect.skip);
    let limit = options.cell_limit.unwrap_or(CELL_LIMIT_BYTES).max(1);
    let text: Box<dyn Read + 'a> = Box::new(text);
    let mut rows = Rows::new(text, dialect.delimiter.byte(), dialect.line_end, dialect.first_line, limit);
    let header: Vec<Vec<u8>> = match rows.next().map_err(io)? {
        Scanned::End => return Err(empty().into()),
        Scanned::Fault(Fault { message: problem, .. }) => {
            return Err(Error::BadHeader { input: name.to_owned(), line: rows.line(), problem }.into());
        }
        Scanned::Row => rows.cells().map(<[u8]>::to_vec).collect(),
    };
    let header_line = rows.line();
    let named = header.iter().rposition(|cell| !cell.trim_ascii().is_empty()).map_or(0, |last| last + 1);
    rows.expect_columns(named, header.len());
    Ok(Opened { compression, dialect, encoding, certain: known.is_some(), header_line, header, rows })
}

/// Decodes the header, and refuses one that is a contact.
pub(super) fn names(input: &str, line: u64, header: &[Vec<u8>], encoding: TextEncoding) -> Result<Vec<String>, Error> {
    let decoded: Option<Vec<String>> =
        header.iter().map(|cell| Some(encoding::decode(cell, encoding)?.trim().to_owned())).collect();
    let bad = |problem: &str| Error::BadHeader { input: input.to_owned(), line, problem: problem.to_owned() };
    let names = decoded.ok_or_else(|| bad(&format!("it holds bytes that are not {}", encoding::name(encoding))))?;
    if names.iter().any(|name| name.contains('\0')) {
        return Err(bad("it contains a NUL character"));
    }
    let is_address = |name: &String| {
        let domain = name.split_once('@').map_or("", |(_, domain)| domain);
        domain.contains('.') && !domain.starts_with('.')
    };
    if names.iter().any(is_address) {
        return Err(Error::NoHeader { input: input.to_owned(), line });
    }
    Ok(names)
}
