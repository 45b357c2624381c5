//! The way of one input through the room: bytes, text, rows, columns, records.
//!
//! Owns the order of the steps and the accounting: every data row of the file comes out as a record or as a reject. Rows
//! become records while the next ones are split, so that no list is ever held as rows. What only the whole input tells
//! ([`Facts`]) is taken from its first rows, in the hope that the others agree, as Ge, Li, Eilebrecht, Chandramouli and
//! Kossmann do with the state of a parser ("Speculative distributed CSV data parsing for big data analytics", SIGMOD 2019);
//! at the end it is known, and where it is something else the input is gone through again.

use std::io::{self, Read};

use super::accept::{RowReader, Yield};
use super::again::{Again, Once};
use super::bytes::{self, Counted};
use super::dates::DateOrders;
use super::encoding::Evidence;
use super::error::Error;
use super::header::{self, Header, Mapped};
use super::known::Memory;
use super::looks::{self, Looks, SAMPLE_ROWS, Votes};
use super::normalize::Normalizer;
use super::open::{self, Opened, Problem};
use super::source::{Compression, Ingested, Options, Source, SourceKind, TextEncoding};
use super::table::{Chunk, Splitter};
use crate::contact::{Record, Side, SourceId};

/// Longest cell accepted unless the options say otherwise.
pub const CELL_LIMIT_BYTES: usize = 131_072;

/// Says whether a record is wanted at all.
pub type Wanted<'a> = dyn Fn(&Record) -> bool + Sync + 'a;

/// How many rows are worked on together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portions {
    /// Rows of a chunk, which one thread works on.
    pub(super) chunk_rows: usize,
    /// Chunks whose rows decide until all are known.
    pub(super) first_chunks: usize,
    /// Chunks that are worked on side by side, for each thread.
    pub(super) chunks: usize,
}

const PORTIONS: Portions = Portions { chunk_rows: 512, first_chunks: 16, chunks: 8 };

/// Reads a whole input: `name` is what messages call it, `id` its position among the inputs of the run.
///
/// The encoding is taken from the options or a byte order mark, or is found out from the bytes (see the note in
/// [`Source::notes`] when that is uncertain); likewise the delimiter. Bad rows are in [`Ingested::rejects`]; an `Err` means
/// that the input as a whole is of no use. Stored bytes are kept until the end; [`read_those`] does without.
pub fn read(input: impl Read, id: SourceId, name: &str, side: Side, options: &Options) -> Result<Ingested, Error> {
    read_watched(input, id, name, side, options, &mut |_| ())
}

/// [`read`], telling `watch` the name of each step as it ends: `read` when the first rows have told what the columns are,
/// `normalise` when all rows are read and records.
pub fn read_watched(
    input: impl Read,
    id: SourceId,
    name: &str,
    side: Side,
    options: &Options,
    watch: &mut dyn FnMut(&'static str),
) -> Result<Ingested, Error> {
    read_those(Once::new(input), id, name, side, options, &|_| true, watch)
}

/// [`read_watched`], handing on those records only that `wanted` says yes to. A note of the source counts the others.
///
/// The input is gone through again when late rows tell that it is not what the first ones made it seem, for instance by an
/// accent that shows another encoding.
pub fn read_those(
    input: impl Again,
    id: SourceId,
    name: &str,
    side: Side,
    options: &Options,
    wanted: &Wanted<'_>,
    watch: &mut dyn FnMut(&'static str),
) -> Result<Ingested, Error> {
    Task { id, name, side, options, wanted, portions: PORTIONS }.run(input, watch)
}

/// What is to be read, and how.
pub(super) struct Task<'a> {
    pub(super) id: SourceId,
    pub(super) name: &'a str,
    pub(super) side: Side,
    pub(super) options: &'a Options,
    pub(super) wanted: &'a Wanted<'a>,
    pub(super) portions: Portions,
}

/// What only all rows tell for certain.
#[derive(Clone, Debug)]
struct Facts {
    encoding: TextEncoding,
    /// What a person should know about it.
    encoding_note: Option<String>,
    /// Whether any row has a value, by column.
    filled: Vec<bool>,
    /// How the columns write dates, if the rest was known when they were looked at.
    votes: Option<Votes>,
}

/// Where going through an input ends.
enum Passed {
    /// It is what it was taken for.
    Whole(Box<Whole>),
    /// It is something else.
    Otherwise(Facts),
}

/// An input that was read.
struct Whole {
    opened: Opening,
    facts: Facts,
    mapped: Mapped,
    date_notes: Vec<String>,
    rows: u32,
    found: Yield,
}

/// What its beginning tells.
struct Opening {
    compression: Compression,
    dialect: super::dialect::Dialect,
    certain: bool,
    header_line: u64,
}

/// What rows are taken for while they become records.
struct Taken {
    names: Vec<String>,
    mapped: Mapped,
    orders: DateOrders,
}

impl Facts {
    /// What the header and the first rows tell, unless the encoding is known.
    fn of(header: &[Vec<u8>], first: &[Chunk], encoding: Option<TextEncoding>) -> Self {
        let mut filled = vec![false; header.len()];
        for chunk in first {
            looks::fill(&mut filled, chunk);
        }
        let decided = || {
            let mut evidence = Evidence::new();
            for cell in header {
                evidence.add(cell);
            }
            for cell in first.iter().flat_map(Chunk::cells).flatten() {
                evidence.add(cell);
            }
            evidence.decide()
        };
        let (encoding, encoding_note) = encoding.map_or_else(decided, |encoding| (encoding, None));
        Self { encoding, encoding_note, filled, votes: None }
    }
}

impl Task<'_> {
    pub(super) fn run(&self, mut input: impl Again, watch: &mut dyn FnMut(&'static str)) -> Result<Ingested, Error> {
        let io = |source| Error::Io { input: self.name.to_owned(), source };
        let mut known: Option<(Facts, (u64, String))> = None;
        loop {
            let mut counted = Counted::new(&mut input);
            let (facts, before) = known.take().unzip();
            let passed = self.pass(&mut counted, facts, watch).map_err(|problem| match problem {
                Problem::Whole(error) => error,
                Problem::Io(Compression::Gzip, error) if !counted.failed() => {
                    Error::Gzip { input: self.name.to_owned(), problem: bytes::gzip_problem(&error) }
                }
                Problem::Io(_, source) => io(source),
            })?;
            let stored = counted.finish();
            if before.is_some_and(|before| before != stored) {
                return Err(io(io::Error::other("it was changed while it was read; try again")));
            }
            match passed {
                Passed::Whole(whole) => {
                    watch("normalise");
                    return Ok(self.ingested(*whole, stored));
                }
                Passed::Otherwise(facts) => {
                    known = Some((facts, stored));
                    input.again().map_err(io)?;
                }
            }
        }
    }

    /// Goes through the input once, by what is known of it or by what its first rows tell.
    fn pass(
        &self,
        input: impl Read,
        known: Option<Facts>,
        watch: &mut dyn FnMut(&'static str),
    ) -> Result<Passed, Problem> {
        let Opened { compression, dialect, encoding, certain, header_line, header, rows } =
            open::open(input, self.name, self.options)?;
        let opened = Opening { compression, dialect, certain, header_line };
        let mut evidence = Evidence::new();
        for cell in &header {
            evidence.add(cell);
        }
        let mut splitter = Splitter {
            rows,
            id: self.id,
            name: self.name,
            compression,
            columns: header.len(),
            chunk_rows: self.portions.chunk_rows,
            evidence,
            rejected: Vec::new(),
            count: 0,
            ended: false,
        };
        let first = self.first(&mut splitter)?;
        let exact = splitter.ended || known.is_some();
        let mut facts = known.unwrap_or_else(|| Facts::of(&header, &first, encoding));
        let taken = match self.taken(&opened, &header, &first, &mut facts, splitter.count) {
            Err(error) if exact => return Err(error.into()),
            taken => taken.ok(),
        };
        watch("read");

        // What the first rows have they have in the end
        let mut looks = Looks { filled: facts.filled.clone(), votes: Votes::default() };
        let found = if let Some(taken) = &taken {
            looks.votes = Votes::of(&taken.mapped.columns);
            Some(self.records(taken, facts.encoding, first, &mut splitter, &mut looks)?)
        } else {
            while let Some(chunk) = splitter.chunks(1)?.pop() {
                looks.at(&chunk, facts.encoding);
            }
            None
        };
        let Splitter { evidence, rejected, count, .. } = splitter;
        let (encoding, encoding_note) = encoding.map_or_else(|| evidence.decide(), |encoding| (encoding, None));
        let last = Facts { encoding, encoding_note, filled: looks.filled, votes: None };
        let same = last.encoding == facts.encoding && last.filled == facts.filled;
        let Some((taken, mut found)) = taken.zip(found).filter(|_| same) else {
            return Ok(Passed::Otherwise(last));
        };
        let (orders, date_notes) = looks.votes.decide(&taken.mapped.columns, self.options.region);
        if orders != taken.orders {
            return Ok(Passed::Otherwise(Facts { votes: Some(looks.votes), ..last }));
        }
        let reader = self.reader(&taken, last.encoding);
        found.rejects.extend(rejected.iter().map(|rejected| reader.rejected(rejected)));
        found.rejects.sort_by_key(|reject| reject.origin);
        let Taken { mapped, .. } = taken;
        Ok(Passed::Whole(Box::new(Whole { opened, facts: last, mapped, date_notes, rows: count, found })))
    }

    /// The rows that decide until all are known.
    fn first(&self, splitter: &mut Splitter<'_>) -> Result<Vec<Chunk>, Problem> {
        let mut first = splitter.chunks(self.portions.first_chunks)?;
        while !splitter.ended && first.iter().map(Chunk::len).sum::<usize>() < SAMPLE_ROWS {
            first.extend(splitter.chunks(1)?);
        }
        Ok(first)
    }

    /// What the columns mean. `rows` is how many there are among the first.
    fn taken(
        &self,
        opened: &Opening,
        header: &[Vec<u8>],
        first: &[Chunk],
        facts: &mut Facts,
        rows: u32,
    ) -> Result<Taken, Error> {
        let names = open::names(self.name, opened.header_line, header, facts.encoding)?;
        if rows == 0 {
            return Err(Error::NoRows { input: self.name.to_owned(), line: opened.header_line });
        }
        let samples = looks::samples(first, facts.encoding, names.len());
        let shape = Header { input: self.name, names: &names, samples: &samples, filled: &facts.filled };
        let mapped = header::map(&shape, self.side, self.options)?;
        let votes = facts.votes.take().unwrap_or_else(|| {
            let mut votes = Votes::of(&mapped.columns);
            for chunk in first {
                votes.count(chunk, facts.encoding);
            }
            votes
        });
        let (orders, _) = votes.decide(&mapped.columns, self.options.region);
        Ok(Taken { names, mapped, orders })
    }

    fn reader<'a>(&'a self, taken: &'a Taken, encoding: TextEncoding) -> RowReader<'a> {
        let Self { side, options, wanted, id, .. } = *self;
        RowReader {
            id,
            encoding,
            names: &taken.names,
            columns: &taken.mapped.columns,
            reversed: &taken.mapped.reversed,
            normalizer: Normalizer { region: options.region, default_role: options.default_role, side },
            orders: &taken.orders,
            wanted,
        }
    }

    /// Turns rows into records, some chunks side by side while the next ones are split.
    fn records(
        &self,
        taken: &Taken,
        encoding: TextEncoding,
        first: Vec<Chunk>,
        splitter: &mut Splitter<'_>,
        looks: &mut Looks,
    ) -> Result<Yield, Problem> {
        let reader = &self.reader(taken, encoding);
        let at_a_time = self.portions.chunks * rayon::current_num_threads();
        let mut found = Yield::new(taken.names.len(), self.options.scratch.as_ref());
        let (before, memory) = (&looks.clone(), &Memory::default());
        let (mut chunks, mut made) = (first, Vec::new());
        while !chunks.is_empty() || !made.is_empty() {
            let mut ready = Vec::new();
            let slot = &mut ready;
            chunks = rayon::in_place_scope(|scope| {
                scope.spawn(move |_| *slot = reader.side_by_side(chunks, before, memory));
                for made in made {
                    found.add(made, looks);
                }
                splitter.chunks(at_a_time)
            })?;
            made = ready;
        }
        Ok(found)
    }

    fn ingested(&self, whole: Whole, (bytes, sha256): (u64, String)) -> Ingested {
        let Whole { opened, facts, mapped, date_notes, rows, found } = whole;
        let Yield { records, rejects, counts, unwanted, .. } = found;
        let Mapped { mut columns, preset, notes: mapping_notes, .. } = mapped;
        for (column, (filled, invalid)) in columns.iter_mut().zip(counts) {
            (column.filled, column.invalid) = (filled, invalid);
        }
        let mut notes: Vec<String> = facts.encoding_note.into_iter().collect();
        notes.extend(opened.dialect.notes);
        notes.extend(mapping_notes);
        notes.extend(date_notes);
        if unwanted > 0 {
            notes.push(format!(
                "{unwanted} of its contacts come near no incoming row; they are left as they are, and out of the plan."
            ));
        }
        let source = Source {
            id: self.id,
            name: self.name.to_owned(),
            kind: SourceKind::File,
            side: self.side,
            bytes,
            sha256,
            compression: opened.compression,
            encoding: facts.encoding,
            encoding_certain: opened.certain,
            delimiter: opened.dialect.delimiter,
            preset,
            columns,
            rows: u64::from(rows),
            rejected: rejects.len() as u64,
            notes,
        };
        Ingested { source, records, rejects }
    }
}
