//! Column headers → fields.
//!
//! What the user says wins over a known export, that over clear names, those over weak ones; what nobody recognises is
//! kept as a custom attribute. Two columns that claim a field of one value equally are an error that lists the
//! choices, never a guess. A few names mean different things in different lists ("Title", "Role"): there the values of
//! the first rows decide.

use strsim::jaro_winkler;

use super::cell;
use super::error::Error;
use super::identifiers;
use super::names::{self, Strength};
use super::preset::{self, Preset};
use super::source::{ColumnMapping, MappedBy, Options};
use crate::contact::{Field, Side, is_gender_column};

/// The header of one input, and what is known of its columns.
pub(super) struct Header<'a> {
    /// The input's name, for messages.
    pub(super) input: &'a str,
    /// The headers as written.
    pub(super) names: &'a [String],
    /// Values of the first rows, by column, those that stand for nothing left out.
    pub(super) samples: &'a [Vec<String>],
    /// Whether any row has a value, by column.
    pub(super) filled: &'a [bool],
}

/// The meaning of all columns.
#[derive(Debug)]
pub(super) struct Mapped {
    pub(super) columns: Vec<ColumnMapping>,
    /// Columns that say "subscribed" where the field says "unsubscribed".
    pub(super) reversed: Vec<bool>,
    pub(super) preset: Option<String>,
    pub(super) notes: Vec<String>,
}

/// One column's claim to a field, the stronger the higher.
#[derive(Clone, Debug)]
struct Claim {
    field: Field,
    rank: Rank,
    reversed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Unknown,
    LastResort,
    Weak,
    Strong,
    Preset,
    User,
}

/// Maps the columns.
pub(super) fn map(header: &Header<'_>, side: Side, options: &Options) -> Result<Mapped, Error> {
    let keys: Vec<String> = header.names.iter().map(|name| names::key(name)).collect();
    let preset = preset::recognise(&keys);
    let by_user = user_choices(header, options)?;
    let mut claims: Vec<Claim> = keys
        .iter()
        .enumerate()
        .map(|(column, key)| match &by_user[column] {
            Some(field) => Claim { field: field.clone(), rank: Rank::User, reversed: false },
            None => claim(header, column, key, preset, side),
        })
        .collect();
    refuse_duplicates(header, &claims)?;
    settle(header, &mut claims)?;
    require(header, &claims, side)?;
    let mapped_by = |claim: &Claim| match claim.rank {
        Rank::User => MappedBy::User,
        Rank::Preset => MappedBy::Preset(preset.map_or_else(String::new, |preset| preset.name.to_owned())),
        Rank::Strong | Rank::Weak | Rank::LastResort => MappedBy::Name,
        Rank::Unknown => MappedBy::Unknown,
    };
    let mut notes = Vec::new();
    for (name, claim) in header.names.iter().zip(&claims) {
        if claim.reversed {
            notes.push(format!(
                "Column '{}' says who is subscribed; it is read as the reverse of 'unsubscribed'.",
                name.trim()
            ));
        }
    }
    Ok(Mapped {
        columns: (1..)
            .zip(header.names)
            .zip(&claims)
            .map(|((column, name), claim)| ColumnMapping {
                column,
                header: name.clone(),
                field: claim.field.clone(),
                mapped_by: mapped_by(claim),
                filled: 0,
                invalid: 0,
            })
            .collect(),
        reversed: claims.iter().map(|claim| claim.reversed).collect(),
        preset: preset.map(|preset| preset.name.to_owned()),
        notes,
    })
}

/// Whether a cell of a first row is a column name of a known field.
pub(super) fn is_column_name(text: &str) -> bool {
    let key = names::key(text);
    !key.is_empty() && text.len() <= 64 && (names::find(&key).is_some() || identifiers::is_identifier(&key))
}

/// `--map`, by column. A column is named by its header, or by its position as `#3`.
fn user_choices(header: &Header<'_>, options: &Options) -> Result<Vec<Option<Field>>, Error> {
    let mut choices = vec![None; header.names.len()];
    for (name, field) in &options.map {
        let by_position = name.trim().strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
        let mut found = false;
        for (column, heading) in header.names.iter().enumerate() {
            if by_position == Some(column + 1) || same_name(heading, name) {
                choices[column] = Some(field.clone());
                found = true;
            }
        }
        if !found {
            return Err(unknown_column(header, name));
        }
    }
    Ok(choices)
}

fn same_name(left: &str, right: &str) -> bool {
    left.trim().to_lowercase() == right.trim().to_lowercase()
}

fn unknown_column(header: &Header<'_>, name: &str) -> Error {
    let wanted = names::key(name);
    let mut near: Vec<(f64, &String)> = header
        .names
        .iter()
        .map(|heading| (jaro_winkler(&wanted, &names::key(heading)), heading))
        .filter(|(similarity, _)| *similarity >= 0.75)
        .collect();
    near.sort_by(|left, right| right.0.total_cmp(&left.0));
    let hint = if near.is_empty() {
        format!("the columns are {}", list(header.names))
    } else {
        let names: Vec<String> = near.iter().take(3).map(|(_, heading)| format!("'{}'", heading.trim())).collect();
        format!("did you mean {}?", names.join(" or "))
    };
    Error::UnknownColumn { input: header.input.to_owned(), column: name.to_owned(), hint }
}

/// The headers for a message, at most 30 of them.
fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(30).map(|name| format!("'{}'", name.trim())).collect();
    let more = if names.len() > 30 { format!(" and {} more", names.len() - 30) } else { String::new() };
    shown.join(", ") + &more
}

fn claim(header: &Header<'_>, column: usize, key: &str, preset: Option<&Preset>, side: Side) -> Claim {
    let name = header.names[column].trim();
    let simple = |field, rank| Claim { field, rank, reversed: false };
    if name.is_empty() {
        // Spreadsheets save empty columns beside the table
        let field = if header.filled[column] { custom(&format!("Column {}", column + 1)) } else { Field::Ignore };
        return simple(field, Rank::Unknown);
    }
    // What an export added to errors.csv to say what is wrong is no data of the row: a mended file is fed as it is
    if name.starts_with("leadfold_") {
        return simple(Field::Ignore, Rank::Strong);
    }
    for prefix in ["custom:", "custom_attributes."] {
        if let Some(attribute) = name.strip_prefix(prefix).filter(|attribute| !attribute.is_empty()) {
            return simple(custom(attribute), Rank::Strong);
        }
    }
    match preset.and_then(|preset| preset.column(key)) {
        Some((_, Some(field))) => return simple(field.clone(), Rank::Preset),
        Some((_, None)) => return simple(custom(name), Rank::Preset),
        None => {}
    }
    if side == Side::Existing && key == "contactid" {
        return simple(Field::Id, Rank::Strong);
    }
    let samples = &header.samples[column];
    if names::is_subscription(key) {
        let readable = samples.iter().all(|text| cell::unsubscribed_by_subscription(text).is_some());
        return if readable && !samples.is_empty() {
            Claim { field: Field::Unsubscribed, rank: Rank::Weak, reversed: true }
        } else {
            simple(custom(name), Rank::Unknown)
        };
    }
    if identifiers::is_identifier(key) {
        return simple(Field::Identifier(name.into()), Rank::Strong);
    }
    if is_gender_column(key) {
        return simple(Field::Text(name.into()), Rank::Strong);
    }
    let Some((field, strength)) = names::find(key) else { return simple(custom(name), Rank::Unknown) };
    let rank = match strength {
        Strength::Strong => Rank::Strong,
        Strength::Weak => Rank::Weak,
        Strength::LastResort => Rank::LastResort,
    };
    let most = |is: &dyn Fn(&str) -> bool| {
        let matching = samples.iter().filter(|text| is(text)).count();
        matching > 0 && matching * 2 >= samples.len()
    };
    match field {
        // "Role" is Intercom's word for lead or user, and everybody else's for a job
        Field::Role if !samples.is_empty() && !most(&|text| cell::role(text).is_some()) => {
            if key == "role" {
                simple(Field::JobTitle, Rank::Weak)
            } else {
                simple(custom(name), Rank::Unknown)
            }
        }
        Field::JobTitle if key == "title" && most(&cell::is_salutation) => simple(Field::NamePrefix, rank),
        field => simple(field, rank),
    }
}

fn custom(name: &str) -> Field {
    Field::Custom(name.into())
}

/// Two columns of one name would be one attribute, or leave it to chance which of them counts.
fn refuse_duplicates(header: &Header<'_>, claims: &[Claim]) -> Result<(), Error> {
    for (column, name) in header.names.iter().enumerate() {
        let counts = |other: &usize| {
            let claim = &claims[*other];
            let settled = claim.field == Field::Ignore || claim.rank == Rank::User;
            header.filled[*other] && !settled && !name.trim().is_empty() && same_name(&header.names[*other], name)
        };
        let same: Vec<usize> = (column..header.names.len()).filter(counts).collect();
        let [first, .., last] = same.as_slice() else { continue };
        if *first == column {
            let positions: Vec<String> = same.iter().map(|other| (other + 1).to_string()).collect();
            return Err(Error::DuplicateHeader {
                input: header.input.to_owned(),
                header: name.trim().to_owned(),
                positions: and_list(&positions),
                last: u32::try_from(last + 1).unwrap_or(u32::MAX),
            });
        }
    }
    Ok(())
}

fn and_list(items: &[String]) -> String {
    match items {
        [init @ .., last] if !init.is_empty() => format!("{} and {last}", init.join(", ")),
        _ => items.join(", "),
    }
}

/// Lets the strongest claim to each field win; the others become custom attributes.
fn settle(header: &Header<'_>, claims: &mut [Claim]) -> Result<(), Error> {
    for column in 0..claims.len() {
        let field = claims[column].field.clone();
        let rivals: Vec<usize> = (0..claims.len()).filter(|other| claims[*other].field == field).collect();
        if rivals.first() != Some(&column) || rivals.len() < 2 || field == Field::Ignore {
            continue;
        }
        // A column without a single value gives way to one that has some
        let strength = |other: &usize| (claims[*other].rank == Rank::User, header.filled[*other], claims[*other].rank);
        let Some(best) = rivals.iter().map(strength).max() else { continue };
        let (winners, mut losers): (Vec<usize>, Vec<usize>) = rivals.iter().partition(|other| strength(other) == best);
        if names::is_multiple(&field) {
            // All columns of a field of several values are welcome; only weak ones step back behind clear ones
            losers.retain(|other| claims[*other].rank == Rank::Weak);
        } else if let [first, others @ ..] = winners.as_slice()
            && !others.is_empty()
        {
            let (_, filled, rank) = best;
            let matters = rank == Rank::User || (rank == Rank::Strong && filled);
            if matters {
                return Err(ambiguous(header, &field, &winners));
            }
            // A preset's own order, or the first of several weak names
            losers.extend(others.iter().filter(|other| *other != first));
        }
        for loser in losers {
            claims[loser] = Claim { field: custom(header.names[loser].trim()), rank: Rank::Unknown, reversed: false };
        }
    }
    Ok(())
}

fn ambiguous(header: &Header<'_>, field: &Field, columns: &[usize]) -> Error {
    let name = |column: &usize| header.names[*column].trim().to_owned();
    let described: Vec<String> =
        columns.iter().map(|column| format!("'{}' (column {})", name(column), column + 1)).collect();
    let choices: Vec<String> = columns
        .iter()
        .map(|kept| {
            let others = columns.iter().filter(|column| *column != kept);
            others.map(|other| format!("--map '{}=custom:{}'", name(other), name(other))).collect::<Vec<_>>().join(" ")
                + &format!(" to take '{}'", name(kept))
        })
        .collect();
    Error::Ambiguous {
        input: header.input.to_owned(),
        field: field.to_string(),
        count: columns.len(),
        columns: and_list(&described),
        choices: choices.join("; "),
    }
}

/// A list is of use only when some column says who a contact is.
fn require(header: &Header<'_>, claims: &[Claim], side: Side) -> Result<(), Error> {
    let has = |test: &dyn Fn(&Field) -> bool| claims.iter().any(|claim| test(&claim.field));
    if side == Side::Existing && !has(&|field| *field == Field::Id) {
        return Err(Error::NoIdColumn { input: header.input.to_owned(), columns: list(header.names) });
    }
    let identifying = |field: &Field| {
        matches!(
            field,
            Field::Email
                | Field::FullName
                | Field::FirstName
                | Field::LastName
                | Field::Phone
                | Field::Company
                | Field::ExternalId
                | Field::Identifier(_)
        )
    };
    if has(&identifying) {
        return Ok(());
    }
    Err(Error::NoUsableColumn {
        input: header.input.to_owned(),
        columns: list(header.names),
        example: header.names.first().map_or_else(String::new, |name| name.trim().to_owned()),
    })
}
