//! A file of answers: `source,row,source,row,match`, one pair a line, added to at once.
//!
//! Rows are named by file name and row number, so the answers outlive the plan they were given for.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::exit;
use crate::contact::SourceId;
use crate::link::RecordIndex;
use crate::link::evaluation::Answer;
use crate::plan::Plan;

const HEADER: [&str; 5] = ["source", "row", "source", "row", "match"];

/// The answers so far.
pub(in crate::cli) struct Labels {
    path: PathBuf,
    answers: Vec<Answer>,
    known: HashSet<(RecordIndex, RecordIndex)>,
    unknown: u64,
}

impl Labels {
    /// The answers of a file that must be there.
    pub(in crate::cli) fn read(path: &Path, plan: &Plan) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("{}: the answers cannot be opened", path.display()))?;
        let mut labels = Self { path: path.to_owned(), answers: Vec::new(), known: HashSet::new(), unknown: 0 };
        labels.take(file, plan)?;
        Ok(labels)
    }

    /// The answers of a file, or none when it is yet to be made.
    pub(in crate::cli) fn read_or_begin(path: &Path, plan: &Plan) -> anyhow::Result<Self> {
        if path.exists() {
            return Self::read(path, plan);
        }
        Ok(Self { path: path.to_owned(), answers: Vec::new(), known: HashSet::new(), unknown: 0 })
    }

    /// All answers about rows of the plan.
    pub(in crate::cli) fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Answers about rows the plan does not have.
    pub(in crate::cli) fn unknown(&self) -> u64 {
        self.unknown
    }

    /// Whether there is an answer to a pair.
    pub(in crate::cli) fn has(&self, left: RecordIndex, right: RecordIndex) -> bool {
        self.known.contains(&(left.min(right), left.max(right)))
    }

    fn take(&mut self, input: impl Read, plan: &Plan) -> anyhow::Result<()> {
        let rows = Rows::new(plan);
        let shown = self.path.display().to_string();
        let wrong = |line: u64, what: &str| exit::usage(format!("{shown}, line {line}: {what}"));
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
        for record in reader.records() {
            let record = record.map_err(|error| exit::usage(format!("{shown}: {error}")))?;
            let line = record.position().map_or(0, csv::Position::line);
            let [left_source, left_row, right_source, right_row, answer] =
                [0, 1, 2, 3, 4].map(|at| record.get(at).unwrap_or_default());
            let is_match = match answer.to_lowercase().as_str() {
                "yes" | "y" | "1" | "true" | "match" => true,
                "no" | "n" | "0" | "false" | "distinct" => false,
                _ => return Err(wrong(line, "the fifth column, match, has to be yes or no")),
            };
            let number = |text: &str| text.parse::<u32>().map_err(|_| wrong(line, "columns 2 and 4 have to be rows"));
            let (left_row, right_row) = (number(left_row)?, number(right_row)?);
            match (rows.find(left_source, left_row), rows.find(right_source, right_row)) {
                (Some(left), Some(right)) => self.keep(Answer { left, right, is_match }),
                _ => self.unknown += 1,
            }
        }
        Ok(())
    }

    fn keep(&mut self, answer: Answer) {
        self.known.insert((answer.left.min(answer.right), answer.left.max(answer.right)));
        self.answers.push(answer);
    }

    /// Adds an answer to the file, and then to the answers.
    pub(in crate::cli) fn add(&mut self, plan: &Plan, answer: Answer) -> anyhow::Result<()> {
        let shown = self.path.display().to_string();
        let place = |index: RecordIndex| -> anyhow::Result<[String; 2]> {
            let record = plan.record(index).with_context(|| format!("record {} is missing in the plan", index.0))?;
            let source = plan.sources.iter().find(|source| source.id == record.origin.source);
            Ok([source.map(|source| source.name.clone()).unwrap_or_default(), record.origin.row.to_string()])
        };
        let ([left_source, left_row], [right_source, right_row]) = (place(answer.left)?, place(answer.right)?);
        let is_match = if answer.is_match { "yes" } else { "no" };
        let mut file = open_to_add(&self.path).with_context(|| format!("{shown}: the answers cannot be kept"))?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        let end = file.seek(SeekFrom::End(0))?;
        if end == 0 {
            writer.write_record(HEADER)?;
        }
        writer.write_record([&left_source, &left_row, &right_source, &right_row, is_match])?;
        let mut bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        if end > 0 && last_byte(&mut file)? != Some(b'\n') {
            bytes.insert(0, b'\n');
        }
        file.write_all(&bytes)
            .and_then(|()| file.sync_data())
            .with_context(|| format!("{shown}: the answer cannot be kept"))?;
        self.keep(answer);
        Ok(())
    }
}

/// Opens for adding; a new file is readable by its owner only, for it names rows of contact lists.
fn open_to_add(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn last_byte(file: &mut File) -> std::io::Result<Option<u8>> {
    file.seek(SeekFrom::End(-1))?;
    let mut byte = [0];
    Ok((file.read(&mut byte)? == 1).then_some(byte[0]))
}

/// Records by source name and row.
struct Rows<'a> {
    /// `None` for a name that two inputs share: such a row cannot be told.
    sources: HashMap<&'a str, Option<SourceId>>,
    records: HashMap<(SourceId, u32), RecordIndex>,
}

impl<'a> Rows<'a> {
    fn new(plan: &'a Plan) -> Self {
        let mut sources = HashMap::new();
        for source in &plan.sources {
            sources.entry(source.name.as_str()).and_modify(|id| *id = None).or_insert(Some(source.id));
        }
        let places = plan.records.iter().map(|record| (record.origin.source, record.origin.row));
        Self { sources, records: places.zip((0..).map(RecordIndex)).collect() }
    }

    fn find(&self, source: &str, row: u32) -> Option<RecordIndex> {
        let source = self.sources.get(source).copied().flatten()?;
        self.records.get(&(source, row)).copied()
    }
}
