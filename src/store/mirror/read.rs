//! A mirror from end to end: its contacts in order of their ids, parsed on all threads, and a digest of all of them.

use std::path::Path;

use rayon::prelude::*;
use rusqlite::OptionalExtension;
use sha2::{Digest as _, Sha256};

use super::{Mirror, broken};
use crate::contact::IntercomId;
use crate::intercom::Member;
use crate::store::Error;

/// Contacts that are in memory as text at a time.
const BATCH: usize = 2_048;

/// A SHA-256 over everything a mirror holds of every contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents(pub [u8; 32]);

/// Hashes contacts one after the other, so that no two lists look the same.
#[derive(Default)]
struct Hasher(Sha256);

impl Hasher {
    fn add(&mut self, body: &str) {
        self.0.update((body.len() as u64).to_le_bytes());
        self.0.update(body);
    }

    fn finish(self) -> Contents {
        Contents(self.0.finalize().into())
    }
}

fn member(path: &Path, body: &str) -> Result<Member, Error> {
    serde_json::from_str(body).map_err(|source| Error::Value { path: path.to_owned(), table: "contacts", source })
}

impl Mirror {
    /// Calls `tell` with every contact, in order of their ids.
    pub fn each<E: From<Error>>(&self, mut tell: impl FnMut(&Member) -> Result<(), E>) -> Result<(), E> {
        self.each_made(|_, member| member, |member| tell(&member)).map(drop)
    }

    /// Calls `tell` with what `make` makes of every contact and its place, counted from 0, in order of their ids. Contacts
    /// are parsed and made on all threads. Gives the digest of what was read, as [`Self::contents`] does.
    pub fn each_made<T: Send, E: From<Error>>(
        &self,
        make: impl Fn(usize, Member) -> T + Sync,
        mut tell: impl FnMut(T) -> Result<(), E>,
    ) -> Result<Contents, E> {
        let path = self.path.as_path();
        let parse = |(place, body): (usize, String)| Ok(make(place, member(path, &body)?));
        let mut hasher = Hasher::default();
        let mut batch = Vec::with_capacity(BATCH);
        let mut pass_on = |batch: &mut Vec<(usize, String)>| {
            let results: Vec<Result<T, Error>> = std::mem::take(batch).into_par_iter().map(parse).collect();
            results.into_iter().try_for_each(|one| tell(one?))
        };
        let mut place = 0;
        self.bodies(|body| {
            hasher.add(body);
            batch.push((place, body.to_owned()));
            place += 1;
            if batch.len() == BATCH { pass_on(&mut batch) } else { Ok(()) }
        })?;
        pass_on(&mut batch)?;
        Ok(hasher.finish())
    }

    /// The digest of everything it holds of every contact.
    pub fn contents(&self) -> Result<Contents, Error> {
        let mut hasher = Hasher::default();
        self.bodies(|body| {
            hasher.add(body);
            Ok::<_, Error>(())
        })?;
        Ok(hasher.finish())
    }

    /// One contact; `None` when it is not there.
    pub fn member(&self, id: &IntercomId) -> Result<Option<Member>, Error> {
        let body: Option<String> = self.one("SELECT body FROM contacts WHERE id = ?1", [&*id.0])?;
        body.map(|body| member(&self.path, &body)).transpose()
    }

    fn bodies<E: From<Error>>(&self, mut tell: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        let refuse = |source| broken(&self.path, source);
        let mut query = self.connection.prepare("SELECT body FROM contacts ORDER BY id").map_err(refuse)?;
        let mut rows = query.query([]).map_err(refuse)?;
        while let Some(row) = rows.next().map_err(refuse)? {
            let body = row.get_ref(0).map_err(refuse)?;
            tell(body.as_str().map_err(|source| refuse(source.into()))?)?;
        }
        Ok(())
    }

    pub(super) fn one<T: rusqlite::types::FromSql>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<Option<T>, Error> {
        let mut query = self.connection.prepare_cached(sql).map_err(|source| broken(&self.path, source))?;
        query.query_row(values, |row| row.get(0)).optional().map_err(|source| broken(&self.path, source))
    }
}
