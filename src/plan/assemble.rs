//! The parts of a run → a plan.

use super::hold_back::{costed, hold_large};
use super::mark::decide_and_mark;
use super::{Forecast, Header, Options, Plan};
use crate::contact::{Packed, Record};
use crate::ingest::{Ingested, Reject, Source};
use crate::link::Linkage;

/// All inputs of a run, one after the other. [`crate::link::RecordIndex`] counts in `records`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    /// What each input is.
    pub sources: Vec<Source>,
    /// Accepted rows of all inputs.
    pub records: Packed<Record>,
    /// Rejected rows of all inputs.
    pub rejects: Vec<Reject>,
}

impl Inputs {
    /// Puts what each input gave one after the other.
    #[must_use]
    pub fn gather(ingested: impl IntoIterator<Item = Ingested>) -> Self {
        let mut inputs = Self::default();
        for one in ingested {
            inputs.sources.push(one.source);
            inputs.records.append(one.records);
            inputs.rejects.extend(one.rejects);
        }
        inputs
    }
}

/// Lets the saved rules choose values, decides every group of `linkage`, which was made from exactly `inputs.records`, and
/// forecasts the cost. Certain groups of more members than the options allow are held back for a person.
#[must_use]
pub fn assemble(header: Header, inputs: Inputs, mut linkage: Linkage, options: &Options) -> Plan {
    let Inputs { sources, records, rejects } = inputs;
    options.rules.by_attribute().settle_all(&records, &mut linkage.groups);
    let (actions, rows) = decide_and_mark(&records, &sources, &linkage, options);
    let (attributes, forecast) = (Vec::new(), Forecast::default());
    let plan = Plan { header, sources, records, rejects, linkage, actions, rows, attributes, forecast };
    costed(hold_large(plan, options), options.window_limit)
}
