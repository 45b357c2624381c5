//! Rows, and the evidence of pairs.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Writer;
use super::insert::{Insert, number, perhaps, real, text};
use crate::contact::{Company, Email, Packed, PersonName, Phone, Record, Role, Side};
use crate::link::{BlockingKey, Comparison, Linkage, Pairs, ScoredPair, Term, TermId};
use crate::store::dictionary::{Dictionary, Words};
use crate::store::value::count;
use crate::store::{Error, content};

/// What many pairs share: what comparisons said, and the keys that found them.
type Repeated = (FxHashSet<TermId>, FxHashSet<BlockingKey>);

impl Writer<'_> {
    pub(super) fn records(&self, records: &Packed<Record>) -> Result<(), Error> {
        let place = self.place("rows");
        let (existing, incoming) = (place.word(&Side::Existing)?, place.word(&Side::Incoming)?);
        let (lead, user) = (place.word(&Role::Lead)?, place.word(&Role::User)?);
        let side = |side| if side == Side::Existing { &existing } else { &incoming };
        let role = |role| if role == Role::User { user.as_str() } else { &lead };
        Insert::<13>::begin(self, "rows")?.all(records.len(), |at, told| {
            let record = records.look(at).unwrap_or_default();
            for value in [
                number(count(at as u64)),
                number(record.origin.source.0),
                number(record.origin.row),
                number(count(record.origin.line)),
                text(side(record.side)),
                perhaps(record.role.map(role)),
                perhaps(record.id.as_ref().map(|id| &*id.0)),
                perhaps(record.external_id.as_ref().map(|id| &*id.0)),
                perhaps(record.emails.first().map(Email::address)),
                perhaps(record.name.as_ref().map(PersonName::display)),
                perhaps(record.phones.first().map(Phone::to_send)),
                perhaps(record.companies.first().map(Company::original)),
            ] {
                told.value(value);
            }
            content::tell(place, &record, told)
        })
    }

    /// What comparisons can say comes first, each once; pairs name it by number.
    pub(super) fn pairs(&self, linkage: &Linkage) -> Result<(), Error> {
        let mut comparisons = Words::new(self.place("terms"));
        let mut table = Insert::begin(self, "terms")?;
        let mut known: Dictionary<(Comparison, &str, u64)> = Dictionary::new();
        let mut numbers: Vec<u32> = Vec::with_capacity(linkage.pairs.iter().map(|pair| pair.terms.len()).sum());
        for term in linkage.pairs.iter().flat_map(|pair| &pair.terms) {
            let (term_number, new) = known.number(&(term.comparison, &*term.level, term.weight.0.to_bits()));
            if new {
                let comparison = text(comparisons.of(term.comparison)?);
                table.row([number(term_number), comparison, text(&term.level), real(term.weight.0)])?;
            }
            numbers.push(u32::try_from(term_number).unwrap_or(u32::MAX));
        }
        drop(known);
        self.weighed(linkage, &numbers)
    }

    /// The same of pairs as linking found them: what their comparisons said is numbered in an order of its own.
    pub(super) fn linked_pairs(&self, pairs: &Pairs) -> Result<(), Error> {
        let (said, found_by) = (0..pairs.len())
            .into_par_iter()
            .fold(Repeated::default, |mut all: Repeated, at| {
                all.0.extend(pairs.terms(at));
                all.1.extend(pairs.weighed(at).map(|pair| pair.found_by));
                all
            })
            .reduce(Repeated::default, |mut one, other| {
                one.0.extend(other.0);
                one.1.extend(other.1);
                one
            });
        let mut said: Vec<TermId> = said.into_iter().collect();
        said.par_sort_unstable();
        let mut comparisons = Words::new(self.place("terms"));
        let mut table = Insert::begin(self, "terms")?;
        let mut known: Dictionary<(Comparison, String, u64)> = Dictionary::new();
        let mut numbers: FxHashMap<TermId, u32> = FxHashMap::default();
        for id in said {
            let Term { comparison, level, weight } = id.term();
            let (term_number, new) = known.number(&(comparison, level.clone().into_owned(), weight.0.to_bits()));
            if new {
                let comparison = text(comparisons.of(comparison)?);
                table.row([number(term_number), comparison, text(&level), real(weight.0)])?;
            }
            numbers.insert(id, u32::try_from(term_number).unwrap_or(u32::MAX));
        }
        let word = |key: BlockingKey| Ok((key, self.place("pairs").word(&key)?));
        let words: FxHashMap<BlockingKey, String> = found_by.into_iter().map(word).collect::<Result<_, Error>>()?;
        Insert::<7>::begin(self, "pairs")?.all(pairs.len(), |at, told| {
            let Some(pair) = pairs.weighed(at) else { return Ok(()) };
            for value in [
                number(count(at as u64 + 1)),
                number(pair.left.0),
                number(pair.right.0),
                real(pair.weight.0),
                perhaps(None),
                perhaps(words.get(&pair.found_by).map(String::as_str)),
            ] {
                told.value(value);
            }
            told.numbers(pairs.terms(at).filter_map(|id| numbers.get(&id).copied()));
            Ok(())
        })
    }

    fn weighed(&self, linkage: &Linkage, mut terms: &[u32]) -> Result<(), Error> {
        let mut keys = Words::new(self.place("pairs"));
        let mut table = Insert::begin(self, "pairs")?;
        let mut list = String::new();
        for (pair_number, pair) in (1_i64..).zip(&linkage.pairs) {
            let ScoredPair { left, right, prior, weight, found_by, .. } = pair;
            let (own, rest) = terms.split_at(pair.terms.len());
            terms = rest;
            super::write_list(&mut list, own.iter().copied());
            table.row([
                number(pair_number),
                number(left.0),
                number(right.0),
                real(weight.0),
                if *prior == linkage.model.prior { perhaps(None) } else { real(prior.0) },
                text(keys.of(*found_by)?),
                text(&list),
            ])?;
        }
        Ok(())
    }
}
