//! Why an input as a whole cannot be read. A single bad row is never an error: it is a `Reject`.
//!
//! Messages name the input, say what is wrong, where, and what to do next. They may name columns, never values of rows.

/// A run that cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes could not be read.
    #[error("{input}: cannot be read: {source}")]
    Io {
        /// The input's name.
        input: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// No bytes, or nothing but white space.
    #[error("{input}: the file is empty; export it again, or check that this is the file you meant")]
    Empty {
        /// The input's name.
        input: String,
    },
    /// A header and nothing below it.
    #[error(
        "{input}: there is a header on line {line} but no row below it; export it again with contacts in it, or leave it out"
    )]
    NoRows {
        /// The input's name.
        input: String,
        /// Line of the header, starting at 1.
        line: u64,
    },
    /// A known format that is no text table.
    #[error("{input}: this is {format}, not a CSV file; {advice}")]
    NotText {
        /// The input's name.
        input: String,
        /// What it is, with its article.
        format: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// Compressed data that ends early or is damaged.
    #[error("{input}: the gzip data {problem}; copy or download the file again")]
    Gzip {
        /// The input's name.
        input: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The first row holds values instead of column names.
    #[error(
        "{input}: line {line} looks like a contact, not like column names; add a first line that names the columns, such as: Name,Email,Phone"
    )]
    NoHeader {
        /// The input's name.
        input: String,
        /// Line where the header was expected.
        line: u64,
    },
    /// The header itself cannot be read.
    #[error("{input}: the header on line {line} cannot be read: {problem}; mend that line and try again")]
    BadHeader {
        /// The input's name.
        input: String,
        /// Line of the header.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// Two columns with one name.
    #[error(
        "{input}: column '{header}' occurs more than once (columns {positions}); rename all but one in the file, or say what each is by its position: --map '#{last}=ignore'"
    )]
    DuplicateHeader {
        /// The input's name.
        input: String,
        /// The name.
        header: String,
        /// The positions, as "2 and 5".
        positions: String,
        /// The last of the positions.
        last: u32,
    },
    /// Two columns claim a field that takes one value.
    #[error("{input}: {count} columns could be the {field}: {columns}; choose one with --map: {choices}")]
    Ambiguous {
        /// The input's name.
        input: String,
        /// The field, as in `--map`.
        field: String,
        /// How many columns claim it.
        count: usize,
        /// The columns with their positions.
        columns: String,
        /// The ways out, as flags.
        choices: String,
    },
    /// `--map` names a column that the input does not have.
    #[error("{input}: --map names the column '{column}', but there is none; {hint}")]
    UnknownColumn {
        /// The input's name.
        input: String,
        /// The name as given.
        column: String,
        /// The nearest columns, or all of them.
        hint: String,
    },
    /// No column says who a contact is.
    #[error(
        "{input}: no column tells who a contact is (e-mail, name, phone, company or external id); the columns are {columns}; name one with --map, such as: --map '{example}=email'"
    )]
    NoUsableColumn {
        /// The input's name.
        input: String,
        /// The headers.
        columns: String,
        /// The first of them.
        example: String,
    },
    /// A list of existing contacts without their Intercom ids.
    #[error(
        "{input}: a list of existing contacts needs the column with Intercom's id, and none was found; the columns are {columns}; name it with --map 'COLUMN=id', use `leadfold pull` to export the workspace with ids, or give the file as incoming"
    )]
    NoIdColumn {
        /// The input's name.
        input: String,
        /// The headers.
        columns: String,
    },
    /// More rows than positions can count.
    #[error("{input}: more than 4,294,967,295 rows; split the file")]
    TooManyRows {
        /// The input's name.
        input: String,
    },
}
