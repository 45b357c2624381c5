//! What can be typed after `leadfold lead`, `leadfold user` and `leadfold visitor`.

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::args::ConfigFileArgs;
use crate::cli::setting_args::IntercomArgs;

/// Find or change one lead
///
/// WHO is an Intercom id, an external id, an e-mail address or a phone number. A command that writes shows what it will
/// do and asks first; where several contacts match, it lists them and does nothing.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold lead create --email socrates@agora.example --name Socrates
  leadfold lead find socrates@agora.example              every lead with this address
  leadfold lead update 5747f7c1890d844b3c000e50 name=Plato Published=\"The Republic\"
  leadfold lead convert 574d60e8666dd69e11000148 --into 1942
  leadfold lead tag socrates@agora.example philosopher")]
pub(in crate::cli) struct LeadArgs {
    #[command(subcommand)]
    pub(super) verb: ContactVerb,
}

/// Find or change one user
///
/// WHO is an Intercom id, an external id (what Intercom once called `user_id`), an e-mail address or a phone number. A command
/// that writes shows what it will do and asks first; where several contacts match, it lists them and does nothing.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold user create --external-id 1942 --email al@oran.example --name Al
  leadfold user find 1942
  leadfold user update 1942 plan=pro
  leadfold user archive 1942")]
pub(in crate::cli) struct UserArgs {
    #[command(subcommand)]
    pub(super) verb: ContactVerb,
}

/// Find a visitor, or make a lead or user of it
///
/// WHO is the visitor's id or the user id the messenger gave it.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold visitor find 8a88a590-e1c3-41e2-a502-e0649dbf721c
  leadfold visitor convert 8a88a590-e1c3-41e2-a502-e0649dbf721c --to lead
  leadfold visitor convert 8a88a590-e1c3-41e2-a502-e0649dbf721c --to user --external-id 1942")]
pub(in crate::cli) struct VisitorArgs {
    #[command(subcommand)]
    pub(super) verb: VisitorVerb,
}

/// What can be done with a lead or a user.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum ContactVerb {
    /// List every contact that matches; without WHO, all of them
    Find(FindArgs),
    /// Make a contact
    Create(CreateArgs),
    /// Set attributes, standard and custom
    Update(UpdateArgs),
    /// Make a user of a lead: a new one, or one that exists (--into)
    Convert(ConvertArgs),
    /// Merge a lead into a user that exists; cannot be undone
    Merge(MergeArgs),
    /// Hide a contact; `unarchive` brings it back
    Archive(PickArgs),
    /// Bring an archived contact back
    Unarchive(PickArgs),
    /// Delete a contact for good
    Delete(PickArgs),
    /// Attach tags or take them off; without TAG, list them
    Tag(TagArgs),
    /// Add a note; without TEXT, list the notes
    Note(NoteArgs),
    /// Enter companies or leave them; without COMPANY, list them
    Company(CompanyArgs),
    /// Block a contact for good: Intercom takes nothing from it any more
    Block(PickArgs),
    /// List what was merged into a contact (--api 2.16)
    History(LookArgs),
}

/// What can be done with a visitor.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum VisitorVerb {
    /// Show a visitor
    Find(VisitorFindArgs),
    /// Make a lead or a user of a visitor
    Convert(VisitorConvertArgs),
}

/// How to reach the workspace.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ReachArgs {
    #[command(flatten)]
    pub(super) intercom: IntercomArgs,
    #[command(flatten)]
    pub(super) config: ConfigFileArgs,
}

/// How to reach the workspace and whether to ask.
#[derive(Clone, Debug, Args)]
pub(super) struct WriteArgs {
    /// Do not ask
    #[arg(long, short)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) reach: ReachArgs,
}

/// Flags of `find`.
#[derive(Clone, Debug, Args)]
pub(super) struct FindArgs {
    /// Intercom id, external id, e-mail address or phone number
    pub(super) who: Option<String>,
    #[command(flatten)]
    pub(super) reach: ReachArgs,
}

/// The values of a new contact, or of a lead that becomes a user.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ValueArgs {
    /// E-mail address
    #[arg(long, help_heading = "Values", value_name = "ADDRESS")]
    pub(super) email: Option<String>,
    /// Name
    #[arg(long, help_heading = "Values", value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Phone number, best with its country (+44 …)
    #[arg(long, help_heading = "Values", value_name = "NUMBER")]
    pub(super) phone: Option<String>,
    /// Your own id of a user (`user_id` in the legacy dialect)
    #[arg(long, alias = "user-id", help_heading = "Values", value_name = "ID")]
    pub(super) external_id: Option<String>,
}

/// Further attributes.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct AssignmentArgs {
    /// Attributes to set: standard ones by Intercom's name, any other is a custom one; nothing after `=` clears it, and
    /// `karma+=5` or `karma-=5` counts on from what is there
    #[arg(value_name = "NAME=VALUE")]
    pub(super) assignments: Vec<String>,
    /// Create custom attributes the workspace lacks, as text
    #[arg(long)]
    pub(super) create_attributes: bool,
}

/// Flags of `create`.
#[derive(Clone, Debug, Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    pub(super) more: AssignmentArgs,
    #[command(flatten)]
    pub(super) values: ValueArgs,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// Flags of `update`.
#[derive(Clone, Debug, Args)]
pub(super) struct UpdateArgs {
    /// Intercom id, external id, e-mail address or phone number
    pub(super) who: String,
    #[command(flatten)]
    pub(super) more: AssignmentArgs,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// Flags of `convert`.
#[derive(Clone, Debug, Args)]
pub(super) struct ConvertArgs {
    /// The lead: Intercom id, external id, e-mail address or phone number
    pub(super) who: String,
    /// The user to merge the lead into, instead of making a new one
    #[arg(long, value_name = "USER", conflicts_with_all = ["email", "name", "phone", "external_id"])]
    pub(super) into: Option<String>,
    /// With --into: ask Intercom first what the merge would do
    #[arg(long, requires = "into")]
    pub(super) preview: bool,
    #[command(flatten)]
    pub(super) values: ValueArgs,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// Flags of `merge`.
#[derive(Clone, Debug, Args)]
pub(super) struct MergeArgs {
    /// The lead: Intercom id, external id, e-mail address or phone number
    pub(super) who: String,
    /// The user that stays
    #[arg(long, value_name = "USER")]
    pub(super) into: String,
    /// Ask Intercom first what the merge would do; with it, users can be merged where the workspace allows that
    #[arg(long)]
    pub(super) preview: bool,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// Flags of `archive`, `unarchive`, `block` and `delete`.
#[derive(Clone, Debug, Args)]
pub(super) struct PickArgs {
    /// Intercom id, external id, e-mail address or phone number (archived contacts are found by id only)
    pub(super) who: String,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// Flags of `tag`.
#[derive(Clone, Debug, Args)]
pub(super) struct TagArgs {
    /// Intercom id, external id, e-mail address or phone number
    pub(super) who: String,
    /// Tags to attach; made when the workspace has none of that name
    #[arg(value_name = "TAG")]
    pub(super) tags: Vec<String>,
    /// A tag to take off; may be given several times
    #[arg(long, value_name = "TAG")]
    pub(super) remove: Vec<String>,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// Flags of `note`.
#[derive(Clone, Debug, Args)]
pub(super) struct NoteArgs {
    /// Intercom id, external id, e-mail address or phone number
    pub(super) who: String,
    /// The note; `-` reads it from standard input
    pub(super) text: Option<String>,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// Flags of `company`.
#[derive(Clone, Debug, Args)]
pub(super) struct CompanyArgs {
    /// Intercom id, external id, e-mail address or phone number
    pub(super) who: String,
    /// A company that exists, by name or id; or ID=NAME with your own id of it, which makes or renames it
    #[arg(value_name = "COMPANY")]
    pub(super) companies: Vec<String>,
    /// A company to leave, by name or id; may be given several times
    #[arg(long, value_name = "COMPANY")]
    pub(super) remove: Vec<String>,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// Flags of verbs that only look.
#[derive(Clone, Debug, Args)]
pub(super) struct LookArgs {
    /// Intercom id, external id, e-mail address or phone number
    pub(super) who: String,
    #[command(flatten)]
    pub(super) reach: ReachArgs,
}

/// Flags of `visitor find`.
#[derive(Clone, Debug, Args)]
pub(super) struct VisitorFindArgs {
    /// The visitor's id or user id
    pub(super) who: String,
    #[command(flatten)]
    pub(super) reach: ReachArgs,
}

/// What a visitor becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Becomes {
    /// A lead
    Lead,
    /// A user
    User,
}

/// Flags of `visitor convert`.
#[derive(Clone, Debug, Args)]
pub(super) struct VisitorConvertArgs {
    /// The visitor's id or user id
    pub(super) who: String,
    /// What it becomes
    #[arg(long, value_enum, required_unless_present = "into")]
    pub(super) to: Option<Becomes>,
    /// The user to merge the visitor into, instead of making a new one
    #[arg(long, value_name = "USER", conflicts_with_all = ["to", "email", "external_id"])]
    pub(super) into: Option<String>,
    /// The new user's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(super) email: Option<String>,
    /// The new user's external id (`user_id` in the legacy dialect)
    #[arg(long, alias = "user-id", value_name = "ID")]
    pub(super) external_id: Option<String>,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}
