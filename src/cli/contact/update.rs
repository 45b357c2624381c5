//! `update`: attributes of one contact.

use super::Noun;
use super::args::{AssignmentArgs, UpdateArgs, ValueArgs};
use super::create::{Typed, attribute_lines, check, make_attributes, typed};
use super::find::one;
use super::session::{Consent, Session};
use super::{show, steps, values};
use crate::cli::Outcome;
use crate::cli::exit::{self, Exit};
use crate::intercom::{ReadWorkspace, WriteWorkspace};

/// Runs `update`.
pub(super) async fn run(session: &Session<'_>, noun: Noun, arguments: &UpdateArgs) -> Outcome {
    if arguments.more.assignments.is_empty() {
        return Err(exit::usage("nothing to set: write NAME=VALUE, for instance name=Plato"));
    }
    let before = one(session, noun, &arguments.who).await?;
    let more = AssignmentArgs {
        assignments: steps::resolve(&arguments.more.assignments, &before)?,
        create_attributes: arguments.more.create_attributes,
    };
    let Typed { mut values, new_attributes } = typed(session, noun, &ValueArgs::default(), &more).await?;
    values.retain(|assigned| !assigned.is_held_by(&before));
    if values.is_empty() {
        session.printer.say("nothing to change: it is so already");
        show::result(session, "nothing", &before).await?;
        return Ok(Exit::Done);
    }
    let mut what: Vec<String> = attribute_lines(&new_attributes).collect();
    what.push(format!("update {}:", show::line(&before)));
    what.extend(values.iter().map(|assigned| {
        let (held, wanted) = (assigned.name.held_by(&before), show::value(Some(&assigned.value)));
        format!("  {:<24} {} → {wanted}", assigned.name.shown(), show::value(held.as_ref()))
    }));
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    make_attributes(&writer, &new_attributes).await?;
    let patch = values::patch(&values);
    writer.send("update", &[&before], writer.client.update(&before.id, &patch)).await?;
    let after = session.client.contact(&before.id).await?;
    check(&after, before.role, &values)?;
    show::result(session, "update", &after).await?;
    Ok(Exit::Done)
}
