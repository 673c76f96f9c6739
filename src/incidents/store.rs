//! Rows of incidents. Nothing here decides; what a viewer may see arrives as a scope and goes into the innermost SQL.

mod behalf;
mod change;
mod list;
mod parts;
mod reports;
mod rows;
mod timeline;

pub use behalf::{NewBehalf, add_behalf, attach_behalf, behalf_by_receipt, behalf_of, decide_behalf};
pub use change::{Change, NewIncident, Words, add, change, set_words, touch};
pub use list::{count, list, parties};
pub use parts::{
    add_involvement, end_involvement, involvements_of, is_named, named, reporting_account,
    resume_involvement, set_named,
};
pub use reports::{add_later, add_report, informs, reports_of};
pub use rows::{lookup, lookup_id};
pub use timeline::{NewEntry, add_entry, entries};
