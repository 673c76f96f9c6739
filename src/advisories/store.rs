//! Rows of advisories, their versions, authors and deliveries.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::machine::State;
use super::model::{
    Authors, Content, Delivery, DeliveryState, Filter, Frame, Recipient, Reference, Row, Severity, Version,
    WarningStep,
};
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AccountId, AdvisoryId, DeliveryId, MailId, OrgId, VersionId};
use crate::core::tlp::Tlp;
use crate::store::schema::{
    advisories, advisory_authors, advisory_contents, advisory_versions, deliveries, outbox,
};
use crate::store::{At, Tx, each_backend};

/// Only the newest version of each advisory.
const NEWEST: &str = "NOT EXISTS (SELECT 1 FROM advisory_versions newer \
     WHERE newer.advisory_id = advisory_versions.advisory_id AND newer.number > advisory_versions.number)";

/// How many deliveries one statement inserts: eight parameters each, far below SQLite's bound.
const CHUNK: usize = 1_000;

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
    let sent = deliveries::table
        .filter(deliveries::organisation_id.eq_any(organisations))
        .select(deliveries::version_id);
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
                deliveries::table
                    .filter(deliveries::organisation_id.eq_any(organisations))
                    .filter(deliveries::address.eq(mail).or(advisory_versions::tlp.ne(Tlp::Red.label())))
                    .select(deliveries::version_id),
            ),
        )
        .select(short!())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(advisory_versions::id.lt(after));
    }
    if only_unopened {
        let opened = deliveries::table
            .filter(deliveries::organisation_id.eq_any(organisations))
            .filter(deliveries::opened_at.is_not_null())
            .select(deliveries::version_id);
        query = query.filter(advisory_versions::id.ne_all(opened));
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
    diesel::delete(deliveries::table.filter(deliveries::version_id.eq(id))).execute(tx.conn)?;
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

/// Writes the recipient list.
pub(super) fn add_deliveries(tx: &mut Tx<'_>, version: VersionId, recipients: &[Recipient]) -> Result<()> {
    let rows: Vec<_> = recipients
        .iter()
        .map(|recipient| {
            (
                deliveries::id.eq(tx.id::<DeliveryId>()),
                deliveries::version_id.eq(version),
                deliveries::organisation_id.eq(recipient.organisation),
                deliveries::contact_id.eq(recipient.contact),
                deliveries::recipient_name.eq(recipient.name.clone()),
                deliveries::address.eq(recipient.address.clone()),
            )
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        each_backend!(tx.conn, c => diesel::insert_into(deliveries::table).values(chunk.to_vec()).execute(c))?;
    }
    Ok(())
}

/// The recipient list as it was fixed, by name.
pub(super) fn recipients(tx: &mut Tx<'_>, version: VersionId) -> Result<Vec<(DeliveryId, Recipient)>> {
    let rows = deliveries::table
        .filter(deliveries::version_id.eq(version))
        .order((deliveries::recipient_name, deliveries::id))
        .select((
            deliveries::id,
            deliveries::organisation_id,
            deliveries::contact_id,
            deliveries::recipient_name,
            deliveries::address,
        ))
        .load(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, organisation, contact, name, address)| {
            (id, Recipient { organisation, contact, name, address })
        })
        .collect())
}

/// Names the mail that carries a delivery.
pub(super) fn set_mail(tx: &mut Tx<'_>, delivery: DeliveryId, mail: MailId) -> Result<()> {
    let changed = diesel::update(deliveries::table.find(delivery))
        .set(deliveries::mail_id.eq(Some(mail)))
        .execute(tx.conn)?;
    one_row(changed)
}

type Sent = (Option<String>, Option<bool>, Option<i32>, Option<String>, Option<At>, Option<At>);

#[derive(Queryable)]
struct DeliveryRow {
    id: DeliveryId,
    organisation: OrgId,
    contact: crate::core::ids::ContactId,
    name: String,
    address: String,
    opened_at: Option<At>,
    mail: Sent,
}

impl DeliveryRow {
    fn read(self) -> Result<Delivery> {
        let (state, possibly_duplicate, attempts, answer, answered_at, next_at) = self.mail;
        let state = match state {
            Some(code) => stored(DeliveryState::parse(&code), "delivery state")?,
            None => DeliveryState::Waiting,
        };
        let is_pending = matches!(state, DeliveryState::Queued | DeliveryState::Leased);
        Ok(Delivery {
            id: self.id,
            organisation: self.organisation,
            contact: self.contact,
            name: self.name,
            address: self.address,
            state,
            possibly_duplicate: possibly_duplicate.unwrap_or(false),
            attempts: attempts.unwrap_or(0),
            answer,
            answered_at: answered_at.map(|at| at.0),
            next_at: next_at.filter(|_| is_pending).map(|at| at.0),
            opened_at: self.opened_at.map(|at| at.0),
        })
    }
}

/// Every delivery of a version with what its mail's row says, by name.
pub(super) fn deliveries(tx: &mut Tx<'_>, version: VersionId) -> Result<Vec<Delivery>> {
    let rows: Vec<DeliveryRow> = deliveries::table
        .left_join(outbox::table.on(deliveries::mail_id.eq(outbox::id.nullable())))
        .filter(deliveries::version_id.eq(version))
        .order((deliveries::recipient_name, deliveries::id))
        .select((
            deliveries::id,
            deliveries::organisation_id,
            deliveries::contact_id,
            deliveries::recipient_name,
            deliveries::address,
            deliveries::opened_at,
            (
                outbox::state.nullable(),
                outbox::possibly_duplicate.nullable(),
                outbox::attempts.nullable(),
                outbox::answer.nullable(),
                outbox::answered_at.nullable(),
                outbox::next_at.nullable(),
            ),
        ))
        .load(tx.conn)?;
    rows.into_iter().map(DeliveryRow::read).collect()
}

/// The deliveries of a version to some organisations, with their addresses.
pub(super) fn addresses(
    tx: &mut Tx<'_>,
    version: VersionId,
    organisations: &[OrgId],
) -> Result<Vec<(DeliveryId, OrgId, String)>> {
    Ok(deliveries::table
        .filter(deliveries::version_id.eq(version))
        .filter(deliveries::organisation_id.eq_any(organisations))
        .select((deliveries::id, deliveries::organisation_id, deliveries::address))
        .load(tx.conn)?)
}

/// Notes the first opening of deliveries.
pub(super) fn set_opened(tx: &mut Tx<'_>, ids: &[DeliveryId]) -> Result<()> {
    diesel::update(deliveries::table)
        .filter(deliveries::id.eq_any(ids))
        .filter(deliveries::opened_at.is_null())
        .set(deliveries::opened_at.eq(Some(tx.at())))
        .execute(tx.conn)?;
    Ok(())
}
