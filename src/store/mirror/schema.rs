//! The tables of a mirror.

/// `PRAGMA application_id`: the bytes "ldmr".
pub(super) const APPLICATION_ID: i64 = 0x6c64_6d72;

/// `PRAGMA user_version`: the format this program writes, and the newest it reads.
pub(super) const FORMAT: i64 = 1;

/// Everything, in one batch. `full` is the number of the full reading that came across the contact last.
pub(super) const CREATE: &str = "
BEGIN;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE contacts (
    id TEXT PRIMARY KEY, role TEXT NOT NULL, updated_at INTEGER, full INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE departed (
    id TEXT PRIMARY KEY, fate TEXT NOT NULL, merged_into TEXT, noticed_at INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE companies (id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE custom_names (name TEXT PRIMARY KEY) WITHOUT ROWID;
PRAGMA application_id = 0x6c646d72;
PRAGMA user_version = 1;
COMMIT;
";
