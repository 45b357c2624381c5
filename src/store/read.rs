//! Tables → plan.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::Error;
use super::content::Records;
use super::row::{ACTION, EXPECTED, GROUP, action, expected, pair, reject, said_group, term, veto};
use super::value::{Place, counted, if_there, refused};
use crate::contact::{Compact, Packed, Record, SourceId};
use crate::ingest::{ColumnMapping, Reject, Source};
use crate::link::{
    Band, BlockingReport, Golden, Group, KeyReport, LevelWeight, Linkage, MatchWeight, Model, RecordIndex, ScoredPair,
    Term, Veto, merged_fields,
};
use crate::plan::{Action, Header, NeededAttribute, Plan, RowPlan};

/// The survivor's reason of a contact alone, as linking words it.
const ALONE: &str = "the only record";

pub(super) struct Reader<'a> {
    pub(super) connection: &'a Connection,
    pub(super) path: &'a Path,
}

impl<'a> Reader<'a> {
    pub(super) fn plan(&self) -> Result<Plan, Error> {
        let records = self.records()?;
        let rows = self.expected()?;
        let model = self.model()?;
        Ok(Plan {
            header: self.header()?,
            sources: self.sources()?,
            rejects: self.rejects()?,
            linkage: Linkage {
                groups: self.groups(&records, &rows)?,
                pairs: self.pairs(&model)?,
                vetoes: self.vetoes()?,
                model,
                blocking: self.blocking()?,
            },
            actions: self.actions()?,
            records,
            rows,
            attributes: self.attributes()?,
            forecast: self.place("meta").parse_json(&self.required_meta("forecast")?)?,
        })
    }

    pub(super) fn header(&self) -> Result<Header, Error> {
        let place = self.place("meta");
        Ok(Header {
            tool_version: self.required_meta("tool_version")?,
            made_at: place.parse_json(&self.required_meta("made_at")?)?,
            workspace: self.meta("workspace")?.map(|text| place.parse_json(&text)).transpose()?,
            api_version: self.required_meta("api_version")?,
            settings: place.parse_json(&self.required_meta("settings")?)?,
        })
    }

    pub(super) fn meta(&self, key: &str) -> Result<Option<String>, Error> {
        self.connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
            .optional()
            .map_err(|source| refused(self.path, source))
    }

    fn required_meta(&self, key: &str) -> Result<String, Error> {
        self.meta(key)?.ok_or_else(|| refused(self.path, rusqlite::Error::QueryReturnedNoRows))
    }

    pub(super) fn place(&self, table: &'static str) -> Place<'a> {
        Place::new(self.path, table)
    }

    /// Every row of a query, turned into values.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        mut make: impl FnMut(&Row<'_>) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Error> {
        let refuse = |source| refused(self.path, source);
        let mut statement = self.connection.prepare_cached(sql).map_err(refuse)?;
        let mut rows = statement.query(parameters).map_err(refuse)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(refuse)? {
            found.push(make(row).map_err(|failure| match failure {
                Failure::Sqlite(source) => refuse(source),
                Failure::Value(error) => error,
            })?);
        }
        Ok(found)
    }

    pub(super) fn sources(&self) -> Result<Vec<Source>, Error> {
        let place = self.place("inputs");
        let mut columns = self
            .all("SELECT * FROM columns ORDER BY source, position", [], |row| {
                let mapping = ColumnMapping {
                    column: row.get("number")?,
                    header: row.get("header")?,
                    field: place.parse_word(row.get("field")?)?,
                    mapped_by: place.parse_word(row.get("mapped_by")?)?,
                    filled: counted(row.get("filled")?),
                    invalid: counted(row.get("invalid")?),
                };
                Ok((row.get::<_, u16>("source")?, mapping))
            })?
            .into_iter()
            .peekable();
        self.all("SELECT * FROM inputs ORDER BY source", [], |row| {
            let id: u16 = row.get("source")?;
            Ok(Source {
                id: SourceId(id),
                name: row.get("name")?,
                kind: place.parse_word(row.get("kind")?)?,
                side: place.parse_word(row.get("side")?)?,
                bytes: counted(row.get("bytes")?),
                sha256: row.get("sha256")?,
                compression: place.parse_word(row.get("compression")?)?,
                encoding: place.parse_word(row.get("encoding")?)?,
                encoding_certain: row.get("encoding_certain")?,
                delimiter: place.parse_word(row.get("delimiter")?)?,
                preset: row.get("preset")?,
                columns: taken(&mut columns, &id),
                rows: counted(row.get("rows")?),
                rejected: counted(row.get("rejected")?),
                notes: place.parse_json(&row.get::<_, String>("notes")?)?,
            })
        })
    }

    fn records(&self) -> Result<Packed<Record>, Error> {
        let mut records = Records::new(self.place("rows"));
        self.all("SELECT * FROM rows ORDER BY record", [], |row| records.record(row)).map(Packed::from)
    }

    fn rejects(&self) -> Result<Vec<Reject>, Error> {
        let place = self.place("rejects");
        self.all("SELECT * FROM rejects ORDER BY number", [], |row| reject(place, row))
    }

    pub(super) fn model(&self) -> Result<Model, Error> {
        let place = self.place("model");
        let model: Model = place.parse_json(&self.required_meta("model")?)?;
        let levels = self.all("SELECT * FROM model ORDER BY position", [], |row| {
            Ok(LevelWeight {
                comparison: place.parse_word(row.get("comparison")?)?,
                level: row.get("level")?,
                m: row.get("m")?,
                u: row.get("u")?,
                weight: MatchWeight(row.get("weight")?),
                learned: if_there(row, "learned")?,
            })
        })?;
        Ok(Model { levels, ..model })
    }

    pub(super) fn blocking(&self) -> Result<BlockingReport, Error> {
        let place = self.place("blocking");
        let keys = self.all("SELECT * FROM blocking ORDER BY position", [], |row| {
            Ok(KeyReport {
                key: place.parse_word(row.get("blocking_key")?)?,
                pairs: counted(row.get("pairs")?),
                new: counted(row.get("new_pairs")?),
                alone: counted(if_there(row, "alone")?),
            })
        })?;
        let place = self.place("meta");
        Ok(BlockingReport {
            candidates: place.parse_json(&self.required_meta("candidates")?)?,
            keys,
            left_out: place.parse_json(&self.required_meta("candidates_left_out")?)?,
            // Plans of earlier versions have none.
            contradicted: self.meta("candidates_contradicted")?.map_or(Ok(0), |count| place.parse_json(&count))?,
        })
    }

    fn pairs(&self, model: &Model) -> Result<Vec<ScoredPair>, Error> {
        let place = self.place("terms");
        let terms: BTreeMap<i64, Term> = self
            .all("SELECT term, comparison, level, weight FROM terms", [], |row| Ok((row.get(0)?, term(place, row)?)))?
            .into_iter()
            .collect();
        let place = self.place("pairs");
        self.all("SELECT * FROM pairs ORDER BY pair", [], |row| {
            let (pair, numbers) = pair(place, row, model.prior)?;
            let found: Option<Vec<Term>> = numbers.iter().map(|number| terms.get(number).cloned()).collect();
            let terms = found.ok_or_else(|| Failure::Value(place.broken("a pair names a term that is not there")))?;
            Ok(ScoredPair { terms, ..pair })
        })
    }

    fn vetoes(&self) -> Result<Vec<Veto>, Error> {
        let place = self.place("vetoes");
        self.all("SELECT * FROM vetoes ORDER BY number", [], |row| veto(place, row))
    }

    /// Members are the rows of a group, in order; a group that has no row of its own is a contact alone.
    fn groups(&self, records: &Packed<Record>, rows: &[RowPlan]) -> Result<Vec<Group>, Error> {
        let mut members: BTreeMap<u32, Vec<RecordIndex>> = BTreeMap::new();
        for row in rows {
            members.entry(row.group).or_default().push(row.record);
        }
        let loose: BTreeMap<RecordIndex, MatchWeight> = self
            .all("SELECT record, weight FROM loose", [], |row| {
                Ok((RecordIndex(row.get(0)?), MatchWeight(row.get(1)?)))
            })?
            .into_iter()
            .collect();
        let place = self.place("groups");
        let said = self.all(&format!("SELECT {GROUP} ORDER BY group_id"), [], |row| {
            let id: u32 = row.get("group_id")?;
            let members = members.remove(&id).unwrap_or_default();
            let waiting = |record| loose.get(&record).copied();
            let (mut group, fields) = said_group(place, row, members, waiting)?;
            let survivor = group.golden.survivor;
            let fields = fields.unwrap_or_else(|| merged_fields(records, group.core(), survivor));
            group.golden.fields = fields.into();
            Ok(group)
        })?;
        let alone = members.into_iter().filter_map(|(id, members)| Some(plain(id, *members.first()?)));
        let mut groups: Vec<Group> = said.into_iter().chain(alone).collect();
        groups.sort_by_key(|group| group.id);
        Ok(groups)
    }

    fn actions(&self) -> Result<Vec<Action>, Error> {
        let place = self.place("actions");
        self.all(&format!("SELECT {ACTION} ORDER BY action"), [], |row| action(place, row))
    }

    fn expected(&self) -> Result<Vec<RowPlan>, Error> {
        let place = self.place("expected");
        self.all(&format!("SELECT {EXPECTED} ORDER BY record"), [], |row| expected(place, row))
    }

    pub(super) fn attributes(&self) -> Result<Vec<NeededAttribute>, Error> {
        self.all("SELECT name, actions FROM attributes ORDER BY position", [], |row| {
            Ok(NeededAttribute { name: row.get(0)?, actions: counted(row.get(1)?) })
        })
    }
}

/// A contact alone.
pub(super) fn plain(id: u32, member: RecordIndex) -> Group {
    Group {
        id,
        members: vec![member],
        loose: Vec::new(),
        band: Band::Single,
        weight: None,
        review_reason: None,
        golden: Golden { survivor: member, reason: ALONE.into(), fields: Compact::default() },
    }
}

/// Whether a group is a contact alone of whom there is nothing else to say.
pub(super) fn is_plain(group: &Group) -> bool {
    matches!(group.members.as_slice(), [only] if plain(group.id, *only) == *group)
}

/// A row that could not be turned into a value.
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    Value(Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Value(error)
    }
}

/// The parts that belong to `owner`, from a list ordered by owner.
fn taken<K: PartialOrd, T>(parts: &mut std::iter::Peekable<impl Iterator<Item = (K, T)>>, owner: &K) -> Vec<T> {
    let mut found = Vec::new();
    while parts.next_if(|(key, _)| key < owner).is_some() {}
    while let Some((_, part)) = parts.next_if(|(key, _)| key == owner) {
        found.push(part);
    }
    found
}
