//! Some groups of a plan file as a plan of their own: only they and the records they speak of are in it, numbered anew in
//! the same order.

use super::super::content::Records;
use super::super::row::{ACTION, GROUP, action, pair, said_group, term, veto};
use super::super::{Error, PlanFile};
use super::{Survey, under};
use crate::contact::Record;
use crate::link::{GoldenField, Group, RecordIndex, ScoredPair, Term, Veto, merged_fields};
use crate::plan::{Action, Plan};
use crate::report::Depth;

/// Records by their number in the file, in order; their place is their number in the excerpt.
struct Numbering(Vec<u32>);

impl Numbering {
    fn new(mut records: Vec<u32>) -> Self {
        records.sort_unstable();
        records.dedup();
        Self(records)
    }

    /// The new number. A record that is not there, in a damaged plan, gets one that nobody has.
    fn of(&self, record: RecordIndex) -> RecordIndex {
        let place = self.0.binary_search(&record.0).ok().and_then(|place| u32::try_from(place).ok());
        RecordIndex(place.unwrap_or(u32::MAX))
    }

    fn golden(&self, fields: &mut [GoldenField]) {
        for field in fields {
            field.from = self.of(field.from);
            field.alternatives.iter_mut().for_each(|other| other.from = self.of(other.from));
        }
    }

    fn veto(&self, veto: &Veto) -> Veto {
        let (one, other) = veto.between;
        Veto {
            left: self.of(veto.left),
            right: self.of(veto.right),
            between: (self.of(one), self.of(other)),
            ..veto.clone()
        }
    }
}

impl Survey {
    /// The groups with those numbers.
    pub(super) fn part(&self, file: &PlanFile, groups: &[u32], depth: Depth) -> Result<Plan, Error> {
        let mut plan = self.frame.clone();
        let members = |group: u32| under(&self.index.members, group);
        let everything = depth == Depth::Everything;
        let vetoes = if everything { self.vetoes(file, groups)? } else { Vec::new() };
        let spoken_of = vetoes.iter().flat_map(|veto| [veto.left.0, veto.right.0, veto.between.0.0, veto.between.1.0]);
        let numbering = Numbering::new(groups.iter().flat_map(|group| members(*group)).chain(spoken_of).collect());

        let mut reading = Records::new(file.reader().place("rows"));
        let mut records: Vec<Record> = Vec::with_capacity(numbering.0.len());
        for record in &numbering.0 {
            let sql = "SELECT * FROM rows WHERE record = ?1";
            records.extend(file.reader().all(sql, [record], |row| reading.record(row))?);
        }
        for group in groups {
            plan.linkage.groups.extend(self.group(file, *group, &numbering, &records)?);
        }
        plan.records = records.into();
        if everything {
            plan.linkage.vetoes = vetoes.iter().map(|veto| numbering.veto(veto)).collect();
            plan.linkage.pairs = self.pairs(file, &numbering)?;
            plan.actions = self.actions_of(file, groups)?;
        }
        Ok(plan)
    }

    fn group(
        &self,
        file: &PlanFile,
        id: u32,
        numbering: &Numbering,
        records: &[Record],
    ) -> Result<Option<Group>, Error> {
        let place = file.reader().place("groups");
        let sql = format!("SELECT {GROUP} WHERE group_id = ?1");
        let mut found = file.reader().all(&sql, [id], |row| {
            let members = under(&self.index.members, id).map(RecordIndex).collect();
            let loose = |record: RecordIndex| self.index.loose.get(&record.0).copied();
            said_group(place, row, members, loose)
        })?;
        let Some((mut group, fields)) = found.pop() else { return Ok(None) };
        group.members.iter_mut().for_each(|member| *member = numbering.of(*member));
        group.loose.iter_mut().for_each(|loose| loose.record = numbering.of(loose.record));
        group.golden.survivor = numbering.of(group.golden.survivor);
        let fields = match fields {
            Some(mut fields) => {
                numbering.golden(&mut fields);
                fields
            }
            None => merged_fields(records, group.core(), group.golden.survivor),
        };
        group.golden.fields = fields.into();
        Ok(Some(group))
    }

    /// Refused joins that speak of a member.
    fn vetoes(&self, file: &PlanFile, groups: &[u32]) -> Result<Vec<Veto>, Error> {
        let members = groups.iter().flat_map(|group| under(&self.index.members, *group));
        let mut numbers: Vec<u32> = members.flat_map(|member| under(&self.index.vetoes, member)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let place = file.reader().place("vetoes");
        let sql = "SELECT * FROM vetoes WHERE number = ?1";
        let found: Result<Vec<Vec<Veto>>, Error> =
            numbers.iter().map(|number| file.reader().all(sql, [number], |row| veto(place, row))).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    fn pairs(&self, file: &PlanFile, numbering: &Numbering) -> Result<Vec<ScoredPair>, Error> {
        let (reader, prior) = (file.reader(), self.frame.linkage.model.prior);
        let (place, of_terms) = (reader.place("pairs"), reader.place("terms"));
        let mut pairs = Vec::new();
        for number in numbering.0.iter().flat_map(|left| under(&self.index.pairs, *left)) {
            let sql = "SELECT * FROM pairs WHERE pair = ?1";
            for (mut scored, terms) in reader.all(sql, [number], |row| pair(place, row, prior))? {
                let sql = "SELECT term, comparison, level, weight FROM terms WHERE term = ?1";
                for number in terms {
                    let found: Vec<Term> = reader.all(sql, [number], |row| term(of_terms, row))?;
                    scored.terms.extend(found);
                }
                (scored.left, scored.right) = (numbering.of(scored.left), numbering.of(scored.right));
                pairs.push(scored);
            }
        }
        Ok(pairs)
    }

    fn actions_of(&self, file: &PlanFile, groups: &[u32]) -> Result<Vec<Action>, Error> {
        let mut numbers: Vec<u32> = groups.iter().flat_map(|group| under(&self.index.actions, *group)).collect();
        numbers.sort_unstable();
        let place = file.reader().place("actions");
        let sql = format!("SELECT {ACTION} WHERE action = ?1");
        let found: Result<Vec<Vec<Action>>, Error> =
            numbers.iter().map(|number| file.reader().all(&sql, [number], |row| action(place, row))).collect();
        Ok(found?.into_iter().flatten().collect())
    }
}
