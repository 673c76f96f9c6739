//! Rows of duties: what people said of rule sets, what was noted, and drafts.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use super::book::Sector;
use super::model::{Draft, Kind, Mark, NewMark};
use super::rule::Reminder;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{DutyDraftId, IncidentId, MarkId, OrgId};
use crate::core::text::Line;
use crate::store::schema::{
    duty_draft_contents as draft_contents, duty_drafts as drafts, duty_mark_contents as mark_contents,
    duty_marks as marks, duty_reminders as reminders, duty_rule_digests as digests,
    organisation_rules as rules, organisation_sectors as sectors,
};
use crate::store::{At, Code, Statement as _, Tx, Word};

impl Word for Kind {
    fn read(word: &str) -> Option<Self> {
        Self::parse(word)
    }
}

impl Word for Reminder {
    fn read(word: &str) -> Option<Self> {
        Self::parse(word)
    }
}

/// A stage of a set, for an organisation in a case.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    pub incident: IncidentId,
    pub organisation: OrgId,
    pub rule_set: &'a str,
    pub stage: &'a str,
}

/// The sectors of these organisations. One that the code no longer knows binds nobody.
pub fn sectors_of(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<(OrgId, Sector)>> {
    let rows: Vec<(OrgId, String)> = sectors::table
        .filter(sectors::organisation_id.eq_any(ids.to_vec()))
        .order((sectors::organisation_id, sectors::sector))
        .select((sectors::organisation_id, sectors::sector))
        .load(tx.conn)?;
    Ok(rows.into_iter().filter_map(|(id, sector)| Some((id, Sector::parse(&sector)?))).collect())
}

/// Replaces the sectors of an organisation.
pub fn set_sectors(tx: &mut Tx<'_>, organisation: OrgId, all: &[Sector]) -> Result<()> {
    diesel::delete(sectors::table.filter(sectors::organisation_id.eq(organisation))).run(tx.conn)?;
    for sector in all {
        let row = (sectors::organisation_id.eq(organisation), sectors::sector.eq(sector.code()));
        diesel::insert_into(sectors::table).values(row).run(tx.conn)?;
    }
    Ok(())
}

/// What people said of rule sets and these organisations: whether each binds, and why.
pub fn said_of(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<(OrgId, String, bool, String)>> {
    Ok(rules::table
        .filter(rules::organisation_id.eq_any(ids.to_vec()))
        .order((rules::organisation_id, rules::rule_set))
        .select((rules::organisation_id, rules::rule_set, rules::binds, rules::why))
        .load(tx.conn)?)
}

/// Keeps what a person says of a rule set; nothing: what the rules say holds again.
pub fn say(
    tx: &mut Tx<'_>,
    actor: &Actor,
    organisation: OrgId,
    rule_set: &str,
    said: Option<(bool, &str)>,
) -> Result<()> {
    let held =
        rules::table.filter(rules::organisation_id.eq(organisation)).filter(rules::rule_set.eq(rule_set));
    diesel::delete(held).run(tx.conn)?;
    let Some((binds, why)) = said else { return Ok(()) };
    let row = (
        rules::organisation_id.eq(organisation),
        rules::rule_set.eq(rule_set),
        rules::binds.eq(binds),
        rules::why.eq(why),
        rules::account_id.eq(actor.account),
        rules::said_at.eq(tx.at()),
    );
    diesel::insert_into(rules::table).values(row).run(tx.conn)?;
    Ok(())
}

/// What was noted in a case, by organisation.
pub fn marks_of(tx: &mut Tx<'_>, incident: IncidentId) -> Result<BTreeMap<OrgId, Vec<Mark>>> {
    type Columns = (OrgId, String, String, Code<Kind>, At, Option<String>, Option<String>);
    let rows: Vec<Columns> = marks::table
        .left_join(mark_contents::table.on(mark_contents::mark_id.eq(marks::id)))
        .filter(marks::incident_id.eq(incident))
        .order(marks::id)
        .select((
            marks::organisation_id,
            marks::rule_set,
            marks::stage,
            marks::kind,
            marks::at,
            mark_contents::author.nullable(),
            mark_contents::receipt.nullable(),
        ))
        .load(tx.conn)?;
    let mut all: BTreeMap<OrgId, Vec<Mark>> = BTreeMap::new();
    for (organisation, rule_set, stage, kind, at, author, receipt) in rows {
        let (author, receipt) = (author.unwrap_or_default(), receipt.unwrap_or_default());
        let mark = Mark { rule_set, stage, kind: kind.0, at: at.into(), author, receipt };
        all.entry(organisation).or_default().push(mark);
    }
    Ok(all)
}

/// Notes what happened; `Error::Stale` where somebody else did already.
pub fn add_mark(tx: &mut Tx<'_>, actor: &Actor, of: Of<'_>, new: &NewMark) -> Result<()> {
    let id: MarkId = tx.id();
    let row = (
        marks::id.eq(id),
        marks::incident_id.eq(of.incident),
        marks::organisation_id.eq(of.organisation),
        marks::rule_set.eq(of.rule_set),
        marks::stage.eq(of.stage),
        marks::kind.eq(new.kind.code()),
        marks::at.eq(At(new.at)),
        marks::account_id.eq(actor.account),
        marks::noted_at.eq(tx.at()),
    );
    one_row(diesel::insert_into(marks::table).values(row).on_conflict_do_nothing().run(tx.conn)?)?;
    let row = (
        mark_contents::mark_id.eq(id),
        mark_contents::author.eq(&actor.name),
        mark_contents::receipt.eq(new.receipt.as_ref().map_or("", Line::as_str)),
    );
    diesel::insert_into(mark_contents::table).values(row).run(tx.conn)?;
    Ok(())
}

/// Takes back what was noted by mistake.
pub fn remove_mark(tx: &mut Tx<'_>, of: Of<'_>, kind: Kind) -> Result<()> {
    let found: Option<MarkId> = marks::table
        .filter(marks::incident_id.eq(of.incident))
        .filter(marks::organisation_id.eq(of.organisation))
        .filter(marks::rule_set.eq(of.rule_set))
        .filter(marks::stage.eq(of.stage))
        .filter(marks::kind.eq(kind.code()))
        .select(marks::id)
        .first(tx.conn)
        .optional()?;
    let id = found.ok_or(Error::Stale)?;
    diesel::delete(mark_contents::table.find(id)).run(tx.conn)?;
    one_row(diesel::delete(marks::table.find(id)).run(tx.conn)?)
}

/// Keeps which rules hold; `false` where these held before already.
pub fn keep_rules(tx: &mut Tx<'_>, digest: &str) -> Result<bool> {
    let row = (digests::digest.eq(digest), digests::since.eq(tx.at()));
    Ok(diesel::insert_into(digests::table).values(row).on_conflict_do_nothing().run(tx.conn)? > 0)
}

/// What was told of a clock in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminded {
    organisation: OrgId,
    rule_set: String,
    stage: String,
    reminder: Reminder,
    due_at: Timestamp,
}

impl Reminded {
    /// Whether this was told of this stage, when it was due then: another date is another clock.
    pub fn is(&self, of: Of<'_>, reminder: Reminder, due_at: Timestamp) -> bool {
        (self.organisation, self.reminder, self.due_at) == (of.organisation, reminder, due_at)
            && (self.rule_set.as_str(), self.stage.as_str()) == (of.rule_set, of.stage)
    }
}

/// What was told of the clocks of a case.
pub fn reminded(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Reminded>> {
    let rows: Vec<(OrgId, String, String, Code<Reminder>, At)> = reminders::table
        .filter(reminders::incident_id.eq(incident))
        .select((
            reminders::organisation_id,
            reminders::rule_set,
            reminders::stage,
            reminders::reminder,
            reminders::due_at,
        ))
        .load(tx.conn)?;
    let one = |(organisation, rule_set, stage, reminder, due_at): (_, _, _, Code<_>, At)| Reminded {
        organisation,
        rule_set,
        stage,
        reminder: reminder.0,
        due_at: due_at.into(),
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Keeps that it is told now.
pub fn add_reminder(tx: &mut Tx<'_>, of: Of<'_>, reminder: Reminder, due_at: Timestamp) -> Result<()> {
    let row = (
        reminders::incident_id.eq(of.incident),
        reminders::organisation_id.eq(of.organisation),
        reminders::rule_set.eq(of.rule_set),
        reminders::stage.eq(of.stage),
        reminders::reminder.eq(reminder.code()),
        reminders::due_at.eq(At(due_at)),
        reminders::told_at.eq(tx.at()),
    );
    diesel::insert_into(reminders::table).values(row).run(tx.conn)?;
    Ok(())
}

fn find_draft(tx: &mut Tx<'_>, of: Of<'_>) -> Result<Option<(DutyDraftId, i32)>> {
    Ok(drafts::table
        .filter(drafts::incident_id.eq(of.incident))
        .filter(drafts::organisation_id.eq(of.organisation))
        .filter(drafts::rule_set.eq(of.rule_set))
        .filter(drafts::stage.eq(of.stage))
        .select((drafts::id, drafts::version))
        .first(tx.conn)
        .optional()?)
}

/// The newest version of a draft, its number, author and time; nothing where none was saved or its content was erased.
pub fn draft(tx: &mut Tx<'_>, of: Of<'_>) -> Result<Option<(i32, String, At, Draft)>> {
    let Some((id, version)) = find_draft(tx, of)? else { return Ok(None) };
    let found: Option<(String, At, String)> = draft_contents::table
        .find((id, version))
        .select((draft_contents::author, draft_contents::saved_at, draft_contents::parts))
        .first(tx.conn)
        .optional()?;
    let Some((author, at, parts)) = found else { return Ok(None) };
    let draft = serde_json::from_str(&parts).map_err(|error| Error::Internal(format!("a draft: {error}")))?;
    Ok(Some((version, author, at, draft)))
}

/// Saves what follows version `seen`, which is 0 before the first; `Error::Stale` where a colleague did.
pub fn save_draft(tx: &mut Tx<'_>, actor: &Actor, of: Of<'_>, seen: i32, draft: &Draft) -> Result<()> {
    let id = match find_draft(tx, of)? {
        Some((id, version)) if version == seen => {
            let unchanged = drafts::table.filter(drafts::id.eq(id)).filter(drafts::version.eq(seen));
            one_row(diesel::update(unchanged).set(drafts::version.eq(seen + 1)).run(tx.conn)?)?;
            id
        }
        None if seen == 0 => add_draft(tx, of)?,
        _ => return Err(Error::Stale),
    };
    let parts = serde_json::to_string(draft).map_err(|error| Error::Internal(error.to_string()))?;
    let row = (
        draft_contents::draft_id.eq(id),
        draft_contents::version.eq(seen + 1),
        draft_contents::account_id.eq(actor.account),
        draft_contents::author.eq(&actor.name),
        draft_contents::saved_at.eq(tx.at()),
        draft_contents::parts.eq(parts),
    );
    diesel::insert_into(draft_contents::table).values(row).run(tx.conn)?;
    Ok(())
}

fn add_draft(tx: &mut Tx<'_>, of: Of<'_>) -> Result<DutyDraftId> {
    let id: DutyDraftId = tx.id();
    let row = (
        drafts::id.eq(id),
        drafts::incident_id.eq(of.incident),
        drafts::organisation_id.eq(of.organisation),
        drafts::rule_set.eq(of.rule_set),
        drafts::stage.eq(of.stage),
        drafts::version.eq(1),
    );
    one_row(diesel::insert_into(drafts::table).values(row).on_conflict_do_nothing().run(tx.conn)?)?;
    Ok(id)
}
