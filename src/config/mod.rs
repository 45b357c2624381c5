//! File + environment + flags → validated settings, and where each value came from.
//!
//! Is given layers (a user file, `./leadfold.toml`, environment variables, flags), merges them key by key, later ones
//! winning, and hands on [`Settings`] with the origin of every value. Each phase owns its options; this room only
//! composes them. It holds no secret: a token is named by the file it is in, never by its text.

mod error;
mod hint;
mod layer;
mod manual;
mod schema;
mod settings;
mod source;

pub use error::Error;
pub(crate) use hint::likeliest;
pub use layer::{Layer, Layers, ValueOrigin};
pub use manual::{Entry, manual};
pub use schema::schema;
pub use settings::{ApplySection, CleanAction, CleanSection, InputSection, IntercomSection, MatchSection, Settings};
pub use source::SourceSection;
