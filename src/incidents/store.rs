//! Rows of incidents. Nothing here decides; what a viewer may see arrives as a scope and goes into the innermost SQL.

mod behalf;
mod change;
mod handover;
mod links;
mod list;
mod merges;
mod parts;
mod queue;
mod reports;
mod rows;
mod seen;
mod timeline;
mod traces;
mod words;

pub use behalf::{NewBehalf, add_behalf, attach_behalf, behalf_by_receipt, behalf_of, decide_behalf};
pub use change::{Change, NewIncident, Words, add, change, set_words, touch};
pub use handover::{end_handover, handover, set_handover, waited_for};
pub use links::{Link, add_link, larger, links_of, remove_link};
pub use list::{
    After, Boxed, Predicate, by_references, count, counted, in_status, list, list_of, members, parties, sort,
    tellable, visible, with_ids, with_references,
};
pub use merges::{
    NewMember, add_merges, carry, close_as_merged, leads, lift_merge, merges_of, parts_of_lead,
};
pub use parts::{
    add_involvement, end_involvement, involvements_of, is_named, named, open_cases, open_cases_of,
    reporting_account, restricted_without, resume_involvement, set_named,
};
pub(in crate::incidents) use queue::open_tasks;
pub use queue::{Sign, briefs, queue};
pub use reports::{
    add_later, add_report, informs, later_of, reports_of, reports_of_each, set_split, stated_by,
};
pub use rows::{imported_at, lookup, lookup_id};
pub use seen::{heard, in_danger, mark_seen, unsee, with_personal_data, written_to};
pub use timeline::{NewEntry, add_entry, entries, line, lines, said_in};
pub use traces::{Trace, lines_since, traces};
