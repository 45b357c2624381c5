//! Bringing the mirror of a workspace up to date: everything the first time, what changed afterwards.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::departed;
use super::printer::Printer;
use super::progress::Progress;
use super::signal::Cancel;
use super::state;
use crate::contact::IntercomId;
use crate::intercom::{Client, Error, Me, Names, ReadWorkspace, Snapshot, each_page, news};
use crate::store::{Fate, Mark, Mirror};

/// Contacts that went away and are asked one by one what became of them.
const MOST_ASKED: usize = 100;
/// Seconds before the last reading within which a contact's time of change is not trusted to tell that it is the same: as
/// long as a search may lag, which is more than the clocks differ.
const UNSETTLED: i64 = 15 * 60;
/// A workspace this small is read again as a whole when contacts have gone away: ten requests show which.
const SMALL: u64 = 1_500;

/// What a refresh did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Refreshed {
    /// Whether every contact was read.
    pub(super) full: bool,
    /// Contacts in the mirror now.
    pub(super) contacts: u64,
    /// Contacts that were new or had changed.
    pub(super) changed: u64,
    /// Contacts that were archived, merged or deleted meanwhile and are out of the mirror.
    pub(super) departed: Vec<Departed>,
    /// Contacts the mirror has more (or, negative, fewer) than the server counts.
    pub(super) drift: i64,
    /// Requests sent.
    pub(super) requests: u64,
}

/// A contact that went away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Departed {
    /// Its id.
    pub(super) id: String,
    /// What became of it.
    pub(super) fate: Fate,
}

/// The file of a workspace's mirror.
pub(super) fn path(told: Option<&Path>, workspace: &str) -> anyhow::Result<PathBuf> {
    use anyhow::Context;
    if let Some(told) = told {
        super::file::check_folder_of(told)?;
        return Ok(told.to_owned());
    }
    let folder = state::folder("mirrors");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{}: the folder of mirrors cannot be made", folder.display()))?;
    Ok(folder.join(format!("{}.db", state::file_name(workspace))))
}

/// Opens the mirror of a workspace as this client reads it.
pub(super) fn open(told: Option<&Path>, client: &Client, me: &Me) -> anyhow::Result<Mirror> {
    let mirror = Mirror::open(&path(told, &me.workspace_id)?, &me.workspace_id)?;
    mirror.founded(me.founded_at)?;
    mirror.speak(client.dialect().version().split('.').next().unwrap_or_default())?;
    Ok(mirror)
}

/// Every contact of the workspace, from the mirror, brought up to date first. A plan must neither hold a contact that is
/// gone nor miss a new one, so where the server counts otherwise, everything is read.
pub(super) fn snapshot(
    mut mirror: Mirror,
    client: &Client,
    me: &Me,
    full: bool,
    printer: &Printer,
    cancel: &Cancel,
) -> anyhow::Result<Snapshot> {
    let mut done = cancel.block_on(refresh(&mut mirror, client, me, full, now(), printer))?;
    if !done.full && done.drift != 0 {
        done = cancel.block_on(refresh(&mut mirror, client, me, true, now(), printer))?;
    }
    if done.drift != 0 {
        let drift = done.drift.unsigned_abs();
        printer.say(&format!(
            "note: others changed the workspace while it was read ({drift} contacts more or fewer than counted)"
        ));
    }
    if !done.full {
        printer.say(&format!(
            "{} contacts of the workspace from the last pull, {} of them read again because they changed",
            done.contacts, done.changed
        ));
    }
    let mut snapshot = Snapshot::default();
    let keep = |member| {
        snapshot.members.push(member);
        Ok::<_, crate::store::Error>(())
    };
    mirror.each_made(|_, member| member, keep)?;
    Ok(snapshot)
}

/// Brings the mirror up to date. `now` is the time in Unix seconds.
pub(super) async fn refresh(
    mirror: &mut Mirror,
    client: &Client,
    me: &Me,
    full: bool,
    now: i64,
    printer: &Printer,
) -> anyhow::Result<Refreshed> {
    let mark = if full { None } else { mirror.mark()? };
    let mut names = Names::with_companies(if full { Vec::new() } else { mirror.companies()? });
    let mut done = match mark {
        None => everything(mirror, client, &mut names, now, printer).await?,
        Some(mark) => {
            tracing::info!("reading what changed in {} since {}", me.workspace_id, mark.began_at);
            let changed = changes(mirror, client, &mut names, mark, printer).await?;
            let counted = client.total().await?;
            let held = mirror.count()?;
            let fewer = counted.map_or(0, |counted| held.saturating_sub(counted));
            if fewer > 0 && held <= SMALL {
                let read = everything(mirror, client, &mut names, now, printer).await?;
                Refreshed { changed, ..read }
            } else {
                let departed = departed(mirror, client, me, fewer, now).await?;
                let held = mirror.count()?;
                let drift = counted.map_or(0, |counted| difference(held, counted));
                Refreshed { changed, departed, drift, ..Refreshed::default() }
            }
        }
    };
    mirror.put_companies(names.companies())?;
    done.contacts = mirror.count()?;
    done.requests = client.stats().sent;
    let counted = u64::try_from(i64::try_from(done.contacts).unwrap_or(i64::MAX).saturating_sub(done.drift)).ok();
    mirror.set_mark(Mark { began_at: now, counted })?;
    Ok(done)
}

/// Reads every contact, and asks what became of those that are not in the list any more.
async fn everything(
    mirror: &mut Mirror,
    client: &Client,
    names: &mut Names,
    now: i64,
    printer: &Printer,
) -> anyhow::Result<Refreshed> {
    let full = mirror.begin_full()?;
    let progress = Progress::start(printer, "reading the workspace", None);
    let mut read = 0_u64;
    let result = each_page(client, names, |members, total| {
        mirror.put(full, &members)?;
        read += members.len() as u64;
        progress.at(read, total, &pace(client));
        Ok::<_, anyhow::Error>(())
    })
    .await;
    progress.finish();
    let counted = result?;
    let mut departed = Vec::new();
    for (position, id) in mirror.not_seen_in(full)?.into_iter().enumerate() {
        let fate = if position < MOST_ASKED { fate(client, &id).await? } else { Some(Fate::Gone) };
        // One that answers was created or brought back while the list was read
        let Some(fate) = fate else { continue };
        mirror.remove(&id, &fate, now)?;
        departed.push(Departed { id: id.0.to_string(), fate });
    }
    let held = mirror.count()?;
    let drift = counted.map_or(0, |counted| difference(held, counted.at_last));
    Ok(Refreshed { full: true, changed: read, departed, drift, ..Refreshed::default() })
}

/// Looks for contacts that went away, where the server counts `fewer` than the mirror holds; those that are found leave it.
/// Half the requests of a full reading are given to it: beyond that reading everything is the better way.
async fn departed(
    mirror: &mut Mirror,
    client: &Client,
    me: &Me,
    fewer: u64,
    now: i64,
) -> anyhow::Result<Vec<Departed>> {
    if fewer == 0 || fewer > MOST_ASKED as u64 || client.dialect().is_legacy() {
        return Ok(Vec::new());
    }
    let contacts = mirror.created()?;
    let most = contacts.len() as u64 / departed::PAGE / 2;
    let Some(missing) = departed::missing(client, me, contacts, fewer, most).await? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for id in missing.into_iter().take(MOST_ASKED) {
        // One that answers is only late in the search
        let Some(fate) = fate(client, &id).await? else { continue };
        mirror.remove(&id, &fate, now)?;
        found.push(Departed { id: id.0.to_string(), fate });
    }
    Ok(found)
}

async fn changes(
    mirror: &mut Mirror,
    client: &Client,
    names: &mut Names,
    mark: Mark,
    printer: &Printer,
) -> anyhow::Result<u64> {
    let full = mirror.number()?;
    let progress = Progress::start(printer, "reading what changed", None);
    let shared = std::cell::RefCell::new(mirror);
    let settled = mark.began_at.saturating_sub(UNSETTLED);
    let delta = news(
        client,
        names,
        mark.began_at,
        |contact| Ok::<_, anyhow::Error>(shared.borrow().is_known(contact, settled)?),
        |members| {
            shared.borrow_mut().put(full, &members)?;
            progress.at(members.len() as u64, None, &pace(client));
            Ok(())
        },
    )
    .await;
    progress.finish();
    Ok(delta?.changed)
}

/// What became of a contact; `None` when it is there.
async fn fate(client: &Client, id: &IntercomId) -> Result<Option<Fate>, Error> {
    match client.contact(id).await {
        Ok(contact) if contact.archived => Ok(Some(Fate::Archived)),
        Ok(contact) if contact.id != *id => Ok(Some(Fate::Merged { into: Some(contact.id) })),
        Ok(_) => Ok(None),
        Err(Error::Gone { canonical, .. }) => Ok(Some(Fate::Merged { into: canonical })),
        Err(Error::NotFound { .. }) => Ok(Some(Fate::Gone)),
        Err(error) => Err(error),
    }
}

fn pace(client: &Client) -> String {
    client.rate_limit().map_or_else(String::new, |limit| {
        let used = limit.limit.saturating_sub(limit.remaining);
        format!("{} calls, {used}/{} of the window used", client.stats().sent, limit.limit)
    })
}

fn difference(held: u64, counted: u64) -> i64 {
    i64::try_from(held).unwrap_or(i64::MAX).saturating_sub_unsigned(counted)
}

/// The time in Unix seconds.
pub(super) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}
