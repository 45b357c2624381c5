//! leadfold: from messy contact exports to a clean Intercom workspace, with a plan in between.
//!
//! # The pipeline
//!
//! ```text
//! file ─ingest→ records ─link→ groups ─plan→ actions ─store→ plan file ─apply→ outcomes
//!        └ rejects                └ vetoes, evidence            └ decisions, journal, before-images
//! ```
//!
//! 1. [`ingest`] turns bytes into records. A bad row becomes a [`ingest::Reject`]; rows in = records + rejects.
//! 2. [`link`] finds the records that are one person and keeps the evidence: comparison by comparison, in bits.
//! 3. [`plan`] decides what to create, update, merge, attach, archive or delete, in which order and why.
//! 4. [`store`] writes that into one SQLite file, whole or not at all. A person reads it: [`report`], [`review`].
//! 5. [`apply`] carries out exactly that file through [`intercom`], journals every request, and says what became of
//!    every row.
//!
//! Everything up to the plan is pure: no files, no clock, no network; [`cli`] opens the files and hands in readers,
//! writers and the time. Existing contacts and incoming rows are the same [`contact::Record`]s and go the same way.
//! Five things cross a border between phases: [`ingest::Ingested`], [`link::Linkage`], [`plan::Plan`],
//! [`intercom::Snapshot`] and [`plan::Outcome`].
//!
//! # Borders
//!
//! Reading a workspace ([`intercom::ReadWorkspace`]) and changing it ([`intercom::WriteWorkspace`]) are two traits;
//! planning code never sees the second. [`sandbox`] is a pretend Intercom written from the documentation a second time,
//! so that a misreading cannot hide in both. `tests/it/house.rs` holds who may import whom.
//!
//! # Example
//!
//! ```
//! use leadfold::contact::{Side, SourceId};
//! use leadfold::{ingest, link};
//!
//! let list = "E-mail,Name\nann.lee@brightwater.example,Ann Lee\nAnn.Lee@Brightwater.example,\"Lee, Ann\"\n";
//! let ingested = ingest::read(list.as_bytes(), SourceId(0), "list.csv", Side::Incoming, &ingest::Options::default())?;
//! let linkage = link::link(&ingested.records, &link::Options::default());
//! assert_eq!(linkage.groups.len(), 1);
//! # Ok::<(), ingest::Error>(())
//! ```

pub mod contact;

pub mod ingest;

pub mod link;

pub mod plan;

pub mod report;

pub mod store;

pub mod review;

pub mod intercom;

pub mod apply;

pub mod sandbox;

pub mod config;

pub mod cli;
