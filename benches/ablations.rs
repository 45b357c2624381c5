//! What each idea of the matcher is worth: `LEADFOLD_DATA=DIR cargo bench --bench ablations -- [LIST…] [--print]`.
//!
//! Links every labelled list of the folder with all ideas and with each switched off, and writes what that costs between
//! the markers of `docs/accuracy.md`; `--print` shows it instead.
#![allow(missing_docs, reason = "a program, not a library")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a development tool"
)]

mod labelled;

use std::path::{Path, PathBuf};

use labelled::{Scores, f1};
use leadfold::link::ablation::{Idea, Without};
use leadfold::link::{Options, link};

/// What is switched off together, and how the document calls it.
const ABLATIONS: &[(&str, &[Idea])] = &[
    ("canonical addresses", &[Idea::CanonicalEmail]),
    ("values shared by several people, from the data", &[Idea::SharedValues]),
    ("nicknames", &[Idea::Nicknames]),
    ("spellings of one name (Müller, Mueller)", &[Idea::Spellings]),
    ("both of these", &[Idea::Nicknames, Idea::Spellings]),
    ("vetoes inside a group", &[Idea::Vetoes]),
    ("names that differ speak against", &[Idea::NegativeNames]),
    ("both of these", &[Idea::Vetoes, Idea::NegativeNames]),
    ("frequency of values", &[Idea::Frequencies]),
    ("learning: shipped weights only", &[Idea::Learning]),
    ("joint evidence of groups", &[Idea::JointEvidence]),
    ("never on a name alone", &[Idea::NeverOnNameAlone]),
    ("levels for slips", &[Idea::Slips]),
    ("blocking beyond address, phone and ids", &[Idea::ManyKeys]),
];

/// Scores of one list with some ideas off.
struct Measured {
    pair: f64,
    cubed: f64,
    auto_precision: f64,
    auto_recall: f64,
}

fn main() {
    let Some(data) = std::env::var_os("LEADFOLD_DATA").map(PathBuf::from) else {
        println!("set LEADFOLD_DATA to a folder of labelled lists to measure ablations; nothing measured");
        return;
    };
    let mut names: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let print = names.iter().any(|name| name == "--print");
    names.retain(|name| name != "--print");
    let measured: Vec<(String, Vec<Measured>)> =
        labelled::lists(&data, &names).into_iter().map(|(name, file)| (name, measure(&file))).collect();
    let text = [
        "F1 with all ideas, and in points what it becomes without one; pairwise / B-cubed, groups of both bands:"
            .to_owned(),
        table(&measured, |of| (100.0 * of.pair, 100.0 * of.cubed)),
        "The `auto` band alone, pairwise precision / recall, likewise:".to_owned(),
        table(&measured, |of| (100.0 * of.auto_precision, 100.0 * of.auto_recall)),
    ]
    .join("\n\n");
    if print {
        println!("{text}");
    } else {
        write(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/accuracy.md"), &text);
    }
}

/// All ideas first, then each ablation.
fn measure(file: &Path) -> Vec<Measured> {
    let (records, truth) = labelled::read(file);
    let all: (&str, &[Idea]) = ("all", &[]);
    let run = |(name, ideas): &(&str, &[Idea])| {
        eprintln!("{}: {name}", file.display());
        let linkage = link(&records, &Options { without: Without::ideas(ideas), ..Options::default() });
        let both = Scores::new(&truth, &labelled::groups(&linkage, records.len()));
        let auto = Scores::new(&truth, &labelled::planned(&linkage, records.len()));
        Measured { pair: f1(both.pair), cubed: f1(both.cubed), auto_precision: auto.pair.0, auto_recall: auto.pair.1 }
    };
    std::iter::once(&all).chain(ABLATIONS).map(run).collect()
}

/// One row an ablation, one column a list; the first row in full, the others as differences to it.
fn table(measured: &[(String, Vec<Measured>)], figures: impl Fn(&Measured) -> (f64, f64)) -> String {
    let names: Vec<&str> = measured.iter().map(|(name, _)| name.as_str()).collect();
    let mut lines =
        vec![format!("| without | {} |", names.join(" | ")), format!("| --- |{}", " --: |".repeat(names.len()))];
    for at in 0..=ABLATIONS.len() {
        let cell = |(_, of): &(String, Vec<Measured>)| {
            let ((one, other), (all_one, all_other)) = (figures(&of[at]), figures(&of[0]));
            match at {
                0 => format!("{one:.1} / {other:.1}"),
                _ => format!("{} / {}", difference(one - all_one), difference(other - all_other)),
            }
        };
        let cells: Vec<String> = measured.iter().map(cell).collect();
        let name = at.checked_sub(1).map_or("(nothing)", |at| ABLATIONS[at].0);
        lines.push(format!("| {name} | {} |", cells.join(" | ")));
    }
    lines.join("\n")
}

/// Points with a sign; nothing where it makes no difference.
fn difference(points: f64) -> String {
    match format!("{:.1}", points.abs()) {
        text if text == "0.0" => "·".to_owned(),
        text if points < 0.0 => format!("−{text}"),
        text => format!("+{text}"),
    }
}

/// Puts the text between the markers of the document.
fn write(path: &Path, text: &str) {
    let (begin, end) = ("<!-- ablations: begin -->", "<!-- ablations: end -->");
    let whole = std::fs::read_to_string(path).unwrap();
    let (before, rest) = whole.split_once(begin).expect("the document has the first marker");
    let (_, after) = rest.split_once(end).expect("the document has the second marker");
    std::fs::write(path, format!("{before}{begin}\n{text}\n{end}{after}")).unwrap();
}
