//! What must hold before the first write. Whatever fails here leaves the workspace untouched.

use super::request::Request;
use super::value::AttributeTypes;
use super::{Clock, Error, Options};
use crate::intercom::{DataAttribute, DataType, Disposition, Me, ReadWorkspace, WriteWorkspace};
use crate::plan::{ActionId, NeededAttribute, Places, WorkspaceBinding};
use crate::store::{Attempt, AttemptId, AttemptResult, JournalEntry, PlanFile};

/// What was found out.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub(super) me: Me,
    pub(super) workspace: WorkspaceBinding,
    pub(super) attributes: Vec<DataAttribute>,
    /// The custom attributes that keep values which would be lost (`--keep`); `None` when those are dropped.
    pub(super) keeping: Option<Places>,
    /// The custom attribute that names a created contact's row (`--import-mark`).
    pub(super) mark: Option<String>,
    /// Custom attributes that have to be made first.
    pub(super) to_create: Vec<String>,
}

impl Ready {
    pub(super) fn types(&self) -> AttributeTypes {
        AttributeTypes::new(&self.attributes)
    }
}

/// Checks the seal, the workspace, the guardrails and the custom attributes. Only reads. `known` is the workspace when
/// it was asked for already.
pub(super) async fn check(
    plan_file: &PlanFile,
    workspace: &impl ReadWorkspace,
    options: &Options,
    known: Option<&Me>,
) -> Result<Ready, Error> {
    plan_file.verify_seal()?;
    let (header, needed, tally) = (plan_file.header()?, plan_file.needed_attributes()?, plan_file.tally()?);
    let me = match known {
        Some(me) => me.clone(),
        None => workspace.me().await?,
    };
    let found = binding(&me);
    if let Some(planned) = header.workspace
        && planned.id != found.id
    {
        return Err(Error::OtherWorkspace {
            planned: planned.id,
            planned_name: planned.name,
            found: found.id,
            found_name: found.name,
        });
    }
    let contacts = if options.limits.need_workspace_size() { workspace.list(None).await?.total_count } else { None };
    let open = |kind| tally.iter().filter(|tally| tally.kind == kind).map(|tally| tally.open).sum();
    options.limits.check(open, contacts).map_err(Error::Guardrail)?;
    let attributes = if needed.is_empty() { Vec::new() } else { workspace.data_attributes().await? };
    let to_create = missing_attributes(&needed, &attributes)?;
    if !to_create.is_empty() && !options.create_attributes {
        return Err(Error::MissingAttributes { names: to_create });
    }
    let setting = |name: &str| header.settings.get(name)?.get("value")?.as_str();
    let keeping = match setting("plan.keep") {
        Some("drop") => None,
        Some("attribute") => Some(places(&header.settings)),
        _ => Some(Places::default()),
    };
    if let Some(places) = &keeping {
        check_places(places, &attributes)?;
    }
    let mark = setting("plan.import_mark").map(str::to_owned);
    Ok(Ready { me, workspace: found, attributes, keeping, mark, to_create })
}

/// Which attributes keep discarded values, as the plan was told.
fn places(settings: &serde_json::Value) -> Places {
    let told = settings.get("plan.keep_attributes").and_then(|entry| entry.get("value")).cloned();
    let told = told.and_then(|told| serde_json::from_value(told).ok());
    told.map_or_else(Places::default, |told| Places::new(&told))
}

/// An attribute that keeps discarded values is a list of texts.
fn check_places(places: &Places, found: &[DataAttribute]) -> Result<(), Error> {
    let is_place = |attribute: &&DataAttribute| attribute.custom && places.names().any(|name| name == attribute.name);
    let no_text = found.iter().filter(is_place).filter(|attribute| attribute.data_type != DataType::String);
    let names: Vec<String> = no_text.map(|attribute| attribute.name.clone()).collect();
    if names.is_empty() { Ok(()) } else { Err(Error::NoText { names }) }
}

/// The workspace a token belongs to.
pub(super) fn binding(me: &Me) -> WorkspaceBinding {
    WorkspaceBinding { id: me.workspace_id.clone(), name: me.workspace_name.clone(), region: me.region.clone() }
}

/// Names of needed attributes the workspace lacks; an error when one exists but cannot be written.
fn missing_attributes(needed: &[NeededAttribute], found: &[DataAttribute]) -> Result<Vec<String>, Error> {
    let (mut missing, mut closed) = (Vec::new(), Vec::new());
    for needed in needed {
        match found.iter().find(|attribute| attribute.custom && attribute.name == needed.name) {
            None => missing.push(needed.name.clone()),
            Some(attribute) if attribute.archived || !attribute.api_writable => closed.push(needed.name.clone()),
            Some(_) => {}
        }
    }
    if closed.is_empty() { Ok(missing) } else { Err(Error::ClosedAttributes { names: closed }) }
}

/// The action that requests belong to which serve the whole plan.
const NO_ACTION: ActionId = ActionId(0);

/// Makes the missing custom attributes, as text, journalled like every other write. Returns how many requests it took.
pub(super) async fn make_attributes(
    plan_file: &mut PlanFile,
    workspace: &impl WriteWorkspace,
    ready: &mut Ready,
    clock: &dyn Clock,
) -> Result<u64, Error> {
    let mut sent = 0;
    for name in std::mem::take(&mut ready.to_create) {
        let id = AttemptId(plan_file.last_attempt()?.map_or(1, |AttemptId(number)| number + 1));
        plan_file.record(&[JournalEntry::Intent(Attempt {
            id,
            action: NO_ACTION,
            step: 0,
            request: Request::CreateAttribute.to_string(),
            intended_at: clock.now(),
            result: None,
            ended_at: None,
            request_id: None,
        })])?;
        sent += 1;
        let answer = workspace.create_data_attribute(&name, DataType::String).await;
        let result = match &answer {
            Ok(_) => AttemptResult::Done { id: None },
            Err(error) if error.disposition() == Disposition::InDoubt => {
                AttemptResult::InDoubt { message: error.to_string() }
            }
            Err(error) => AttemptResult::NotDone { message: error.to_string() },
        };
        let request_id = answer.as_ref().err().and_then(|error| error.request_id().map(str::to_owned));
        plan_file.record(&[JournalEntry::Result { id, result, at: clock.now(), request_id }])?;
        match answer {
            Ok(attribute) => ready.attributes.push(attribute),
            Err(error) if error.disposition() == Disposition::InDoubt => {
                // The answer was lost: the list of attributes tells
                ready.attributes = workspace.data_attributes().await?;
                if !ready.types().contains(&name) {
                    return Err(error.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(sent)
}
