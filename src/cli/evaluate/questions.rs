//! Asks a person about pairs, one at a time, and keeps every answer at once.

use std::io::{BufRead, Write};

use super::labels::Labels;
use crate::link::evaluation::{Answer, SampledPair};
use crate::plan::Plan;
use crate::report::{self, TextOptions};

const QUESTION: &str = "One person? [y]es  [n]o  [s]kip  [q]uit > ";

/// What a line says.
enum Reply {
    Answer(bool),
    Skip,
    Quit,
    Unclear,
}

fn parse(line: &str) -> Reply {
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" => Reply::Answer(true),
        "n" | "no" => Reply::Answer(false),
        "s" | "skip" => Reply::Skip,
        "q" | "quit" => Reply::Quit,
        _ => Reply::Unclear,
    }
}

/// Asks about those pairs that have no answer yet; the end of the input is the same as `quit`. Gives the number of
/// answers.
pub(super) fn ask(
    plan: &Plan,
    drawn: &[SampledPair],
    labels: &mut Labels,
    options: &TextOptions,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> anyhow::Result<u64> {
    let mut given = 0;
    'pairs: for (position, pair) in drawn.iter().enumerate() {
        if labels.has(pair.left, pair.right) {
            continue;
        }
        writeln!(output, "\nPair {} of {}", position + 1, drawn.len())?;
        report::pair_text(plan, pair.left, pair.right, options, output)?;
        loop {
            write!(output, "{QUESTION}")?;
            output.flush()?;
            let mut line = String::new();
            let reply = if input.read_line(&mut line)? == 0 { Reply::Quit } else { parse(&line) };
            match reply {
                Reply::Answer(is_match) => {
                    labels.add(plan, Answer { left: pair.left, right: pair.right, is_match })?;
                    given += 1;
                    break;
                }
                Reply::Skip => break,
                Reply::Quit => break 'pairs,
                Reply::Unclear => writeln!(output, "That is none of the answers.")?,
            }
        }
    }
    writeln!(output)?;
    output.flush()?;
    Ok(given)
}
