use serde_json::json;
use tempfile::TempDir;

use super::{Fate, Mark, Mirror};
use crate::contact::IntercomId;
use crate::intercom::{Contact, Member};
use crate::store::Error;

fn member(id: &str, updated_at: i64) -> Member {
    let json = json!({"id": id, "role": "lead", "email": format!("{id}@example.com"), "updated_at": updated_at,
        "custom_attributes": {"plan": "pro"}});
    let mut contact = Contact::try_from(json).unwrap();
    contact.raw = serde_json::Value::Null;
    Member { contact, tags: vec!["vip".to_owned()], companies: vec!["Acme".to_owned()], notes: None }
}

fn all(mirror: &Mirror) -> Vec<Member> {
    let mut members = Vec::new();
    mirror
        .each(|member| {
            members.push(member.clone());
            Ok::<_, Error>(())
        })
        .unwrap();
    members
}

#[test]
fn contacts_come_back_as_they_were_put_in_order_of_their_ids() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w.db");
    let mut mirror = Mirror::open(&path, "w").unwrap();
    mirror.put(1, &[member("b", 2), member("a", 1)]).unwrap();
    mirror.put(1, &[member("b", 3)]).unwrap();
    drop(mirror);
    let mirror = Mirror::open(&path, "w").unwrap();
    assert_eq!(all(&mirror), [member("a", 1), member("b", 3)]);
    assert_eq!((mirror.count().unwrap(), mirror.custom_names().unwrap()), (2, ["plan".to_owned()].into()));
    let known = |id: &str, updated_at: Option<i64>, settled: i64| {
        let contact = Contact { updated_at, ..member(id, 3).contact };
        mirror.is_known(&contact, settled).unwrap()
    };
    assert!(known("b", Some(3), 4));
    assert!(!known("b", Some(2), 4) && !known("c", Some(3), 4));
    // A contact without a time of change is never taken for known
    assert!(!known("b", None, 4));
    drop(mirror);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a mirror at rest is one file");
}

/// Times of change are whole seconds.
#[test]
fn a_second_change_within_a_second_is_seen_and_no_change_is_none() {
    let folder = TempDir::new().unwrap();
    let mut mirror = Mirror::open(&folder.path().join("w.db"), "w").unwrap();
    mirror.put(1, &[member("a", 7)]).unwrap();
    let renamed = Contact { name: Some("Ann".to_owned()), ..member("a", 7).contact };
    assert!(!mirror.is_known(&renamed, 7).unwrap());
    assert!(mirror.is_known(&member("a", 7).contact, 7).unwrap());
}

#[test]
fn a_copy_of_a_workspace_that_was_founded_anew_is_thrown_away() {
    let folder = TempDir::new().unwrap();
    let mut mirror = Mirror::open(&folder.path().join("w.db"), "w").unwrap();
    mirror.founded(Some(1)).unwrap();
    mirror.put(1, &[member("a", 7)]).unwrap();
    mirror.set_mark(Mark { began_at: 7, counted: Some(1) }).unwrap();
    mirror.founded(Some(1)).unwrap();
    assert_eq!((mirror.count().unwrap(), mirror.mark().unwrap().is_some()), (1, true));
    mirror.founded(Some(2)).unwrap();
    assert_eq!((mirror.count().unwrap(), mirror.mark().unwrap()), (0, None));
}

#[test]
fn two_cannot_have_one_mirror_open() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w.db");
    let first = Mirror::open(&path, "w").unwrap();
    assert!(matches!(Mirror::open(&path, "w"), Err(Error::MirrorInUse { .. })));
    drop(first);
    Mirror::open(&path, "w").unwrap();
}

#[test]
fn a_full_reading_that_was_broken_off_leaves_no_mark() {
    let folder = TempDir::new().unwrap();
    let mut mirror = Mirror::open(&folder.path().join("w.db"), "w").unwrap();
    assert_eq!((mirror.mark().unwrap(), mirror.begin_full().unwrap()), (None, 1));
    mirror.put(1, &[member("a", 1), member("b", 1)]).unwrap();
    let mark = Mark { began_at: 7, counted: Some(2) };
    mirror.set_mark(mark).unwrap();
    assert_eq!(mirror.mark().unwrap(), Some(mark));
    assert_eq!(mirror.begin_full().unwrap(), 2);
    assert_eq!(mirror.mark().unwrap(), None);
    mirror.put(2, &[member("b", 1)]).unwrap();
    assert_eq!(mirror.not_seen_in(2).unwrap(), [IntercomId("a".into())]);
    let into = Some(IntercomId("b".into()));
    mirror.remove(&IntercomId("a".into()), &Fate::Merged { into }, 9).unwrap();
    assert_eq!(mirror.departed().unwrap(), [(IntercomId("a".into()), "merged".to_owned())]);
    assert_eq!(mirror.count().unwrap(), 1);
}

#[test]
fn another_generation_of_the_api_means_reading_everything_anew() {
    let folder = TempDir::new().unwrap();
    let mirror = Mirror::open(&folder.path().join("w.db"), "w").unwrap();
    mirror.speak("2").unwrap();
    mirror.set_mark(Mark { began_at: 7, counted: None }).unwrap();
    mirror.speak("2").unwrap();
    assert!(mirror.mark().unwrap().is_some());
    mirror.speak("1").unwrap();
    assert_eq!(mirror.mark().unwrap(), None);
}

#[test]
fn a_mirror_is_of_one_workspace_and_readable_by_its_owner_only() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w.db");
    drop(Mirror::open(&path, "w").unwrap());
    assert!(matches!(Mirror::open(&path, "other"), Err(Error::OtherMirror { bound, .. }) if bound == "w"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_is_no_mirror_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, only words that are long enough to look like a page of one").unwrap();
    assert!(matches!(Mirror::open(&text, "w"), Err(Error::NotAMirror { .. })));
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    assert!(matches!(Mirror::open(&other, "w"), Err(Error::NotAMirror { .. })));
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("not a database"));
}

#[test]
fn contacts_are_made_on_all_threads_and_told_in_order_with_a_digest_of_all() {
    let folder = TempDir::new().unwrap();
    let mut mirror = Mirror::open(&folder.path().join("w.db"), "w").unwrap();
    let ids: Vec<String> = (0..5_000).map(|number| format!("{number:05}")).collect();
    let members: Vec<Member> = ids.iter().rev().map(|id| member(id, 1)).collect();
    mirror.put(1, &members).unwrap();
    let mut told = Vec::new();
    let tell = |made| {
        told.push(made);
        Ok::<_, Error>(())
    };
    let contents = mirror.each_made(|place, member| (place, member.contact.id.0.to_string()), tell).unwrap();
    assert_eq!(told, ids.into_iter().enumerate().collect::<Vec<_>>());
    assert_eq!(mirror.contents().unwrap(), contents);
    assert_eq!(mirror.member(&IntercomId("00007".into())).unwrap(), Some(member("00007", 1)));
    assert_eq!(mirror.member(&IntercomId("7".into())).unwrap(), None);
    mirror.put(2, &[member("00007", 1)]).unwrap();
    assert_eq!(mirror.contents().unwrap(), contents, "read again and the same");
    mirror.put(2, &[Member { tags: Vec::new(), ..member("00007", 1) }]).unwrap();
    assert_ne!(mirror.contents().unwrap(), contents, "one tag less of one contact");
}
