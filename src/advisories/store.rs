//! Rows of advisories, their versions and authors; those of deliveries in a file of their own.

mod deliveries;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::machine::State;
use super::model::{Authors, Content, Filter, Frame, Reference, Row, Severity, Version, WarningStep};
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AccountId, AdvisoryId, OrgId, VersionId};
use crate::core::tlp::Tlp;
use crate::store::schema::{
    advisories, advisory_authors, advisory_contents, advisory_versions, deliveries as delivery_rows,
};
use crate::store::{At, Tx};

pub(super) use deliveries::{
    add_deliveries, addresses, deliveries, opened, recipients, set_mails, set_opened,
};

/// Only the newest version of each advisory.
const NEWEST: &str = "NOT EXISTS (SELECT 1 FROM advisory_versions newer \
     WHERE newer.advisory_id = advisory_versions.advisory_id AND newer.number > advisory_versions.number)";

macro_rules! versions {
    () => {
        advisory_versions::table
            .inner_join(advisories::table.on(advisories::id.eq(advisory_versions::advisory_id)))
            .inner_join(advisory_contents::table.on(advisory_contents::version_id.eq(advisory_versions::id)))
    };
}

macro_rules! whole {
    () => {
        (
            advisory_versions::id,
            advisory_versions::advisory_id,
            advisories::reference,
            advisory_versions::number,
            advisory_versions::state,
            (
                advisory_versions::tlp,
                advisory_versions::warning_step,
                advisory_versions::severity,
                advisory_versions::audience,
            ),
            (
                advisory_contents::title,
                advisory_contents::concerns,
                advisory_contents::measures,
                advisory_contents::body,
                advisory_contents::products,
                advisory_contents::cves,
            ),
            advisory_contents::return_reason,
            advisory_versions::created_at,
            advisory_versions::submitted_at,
            (
                advisory_versions::approved_name,
                advisory_versions::approved_at,
                advisory_versions::approved_hash,
            ),
            advisory_versions::published_at,
            advisory_versions::version,
            advisory_versions::updated_at,
        )
    };
}

macro_rules! short {
    () => {
        (
            advisory_versions::id,
            advisories::reference,
            advisory_versions::number,
            advisory_versions::state,
            advisory_contents::title,
            advisory_versions::tlp,
            advisory_versions::warning_step,
            advisory_versions::severity,
            advisory_versions::published_at,
            advisory_versions::updated_at,
        )
    };
}

#[derive(Queryable)]
struct WholeRow {
    id: VersionId,
    advisory: AdvisoryId,
    reference: String,
    number: i32,
    state: String,
    frame: (String, i32, String, String),
    content: (String, String, String, String, String, String),
    return_reason: String,
    created_at: At,
    submitted_at: Option<At>,
    approved: (Option<String>, Option<At>, Option<Vec<u8>>),
    published_at: Option<At>,
    lock: i32,
    updated_at: At,
}

#[derive(Queryable)]
struct ShortRow {
    id: VersionId,
    reference: String,
    number: i32,
    state: String,
    title: String,
    tlp: String,
    step: i32,
    severity: String,
    published_at: Option<At>,
    updated_at: At,
}

fn stored<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| Error::Internal(format!("a stored advisory has an unknown {what}")))
}

fn json<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T> {
    stored(serde_json::from_str(text).ok(), what)
}

impl WholeRow {
    fn read(self) -> Result<Version> {
        let (tlp, step, severity, audience) = self.frame;
        let (title, concerns, measures, body, products, cves) = self.content;
        let (approved_name, approved_at, approved_hash) = self.approved;
        Ok(Version {
            id: self.id,
            advisory: self.advisory,
            reference: stored(Reference::parse(&self.reference), "reference")?,
            number: self.number,
            state: stored(State::parse(&self.state), "state")?,
            frame: Frame {
                tlp: stored(Tlp::parse(&tlp), "label")?,
                step: stored(WarningStep::from_number(step), "warning step")?,
                severity: stored(Severity::parse(&severity), "severity")?,
                audience: json(&audience, "audience")?,
            },
            content: Content {
                title,
                concerns,
                measures,
                body,
                products: json(&products, "product list")?,
                cves: json(&cves, "CVE list")?,
            },
            return_reason: self.return_reason,
            created_at: self.created_at.0,
            submitted_at: self.submitted_at.map(|at| at.0),
            approved_name,
            approved_at: approved_at.map(|at| at.0),
            approved_hash,
            published_at: self.published_at.map(|at| at.0),
            lock: self.lock,
            updated_at: self.updated_at.0,
        })
    }
}

impl ShortRow {
    fn read(self) -> Result<Row> {
        Ok(Row {
            version: self.id,
            reference: stored(Reference::parse(&self.reference), "reference")?,
            number: self.number,
            state: stored(State::parse(&self.state), "state")?,
            title: self.title,
            tlp: stored(Tlp::parse(&self.tlp), "label")?,
            step: stored(WarningStep::from_number(self.step), "warning step")?,
            severity: stored(Severity::parse(&self.severity), "severity")?,
            published_at: self.published_at.map(|at| at.0),
            updated_at: self.updated_at.0,
        })
    }
}

fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Internal(format!("JSON: {error}")))
}

/// Adds an advisory without any version.
pub(super) fn add_advisory(
    tx: &mut Tx<'_>,
    reference: &Reference,
    by: Option<AccountId>,
) -> Result<AdvisoryId> {
    let id: AdvisoryId = tx.id();
    diesel::insert_into(advisories::table)
        .values((
            advisories::id.eq(id),
            advisories::reference.eq(reference.as_str()),
            advisories::created_by.eq(by),
            advisories::created_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Adds a version as a draft.
pub(super) fn add_version(
    tx: &mut Tx<'_>,
    advisory: AdvisoryId,
    number: i32,
    frame: &Frame,
    content: &Content,
) -> Result<VersionId> {
    let id: VersionId = tx.id();
    diesel::insert_into(advisory_versions::table)
        .values((
            advisory_versions::id.eq(id),
            advisory_versions::advisory_id.eq(advisory),
            advisory_versions::number.eq(number),
            advisory_versions::state.eq(State::Draft.code()),
            advisory_versions::tlp.eq(frame.tlp.label()),
            advisory_versions::warning_step.eq(frame.step.number()),
            advisory_versions::severity.eq(frame.severity.code()),
            advisory_versions::audience.eq(to_json(&frame.audience)?),
            advisory_versions::created_at.eq(tx.at()),
            advisory_versions::version.eq(1),
            advisory_versions::updated_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(advisory_contents::table)
        .values((
            advisory_contents::version_id.eq(id),
            advisory_contents::title.eq(&content.title),
            advisory_contents::concerns.eq(&content.concerns),
            advisory_contents::measures.eq(&content.measures),
            advisory_contents::body.eq(&content.body),
            advisory_contents::products.eq(to_json(&content.products)?),
            advisory_contents::cves.eq(to_json(&content.cves)?),
            advisory_contents::return_reason.eq(""),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Notes that the account wrote a part of the version.
pub(super) fn add_author(tx: &mut Tx<'_>, version: VersionId, account: AccountId) -> Result<()> {
    if !authors(tx, version)?.contains(&account) {
        diesel::insert_into(advisory_authors::table)
            .values((advisory_authors::version_id.eq(version), advisory_authors::account_id.eq(account)))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Who wrote a part of the version.
pub(super) fn authors(tx: &mut Tx<'_>, version: VersionId) -> Result<Authors> {
    Ok(advisory_authors::table
        .filter(advisory_authors::version_id.eq(version))
        .select(advisory_authors::account_id)
        .load(tx.conn)?)
}

/// The newest version of an advisory.
pub(super) fn lookup(tx: &mut Tx<'_>, reference: &Reference) -> Result<Option<Version>> {
    versions!()
        .filter(advisories::reference.eq(reference.as_str()))
        .order(advisory_versions::number.desc())
        .select(whole!())
        .first::<WholeRow>(tx.conn)
        .optional()?
        .map(WholeRow::read)
        .transpose()
}

/// The newest version that went out before this one.
pub(super) fn lookup_previous(tx: &mut Tx<'_>, version: &Version) -> Result<Option<Version>> {
    versions!()
        .filter(advisory_versions::advisory_id.eq(version.advisory))
        .filter(advisory_versions::number.lt(version.number))
        .filter(advisory_versions::published_at.is_not_null())
        .order(advisory_versions::number.desc())
        .select(whole!())
        .first::<WholeRow>(tx.conn)
        .optional()?
        .map(WholeRow::read)
        .transpose()
}

/// The versions of `reference` that were sent to one of `organisations`, newest first.
pub(super) fn list_sent_versions(
    tx: &mut Tx<'_>,
    reference: &Reference,
    organisations: &[OrgId],
) -> Result<Vec<Version>> {
    let sent = delivery_rows::table
        .filter(delivery_rows::organisation_id.eq_any(organisations))
        .select(delivery_rows::version_id);
    versions!()
        .filter(advisories::reference.eq(reference.as_str()))
        .filter(advisory_versions::published_at.is_not_null())
        .filter(advisory_versions::id.eq_any(sent))
        .order(advisory_versions::number.desc())
        .select(whole!())
        .load::<WholeRow>(tx.conn)?
        .into_iter()
        .map(WholeRow::read)
        .collect()
}

/// The newest version of each advisory, newest first; one more than `limit`, begun behind `after`.
pub(super) fn list(
    tx: &mut Tx<'_>,
    filter: Filter,
    after: Option<VersionId>,
    limit: i64,
) -> Result<Vec<Row>> {
    let mut query = versions!().filter(sql::<Bool>(NEWEST)).select(short!()).into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(advisory_versions::state.eq(state.code()));
    }
    if let Some(step) = filter.step {
        query = query.filter(advisory_versions::warning_step.eq(step.number()));
    }
    if let Some(after) = after {
        query = query.filter(advisory_versions::id.lt(after));
    }
    let rows: Vec<ShortRow> = query.order(advisory_versions::id.desc()).limit(limit + 1).load(tx.conn)?;
    rows.into_iter().map(ShortRow::read).collect()
}

/// What was sent to one of `organisations`; TLP:RED only where it was sent to `mail`. Newest first.
pub(super) fn list_sent(
    tx: &mut Tx<'_>,
    organisations: &[OrgId],
    mail: &str,
    after: Option<VersionId>,
    only_unopened: bool,
    limit: i64,
) -> Result<Vec<Row>> {
    let mut query = versions!()
        .filter(advisory_versions::published_at.is_not_null())
        .filter(
            advisory_versions::id.eq_any(
                delivery_rows::table
                    .filter(delivery_rows::organisation_id.eq_any(organisations))
                    .filter(delivery_rows::address.eq(mail).or(advisory_versions::tlp.ne(Tlp::Red.label())))
                    .select(delivery_rows::version_id),
            ),
        )
        .select(short!())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(advisory_versions::id.lt(after));
    }
    if only_unopened {
        let opened = delivery_rows::table
            .filter(delivery_rows::organisation_id.eq_any(organisations))
            .filter(delivery_rows::address.eq(mail).or(advisory_versions::tlp.ne(Tlp::Red.label())))
            .filter(delivery_rows::opened_at.is_not_null())
            .select(delivery_rows::version_id);
        // What was replaced waits for nobody: its reference leads to what replaced it.
        query = query
            .filter(advisory_versions::state.ne(State::Superseded.code()))
            .filter(advisory_versions::id.ne_all(opened));
    }
    let rows: Vec<ShortRow> = query.order(advisory_versions::id.desc()).limit(limit + 1).load(tx.conn)?;
    rows.into_iter().map(ShortRow::read).collect()
}

/// Replaces what a version says, if nobody else changed it since `version.lock`.
pub(super) fn update_draft(
    tx: &mut Tx<'_>,
    version: &Version,
    frame: &Frame,
    content: &Content,
) -> Result<()> {
    let changed = diesel::update(advisory_versions::table)
        .filter(advisory_versions::id.eq(version.id))
        .filter(advisory_versions::version.eq(version.lock))
        .set((
            advisory_versions::state.eq(State::Draft.code()),
            advisory_versions::tlp.eq(frame.tlp.label()),
            advisory_versions::warning_step.eq(frame.step.number()),
            advisory_versions::severity.eq(frame.severity.code()),
            advisory_versions::audience.eq(to_json(&frame.audience)?),
            advisory_versions::version.eq(version.lock + 1),
            advisory_versions::updated_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    one_row(changed)?;
    let changed = diesel::update(advisory_contents::table)
        .filter(advisory_contents::version_id.eq(version.id))
        .set((
            advisory_contents::title.eq(&content.title),
            advisory_contents::concerns.eq(&content.concerns),
            advisory_contents::measures.eq(&content.measures),
            advisory_contents::body.eq(&content.body),
            advisory_contents::products.eq(to_json(&content.products)?),
            advisory_contents::cves.eq(to_json(&content.cves)?),
        ))
        .execute(tx.conn)?;
    one_row(changed)
}

/// Moves a version to another state, if nobody else changed it since `version.lock`.
pub(super) fn set_state(tx: &mut Tx<'_>, version: &Version, state: State) -> Result<()> {
    let changed = diesel::update(advisory_versions::table)
        .filter(advisory_versions::id.eq(version.id))
        .filter(advisory_versions::version.eq(version.lock))
        .set((
            advisory_versions::state.eq(state.code()),
            advisory_versions::version.eq(version.lock + 1),
            advisory_versions::updated_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    one_row(changed)
}

/// Who asked for review, and when.
pub(super) fn set_submitted(tx: &mut Tx<'_>, id: VersionId, by: Option<AccountId>) -> Result<()> {
    let changed = diesel::update(advisory_versions::table.find(id))
        .set((advisory_versions::submitted_by.eq(by), advisory_versions::submitted_at.eq(Some(tx.at()))))
        .execute(tx.conn)?;
    one_row(changed)
}

/// Who approved, when, and the hash over what.
pub(super) fn set_approved(
    tx: &mut Tx<'_>,
    id: VersionId,
    by: Option<AccountId>,
    name: &str,
    hash: &[u8],
) -> Result<()> {
    let changed = diesel::update(advisory_versions::table.find(id))
        .set((
            advisory_versions::approved_by.eq(by),
            advisory_versions::approved_name.eq(Some(name)),
            advisory_versions::approved_at.eq(Some(tx.at())),
            advisory_versions::approved_hash.eq(Some(hash)),
        ))
        .execute(tx.conn)?;
    one_row(changed)
}

/// Takes an approval and its recipient list back, and keeps why.
pub(super) fn clear_approval(tx: &mut Tx<'_>, id: VersionId, reason: &str) -> Result<()> {
    diesel::delete(delivery_rows::table.filter(delivery_rows::version_id.eq(id))).execute(tx.conn)?;
    let changed = diesel::update(advisory_versions::table.find(id))
        .set((
            advisory_versions::approved_by.eq(None::<AccountId>),
            advisory_versions::approved_name.eq(None::<String>),
            advisory_versions::approved_at.eq(None::<At>),
            advisory_versions::approved_hash.eq(None::<Vec<u8>>),
        ))
        .execute(tx.conn)?;
    one_row(changed)?;
    let changed = diesel::update(advisory_contents::table.find(id))
        .set(advisory_contents::return_reason.eq(reason))
        .execute(tx.conn)?;
    one_row(changed)
}

/// When it went out.
pub(super) fn set_published(tx: &mut Tx<'_>, id: VersionId) -> Result<()> {
    let changed = diesel::update(advisory_versions::table.find(id))
        .set(advisory_versions::published_at.eq(Some(tx.at())))
        .execute(tx.conn)?;
    one_row(changed)
}
