//! The tables of a plan file. `docs/plan-file.md` says what every column means, and a test holds the two together.
//!
//! Columns hold what a person would search or count by; where a value has more to it, a column of JSON holds the rest,
//! so that a plan reads back exactly as it was written. Nothing is written that follows from the rest: groups of one
//! contact, a merged record that is what its members give, texts that were there before.

/// `PRAGMA application_id`: the bytes "lead", so that `file` and other tools can tell a plan from any other database.
pub(super) const APPLICATION_ID: i64 = 0x6c65_6164;

/// `PRAGMA user_version`: the format this program writes, and the newest it reads. Format 1 differs in its seal alone.
pub(super) const FORMAT: i64 = 2;

/// Tables the seal covers, in its order, with the columns each is ordered by. Of `meta` the keys in [`UNSEALED_KEYS`] are left out.
pub(super) const SEALED: [(&str, &str); 16] = [
    ("meta", "key"),
    ("inputs", "source"),
    ("columns", "source, position"),
    ("rows", "record"),
    ("rejects", "number"),
    ("model", "position"),
    ("blocking", "position"),
    ("terms", "term"),
    ("pairs", "pair"),
    ("reasons", "reason"),
    ("vetoes", "number"),
    ("groups", "group_id"),
    ("loose", "record"),
    ("actions", "action"),
    ("expected", "record"),
    ("attributes", "position"),
];

/// Keys of `meta` that may change after the plan was made.
pub(super) const UNSEALED_KEYS: [&str; 2] = ["seal", "workspace"];

/// Everything, in one batch.
pub(super) const CREATE: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE inputs (
    source INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, side TEXT NOT NULL, bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL, compression TEXT NOT NULL, encoding TEXT NOT NULL, encoding_certain INTEGER NOT NULL,
    delimiter TEXT NOT NULL, preset TEXT, rows INTEGER NOT NULL, rejected INTEGER NOT NULL, notes TEXT NOT NULL
);
CREATE TABLE columns (
    source INTEGER NOT NULL, position INTEGER NOT NULL, number INTEGER NOT NULL, header TEXT NOT NULL,
    field TEXT NOT NULL, mapped_by TEXT NOT NULL, filled INTEGER NOT NULL, invalid INTEGER NOT NULL,
    PRIMARY KEY (source, position)
) WITHOUT ROWID;
CREATE TABLE rows (
    record INTEGER PRIMARY KEY, source INTEGER NOT NULL, row INTEGER NOT NULL, line INTEGER NOT NULL,
    side TEXT NOT NULL, role TEXT, contact TEXT, external_id TEXT, email TEXT, name TEXT, phone TEXT, company TEXT,
    content TEXT
);
CREATE TABLE rejects (
    number INTEGER PRIMARY KEY, source INTEGER NOT NULL, row INTEGER NOT NULL, line INTEGER NOT NULL,
    column_number INTEGER, column_name TEXT, reason TEXT NOT NULL, message TEXT NOT NULL, suggestion TEXT NOT NULL,
    cells TEXT NOT NULL
);
CREATE TABLE model (
    position INTEGER PRIMARY KEY, comparison TEXT NOT NULL, level TEXT NOT NULL, m REAL NOT NULL, u REAL NOT NULL,
    weight REAL NOT NULL, learned INTEGER NOT NULL
);
CREATE TABLE blocking (
    position INTEGER PRIMARY KEY, blocking_key TEXT NOT NULL, pairs INTEGER NOT NULL, new_pairs INTEGER NOT NULL,
    alone INTEGER NOT NULL
);
CREATE TABLE terms (term INTEGER PRIMARY KEY, comparison TEXT NOT NULL, level TEXT NOT NULL, weight REAL NOT NULL);
CREATE TABLE pairs (
    pair INTEGER PRIMARY KEY, left_record INTEGER NOT NULL, right_record INTEGER NOT NULL, weight REAL NOT NULL,
    prior REAL, found_by TEXT NOT NULL, terms TEXT NOT NULL
);
CREATE TABLE reasons (reason INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE vetoes (
    number INTEGER PRIMARY KEY, left_record INTEGER NOT NULL, right_record INTEGER NOT NULL, weight REAL NOT NULL,
    reason TEXT NOT NULL, between_left INTEGER NOT NULL, between_right INTEGER NOT NULL
);
CREATE TABLE groups (
    group_id INTEGER PRIMARY KEY, size INTEGER NOT NULL, band TEXT NOT NULL, weight REAL, survivor INTEGER NOT NULL,
    survivor_reason INTEGER NOT NULL, review_reason INTEGER, golden TEXT
);
CREATE TABLE loose (record INTEGER PRIMARY KEY, weight REAL NOT NULL);
CREATE TABLE actions (
    action INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, kind TEXT NOT NULL, contact TEXT, created_by INTEGER,
    irreversible INTEGER NOT NULL, reason INTEGER NOT NULL, needs TEXT, body TEXT NOT NULL
);
CREATE TABLE expected (
    record INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, outcome TEXT NOT NULL, reason INTEGER NOT NULL, actions TEXT
);
CREATE TABLE attributes (position INTEGER PRIMARY KEY, name TEXT NOT NULL, actions INTEGER NOT NULL);
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, verdict TEXT NOT NULL, decided_at INTEGER NOT NULL,
    remark TEXT, body TEXT NOT NULL
);
CREATE TABLE attempts (
    attempt INTEGER PRIMARY KEY, action INTEGER NOT NULL, step INTEGER NOT NULL, request TEXT NOT NULL,
    intended_at INTEGER NOT NULL, result TEXT, detail TEXT, ended_at INTEGER, request_id TEXT
);
CREATE TABLE before_images (contact TEXT PRIMARY KEY, read_at INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE action_states (action INTEGER PRIMARY KEY, state TEXT NOT NULL, contact TEXT, message TEXT);
CREATE TABLE outcomes (record INTEGER PRIMARY KEY, outcome TEXT NOT NULL, contact TEXT, message TEXT NOT NULL);
CREATE TABLE runs (number INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER, summary TEXT NOT NULL);

CREATE VIEW evidence AS
    SELECT pair, part.key + 1 AS position, comparison, level, weight
    FROM (SELECT pair, terms AS parts FROM pairs) AS pairs, json_each(parts) AS part JOIN terms ON term = part.value;
CREATE VIEW members AS
    SELECT group_id, row_number() OVER (PARTITION BY group_id ORDER BY record) AS position, record,
        loose.weight AS loose_weight
    FROM expected LEFT JOIN loose USING (record);
CREATE VIEW changes AS
    SELECT action, change.key + 1 AS position,
        coalesce(json_extract(change.value, '$.attribute.standard'),
            'custom:' || json_extract(change.value, '$.attribute.custom')) AS attribute,
        json_extract(change.value, '$.before') AS before, json_extract(change.value, '$.after') AS after,
        json_extract(change.value, '$.from') AS record
    FROM actions, json_each(body, CASE kind WHEN 'create' THEN '$.values' ELSE '$.changes' END) AS change
    WHERE kind IN ('create', 'update');
CREATE VIEW overview AS
    SELECT record, inputs.name AS input, row, rows.side, rows.role, contact, rows.name, email, phone, company, group_id,
        coalesce(band, 'single') AS band, groups.weight, coalesce(record = survivor, 1) AS survives,
        expected.outcome AS expected, reasons.text AS reason, outcomes.outcome AS became
    FROM rows JOIN inputs USING (source) LEFT JOIN expected USING (record) LEFT JOIN groups USING (group_id)
        LEFT JOIN reasons ON reasons.reason = expected.reason
        LEFT JOIN (SELECT record, outcome FROM outcomes) AS outcomes USING (record);
";
