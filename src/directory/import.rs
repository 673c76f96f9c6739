//! Import files: bytes in, typed rows or all faults out; and what a file would change. Pure, so that a dry run is free.
//!
//! A file is CSV (RFC 4180) in UTF-8 with a header line, separated by commas or, as German spreadsheets write it, by
//! semicolons. Lines beginning with `#` are comments; one of them must say `# source: WORD`: an import may end only
//! what came from the same source, and leaves alone what others entered.

mod organisations;
mod plan;
mod relations;
mod table;

pub use organisations::{ImportRow, Register, parse};
pub use plan::{Change, ExistingOrg, FieldChange, Plan, plan};
pub use relations::{
    ExistingRelation, Provider, RelationChange, RelationPlan, RelationRow, Relations, parse_relations,
    plan_relations,
};

use std::collections::BTreeMap;

use super::model::Key;
use crate::core::i18n::{self, Lang};
use crate::core::text::Refusal;

/// The source of what people enter; no file may claim it.
pub const BY_HAND: &str = "hand";

/// Every key that the register holds, first and second, with the first key of its organisation.
pub type KnownKeys = BTreeMap<Key, Key>;

/// What is wrong with one cell or one line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// Counted from 1, comments and empty lines included, as an editor shows it. 0: the file as a whole.
    pub line: u64,
    /// The column's name in the header line, empty where it is not about one column.
    pub column: String,
    /// Fluent key of the reason.
    pub reason: Refusal,
    /// What stands there, shortened and printable.
    pub value: String,
}

impl LineFault {
    fn new(line: u64, column: &str, reason: Refusal, value: &str) -> Self {
        Self { line, column: printable(column), reason, value: printable(value) }
    }

    /// The fault as a sentence with its line, for the command line and the page.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let reason = i18n::text(lang, self.reason);
        let args = [
            ("line", self.line.to_string().into()),
            ("column", self.column.as_str().into()),
            ("reason", reason.as_ref().into()),
            ("value", self.value.as_str().into()),
        ];
        let key = match (self.line, self.column.is_empty()) {
            (0, _) => "directory-import-fault-file",
            (_, true) => "directory-import-fault-line",
            (_, false) => "directory-import-fault-cell",
        };
        let mut said = i18n::text_with(lang, key, &args).into_owned();
        if !self.value.is_empty() && self.line != 0 {
            said.push(' ');
            said.push_str(&i18n::text_with(lang, "directory-import-fault-there", &args));
        }
        said
    }
}

/// At most 60 characters, with control characters spelt out, so that a fault can be shown on a terminal.
fn printable(value: &str) -> String {
    let spelt = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    let mut shown: String = value.chars().take(60).map(spelt).collect();
    if value.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}
