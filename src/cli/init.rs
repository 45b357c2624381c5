//! `leadfold init`: a commented `leadfold.toml` to begin with. Asks the few things that differ from one workspace to the next when
//! somebody is there to answer.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::args::OutputArgs;
use super::exit::{self, Exit};
use super::printer::Printer;
use super::setting_args::PROJECT_FILE;
use super::{Outcome, file};
use crate::config::{Entry, manual};
use crate::contact::Region;

/// Write a commented leadfold.toml to begin with
///
/// On a terminal it asks where the workspace is and where the token is kept; elsewhere the flags answer. Every other setting is
/// in the file as a comment, with its meaning and its default.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold init
  leadfold init --hosted-in eu --token-file /etc/leadfold/token --phone-region DE")]
pub(super) struct InitArgs {
    /// Where Intercom hosts the workspace
    #[arg(long, value_name = "WHERE", value_parser = ["us", "eu", "au"])]
    hosted_in: Option<String>,
    /// File that holds the access token (else $`INTERCOM_ACCESS_TOKEN`)
    #[arg(long, value_name = "FILE")]
    token_file: Option<String>,
    /// Country of phone numbers written without one (US, DE, …)
    #[arg(long, value_name = "COUNTRY")]
    phone_region: Option<String>,
    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = PROJECT_FILE)]
    output_file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// What was answered, by key.
type Answers = Vec<(&'static str, toml::Value)>;

/// Runs the verb.
pub(super) fn run(arguments: &InitArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let path = &arguments.output_file;
    if path.exists() && !arguments.force {
        return Err(exit::usage(format!(
            "{}: there is such a file already; leadfold config show tells what it says, --force replaces it",
            path.display()
        )));
    }
    file::check_folder_of(path)?;
    let answers = answers(arguments, printer)?;
    let text = text(&manual(), &answers);
    file::write_whole(path, |out| out.write_all(text.as_bytes()))?;
    if output.json {
        let mut out = printer.data();
        let document = serde_json::json!({ "schema": "leadfold.init/1", "file": path.display().to_string() });
        std::io::Write::write_all(&mut out, format!("{document:#}\n").as_bytes())?;
        std::io::Write::flush(&mut out)?;
    }
    let token_file = answers.iter().find(|(key, _)| *key == "intercom.token_file").and_then(|(_, path)| path.as_str());
    printer.say(&format!("written: {}", path.display()));
    let found_at = "Intercom → Settings → Developers → your app → Authentication";
    match token_file {
        None => printer.say(&format!("next: export INTERCOM_ACCESS_TOKEN=…   ({found_at})")),
        Some(path) if !std::path::Path::new(path).exists() => {
            printer.say(&format!("next: write the access token into {path}, then chmod 600 {path}   ({found_at})"));
        }
        Some(_) => {}
    }
    printer.say("next: leadfold whoami   checks the token; leadfold config check   checks the file");
    Ok(Exit::Done)
}

fn answers(arguments: &InitArgs, printer: &Printer) -> anyhow::Result<Answers> {
    let ask = |told: &Option<String>, question: &str| {
        told.clone().or_else(|| printer.ask_for(question)).filter(|answer| !answer.is_empty())
    };
    let mut answers = Answers::new();
    let hosted = ask(&arguments.hosted_in, "Where is the workspace hosted: us, eu or au? [us]");
    let host = match hosted.as_deref().map(str::to_lowercase).as_deref() {
        None | Some("us") => None,
        Some("eu") => Some("https://api.eu.intercom.io"),
        Some("au") => Some("https://api.au.intercom.io"),
        Some(other) => return Err(exit::usage(format!("'{other}': Intercom hosts in us, eu and au"))),
    };
    answers.extend(host.map(|host| ("intercom.api_url", host.into())));
    let token = ask(&arguments.token_file, "File with the access token? [none: $INTERCOM_ACCESS_TOKEN]");
    answers.extend(token.map(|file| ("intercom.token_file", file.into())));
    let region =
        ask(&arguments.phone_region, "Country of phone numbers written without one, for instance US or DE? [none]");
    if let Some(region) = region {
        if Region::parse(&region).is_none() {
            return Err(exit::usage(format!("'{region}': no such country; write two letters, for instance US or DE")));
        }
        answers.push(("input.region", region.to_uppercase().into()));
    }
    Ok(answers)
}

const OPENING: &str = "\
# Settings of leadfold. A line that begins with # is the default, or an example where there is none.
# leadfold config show    says what is in force, and why
# leadfold config check   checks this file, and the workspace's attributes
";

const CLOSING: &str = "
# A list that comes again and again is described once, and known by its name:
# [source.webinar]
# files = [\"webinar*.csv\"]
# role = \"lead\"
# map = { \"Contact\" = \"name\", \"Plan\" = \"custom:plan\" }

# Whose value wins where several contacts are one person; fields without a rule are only filled:
# [plan.rules]
# name = \"longest\"
# \"custom:plan\" = \"newest\"

# Several workspaces: leadfold --profile eu …
# [profile.eu.intercom]
# api_url = \"https://api.eu.intercom.io\"
# token_file = \"/etc/leadfold/eu.token\"
";

/// The file: every setting by section, answered ones set, the others as comments.
fn text(manual: &[Entry], answers: &Answers) -> String {
    let mut text = OPENING.to_owned();
    let mut section = "";
    for entry in manual {
        let Some((of, key)) = entry.key.split_once('.') else { continue };
        if of != section {
            section = of;
            let _ = write!(text, "\n[{section}]\n");
        }
        let _ = writeln!(text, "# {}", entry.meaning);
        let answer = answers.iter().find(|(known, _)| *known == entry.key);
        let line = match (answer, &entry.default) {
            (Some((_, value)), _) => format!("{key} = {value}"),
            (None, Some(toml::Value::Table(_))) => format!("# {key} = {{}}"),
            (None, Some(value)) => format!("# {key} = {value}"),
            (None, None) => format!("# {key}: not set ({})", entry.unset.unwrap_or("none")),
        };
        let _ = writeln!(text, "{line}");
    }
    text.push_str(CLOSING);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Layer, Layers, Settings};

    #[test]
    fn the_file_is_valid_as_it_is_and_with_every_default_switched_on() {
        let answers: Answers = vec![("input.region", "DE".into())];
        let text = text(&manual(), &answers);
        let settings =
            |text: &str| Layers::merge([Layer::from_toml(text, "leadfold.toml").unwrap()]).settings().unwrap();
        assert_eq!(settings(&text).input.region.as_deref(), Some("DE"));
        let switched_on: String = text
            .lines()
            .take_while(|line| !line.contains("comes again and again"))
            .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line))
            .fold(String::new(), |all, line| all + line + "\n");
        let mut expected = Settings::default();
        expected.input.region = Some("DE".to_owned());
        assert_eq!(settings(&switched_on), expected);
    }

    #[test]
    fn the_examples_at_its_end_are_valid_too() {
        let example: String = CLOSING
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| line.starts_with('[') || line.contains(" = "))
            .fold(String::new(), |all, line| all + line + "\n");
        let layer = Layer::from_toml(&example, "leadfold.toml").unwrap();
        assert_eq!(layer.profiles().collect::<Vec<_>>(), ["eu"]);
    }
}
