//! The same review by plain questions, for a server without a browser.

use std::io::{BufRead, Write};

use crate::link::RecordIndex;
use crate::plan::Verdict;
use crate::report::{Explanation, TextOptions, in_order};

use super::Error;
use super::session::{DecisionSink, Finished, Session};

/// What a line says.
enum Answer {
    Accept,
    Reject,
    Skip,
    Undo,
    /// Member number, starting at 1, in the order shown.
    Keep(usize),
    SplitOff(usize),
    /// A field takes the value of that member.
    Use(String, usize),
    Finish,
    Quit,
    Unclear,
}

const QUESTION: &str = "[a]ccept  [r]eject  [s]kip  [u]ndo  keep N  split N  use FIELD N  [f]inish  [q]uit > ";

fn parse(line: &str) -> Answer {
    let mut words = line.split_whitespace();
    let word = words.next().unwrap_or_default();
    let rest: Vec<&str> = words.collect();
    if let ("use", [field @ .., number]) = (word, rest.as_slice()) {
        return match (number.parse(), field.join(" ")) {
            (Ok(member), field) if !field.is_empty() => Answer::Use(field, member),
            _ => Answer::Unclear,
        };
    }
    let number = rest.first().and_then(|number| number.parse().ok());
    match (word, number) {
        ("a" | "accept", None) => Answer::Accept,
        ("r" | "reject", None) => Answer::Reject,
        ("s" | "skip", None) => Answer::Skip,
        ("u" | "undo", None) => Answer::Undo,
        ("f" | "finish", None) => Answer::Finish,
        ("q" | "quit", None) => Answer::Quit,
        ("keep", Some(member)) => Answer::Keep(member),
        ("split", Some(member)) => Answer::SplitOff(member),
        _ => Answer::Unclear,
    }
}

/// Asks about every open group. Answers are saved one by one; the end of the input is the same as `quit`. Gives what
/// finishing changed, or `None` when the person left before finishing.
pub fn terminal<S: DecisionSink>(
    session: &mut Session<S>,
    options: &TextOptions,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<Option<Finished>, Error> {
    let mut position = next_open(session, 0).unwrap_or(0);
    let mut past: Vec<usize> = Vec::new();
    loop {
        let progress = session.progress();
        if progress.groups == 0 {
            writeln!(output, "No group waits for a person.").map_err(Error::Terminal)?;
            return Ok(None);
        }
        show(session, position, options, output).map_err(Error::Terminal)?;
        write!(output, "\n{} of {} decided. {QUESTION}", progress.decided, progress.groups).map_err(Error::Terminal)?;
        output.flush().map_err(Error::Terminal)?;
        let mut line = String::new();
        let read = input.read_line(&mut line).map_err(Error::Terminal)?;
        let answer = if read == 0 { Answer::Quit } else { parse(&line) };
        let stays = matches!(answer, Answer::Use(..));
        let verdict = match answer {
            Answer::Accept => Some(Verdict::Accept),
            Answer::Reject => Some(Verdict::Reject),
            Answer::Keep(number) => member(session, position, number).map(|record| Verdict::Survivor { record }),
            Answer::SplitOff(number) => {
                member(session, position, number).map(|record| without(session, position, record))
            }
            Answer::Use(field, number) => {
                member(session, position, number).and_then(|from| session.item(position).ok()?.with_value(&field, from))
            }
            Answer::Skip => {
                position = next_open(session, position + 1).unwrap_or((position + 1) % progress.groups);
                continue;
            }
            Answer::Undo => {
                if let Some(last) = past.pop() {
                    decide(session, last, Verdict::Reopen)?;
                    position = last;
                }
                continue;
            }
            Answer::Finish => return session.finish().map(Some),
            Answer::Quit => {
                writeln!(
                    output,
                    "\nEvery answer is saved; run the review again to go on, and finish to carry them out."
                )
                .map_err(Error::Terminal)?;
                return Ok(None);
            }
            Answer::Unclear => None,
        };
        let Some(verdict) = verdict else {
            writeln!(output, "That is none of the answers; N is the number at the head of a member's column.")
                .map_err(Error::Terminal)?;
            continue;
        };
        decide(session, position, verdict)?;
        past.push(position);
        if stays {
            writeln!(output, "\nSaved; choose more, or go on with s.").map_err(Error::Terminal)?;
            continue;
        }
        match next_open(session, position + 1) {
            Some(next) => position = next,
            None => {
                writeln!(output, "\nAll groups are decided: finish to carry the answers out.")
                    .map_err(Error::Terminal)?;
            }
        }
    }
}

fn decide<S: DecisionSink>(session: &mut Session<S>, position: usize, verdict: Verdict) -> Result<(), Error> {
    let revision = session.item(position)?.revision;
    session.decide(position, revision, verdict)?;
    Ok(())
}

/// The next open group from a place on, starting over at the end.
fn next_open<S: DecisionSink>(session: &Session<S>, from: usize) -> Option<usize> {
    let groups = session.items().len();
    let is_open = |at: &usize| session.item(*at).is_ok_and(|item| item.verdict.is_none());
    (from..groups).chain(0..from.min(groups)).find(is_open)
}

/// The member with that number, in the order shown: the survivor first.
fn member<S: DecisionSink>(session: &Session<S>, position: usize, number: usize) -> Option<RecordIndex> {
    let group = &session.item(position).ok()?.group;
    in_order(group).get(number.checked_sub(1)?).copied()
}

/// Everybody but one stays together.
fn without<S: DecisionSink>(session: &Session<S>, position: usize, record: RecordIndex) -> Verdict {
    let members = session.item(position).map(|item| item.group.members.clone()).unwrap_or_default();
    let part: Vec<RecordIndex> = members.into_iter().filter(|member| *member != record).collect();
    Verdict::Split { parts: vec![part] }
}

fn show<S: DecisionSink>(
    session: &Session<S>,
    position: usize,
    options: &TextOptions,
    output: &mut impl Write,
) -> std::io::Result<()> {
    let Ok(item) = session.item(position) else { return Ok(()) };
    writeln!(output)?;
    if let Some(explanation) = Explanation::of(session.plan(), item.group.id) {
        explanation.text(options, output)?;
    }
    match &item.verdict {
        None => Ok(()),
        Some(verdict) => writeln!(output, "\nDecided: {}", word(verdict)),
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accept => "one person",
        Verdict::Reject => "different people",
        Verdict::Split { .. } => "split",
        Verdict::Survivor { .. } => "one person, another contact stays",
        Verdict::Merge { values, .. } if values.is_empty() => "one person, another contact stays",
        Verdict::Merge { .. } => "one person, with values chosen",
        Verdict::Reopen => "open",
    }
}
