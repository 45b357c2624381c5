//! Actions of a group as bytes: made on all cores, written by one thread as their numbers become known.
//!
//! Actions of groups that remove a contact come after all others. They wait as bytes, and where there are many in a file
//! without a name, so that a plan takes no more memory the more it merges.

use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tempfile::SpooledTempFile;

use crate::plan::{Action, Reversibility, Target};
use crate::store::Error;
use crate::store::value::Place;

/// Bytes that wait in memory before they go into a file.
const IN_MEMORY: usize = 4 << 20;

/// An action as it is written, numbered within its group. Texts are UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written<'b> {
    pub(super) id: u32,
    pub(super) kind: &'b [u8],
    pub(super) contact: Option<&'b [u8]>,
    pub(super) created_by: Option<u32>,
    pub(super) irreversible: bool,
    pub(super) needs: Vec<u32>,
    pub(super) body: &'b [u8],
}

/// The actions of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Encoded {
    pub(super) group: u32,
    /// How many there are.
    pub(super) actions: u32,
    bytes: Vec<u8>,
}

impl Encoded {
    /// `place` is the table of actions.
    pub(super) fn of(group: u32, actions: &[Action], place: Place<'_>) -> Result<Self, Error> {
        let mut bytes = Vec::with_capacity(256 * actions.len());
        for action in actions {
            let (contact, created_by) = match &action.target {
                Target::Existing(id) => (&*id.0, 0),
                Target::CreatedBy(create) => ("", create.0),
            };
            let irreversible = action.reversibility() == Reversibility::Irreversible;
            put(&mut bytes, action.id.0);
            put_text(&mut bytes, action.kind().name());
            put_text(&mut bytes, contact);
            put(&mut bytes, created_by);
            put(&mut bytes, irreversible.into());
            put(&mut bytes, length(action.needs.len()));
            for needed in &action.needs {
                put(&mut bytes, needed.0);
            }
            let at = bytes.len();
            put(&mut bytes, 0);
            place.write_json(&mut bytes, &action.body)?;
            let written = length(bytes.len() - at - 4);
            if let Some(slot) = bytes.get_mut(at..at + 4) {
                slot.copy_from_slice(&written.to_le_bytes());
            }
        }
        Ok(Self { group, actions: length(actions.len()), bytes })
    }

    /// The actions, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Written<'_>> {
        let mut left = Left(&self.bytes);
        (0..self.actions).map_while(move |_| left.written())
    }
}

/// Nothing of a group takes four gibibytes.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn put(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, length(text.len()));
    bytes.extend_from_slice(text.as_bytes());
}

/// Bytes that are still to be read.
struct Left<'b>(&'b [u8]);

impl<'b> Left<'b> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*number))
    }

    fn text(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }

    fn written(&mut self) -> Option<Written<'b>> {
        let (id, kind, contact, created_by) = (self.number()?, self.text()?, self.text()?, self.number()?);
        let irreversible = self.number()? != 0;
        let needs = (0..self.number()?).map(|_| self.number()).collect::<Option<_>>()?;
        let (contact, created_by) = match created_by {
            0 => (Some(contact), None),
            create => (None, Some(create)),
        };
        Some(Written { id, kind, contact, created_by, irreversible, needs, body: self.text()? })
    }
}

/// Groups that wait until all others are written, with the numbers of their actions' reasons.
#[derive(Debug)]
pub(super) struct Waiting<'a> {
    file: BufWriter<SpooledTempFile>,
    groups: u32,
    path: &'a Path,
}

impl<'a> Waiting<'a> {
    /// The file, where one is needed, is in the folder of the plan, which has room for it.
    pub(super) fn beside(path: &'a Path) -> Self {
        let file = SpooledTempFile::new_in(IN_MEMORY, crate::store::create::folder_of(path));
        Self { file: BufWriter::new(file), groups: 0, path }
    }

    pub(super) fn put(&mut self, group: &Encoded, reasons: &[u32]) -> Result<(), Error> {
        let mut head = Vec::with_capacity(16 + 4 * reasons.len());
        for number in [group.group, group.actions, length(reasons.len()), length(group.bytes.len())] {
            put(&mut head, number);
        }
        for reason in reasons {
            put(&mut head, *reason);
        }
        self.groups += 1;
        let path = self.path;
        self.file.write_all(&head).and_then(|()| self.file.write_all(&group.bytes)).map_err(|error| failed(path, error))
    }

    /// Hands out the groups in the order in which they came.
    pub(super) fn take(self, mut each: impl FnMut(&Encoded, &[u32]) -> Result<(), Error>) -> Result<(), Error> {
        let Self { file, groups, path } = self;
        let refuse = |error| failed(path, error);
        let mut file = file.into_inner().map_err(|error| refuse(error.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(refuse)?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let (mut encoded, mut reasons) = (Encoded::default(), Vec::new());
        for _ in 0..groups {
            next(&mut file, &mut encoded, &mut reasons).map_err(refuse)?;
            each(&encoded, &reasons)?;
        }
        Ok(())
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Io { path: path.to_owned(), source }
}

fn next(file: &mut impl Read, encoded: &mut Encoded, reasons: &mut Vec<u32>) -> io::Result<()> {
    let mut number = || {
        let mut bytes = [0; 4];
        file.read_exact(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    };
    let (group, actions, of_reasons, of_bytes) = (number()?, number()?, number()?, number()?);
    reasons.clear();
    for _ in 0..of_reasons {
        reasons.push(number()?);
    }
    (encoded.group, encoded.actions) = (group, actions);
    encoded.bytes.resize(usize::try_from(of_bytes).unwrap_or(usize::MAX), 0);
    file.read_exact(&mut encoded.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::IntercomId;
    use crate::plan::{ActionBody, ActionId, Attachment};

    fn group(number: u32, notes: usize) -> Encoded {
        let action = |at: u32| Action {
            id: ActionId(at),
            group: number,
            target: if at.is_multiple_of(2) {
                Target::CreatedBy(ActionId(1))
            } else {
                Target::Existing(IntercomId("5f".into()))
            },
            body: ActionBody::Attach { what: Attachment::Note { body: "called ".repeat(notes) } },
            reason: "a test wants it".into(),
            needs: (1..at).map(ActionId).collect(),
        };
        let actions: Vec<Action> = (1..4).map(action).collect();
        Encoded::of(number, &actions, Place::new(Path::new("a.plan"), "actions")).unwrap()
    }

    #[test]
    fn actions_come_back_as_they_were() {
        let encoded = group(7, 1);
        let written: Vec<Written<'_>> = encoded.iter().collect();
        assert_eq!(written.len(), 3);
        assert_eq!((written[0].contact, written[0].created_by), (Some(b"5f".as_slice()), None));
        assert_eq!((written[1].contact, written[1].created_by), (None, Some(1)));
        assert_eq!((written[2].id, written[2].kind, written[2].irreversible), (3, b"attach".as_slice(), false));
        assert_eq!(written[2].needs, [1, 2]);
        assert_eq!(written[2].body, br#"{"do":"attach","what":{"note":{"body":"called "}}}"#);
    }

    #[test]
    fn what_waits_comes_back_in_order_whether_there_is_room_for_it_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.plan");
        for notes in [1, IN_MEMORY / 20] {
            let mut waiting = Waiting::beside(&path);
            let groups: Vec<Encoded> = (1..5).map(|number| group(number, notes)).collect();
            for encoded in &groups {
                waiting.put(encoded, &[encoded.group, 9, 9]).unwrap();
            }
            let mut back = Vec::new();
            waiting
                .take(|encoded, reasons| {
                    back.push((encoded.clone(), reasons.to_vec()));
                    Ok(())
                })
                .unwrap();
            let expected: Vec<(Encoded, Vec<u32>)> =
                groups.into_iter().map(|encoded| (encoded.clone(), vec![encoded.group, 9, 9])).collect();
            assert_eq!(back, expected);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
        }
    }
}
