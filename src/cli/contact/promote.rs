//! `convert`: a lead becomes a user, a new one or (`--into`) one that exists.

use super::args::{AssignmentArgs, ConvertArgs};
use super::create::{Typed, check, typed};
use super::find::one;
use super::session::{Consent, Session};
use super::{Noun, merge, show, values};
use crate::cli::Outcome;
use crate::cli::exit::{self, Exit};
use crate::contact::Role;
use crate::intercom::{Error, ReadWorkspace, WriteWorkspace};
use crate::report::visible;

/// Runs `convert`.
pub(super) async fn run(session: &Session<'_>, noun: Noun, arguments: &ConvertArgs) -> Outcome {
    if let Some(into) = &arguments.into {
        let wanted = merge::Wanted { who: &arguments.who, into, preview: arguments.preview };
        return merge::run(session, noun, wanted, arguments.write.yes).await;
    }
    if noun == Noun::User {
        return Err(exit::usage("a user is what leads are converted into, and never becomes a lead again"));
    }
    let lead = one(session, Noun::Lead, &arguments.who).await?;
    // The values are those of the user it becomes
    let Typed { mut values, .. } = typed(session, Noun::User, &arguments.values, &AssignmentArgs::default()).await?;
    values.retain(|assigned| !assigned.is_held_by(&lead));
    if lead.email.is_none() && arguments.values.email.is_none() && arguments.values.external_id.is_none() {
        return Err(exit::usage("a user needs --external-id or an e-mail address, and this lead has none"));
    }
    if let Some(external_id) = &arguments.values.external_id {
        match session.client.contact_by_external_id(external_id).await {
            Ok(user) => {
                return Err(exit::usage(format!(
                    "a user with this external id exists: {}; to merge the lead into it: leadfold lead convert {} --into {}",
                    show::line(&user),
                    visible(&arguments.who),
                    user.id.0
                )));
            }
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut what = vec![format!("make a user of {}, which keeps its id:", show::line(&lead))];
    what.extend(values.iter().map(|one| format!("  {:<24} {}", one.name.shown(), show::value(Some(&one.value)))));
    what.push("a user counts and is messaged differently from a lead, and never becomes a lead again".to_owned());
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    let mut patch = values::patch(&values);
    patch.standard.insert("role".to_owned(), "user".into());
    writer.send("make a user of a lead", &[&lead], writer.client.update(&lead.id, &patch)).await?;
    let user = session.client.contact(&lead.id).await?;
    check(&user, Role::User, &values)?;
    show::result(session, "convert", &user).await?;
    Ok(Exit::Done)
}
