//! Rows of deliveries: the recipient list of a version, and what became of each mail.

use diesel::prelude::*;
use diesel::sql_types::Array;

use super::stored;
use crate::advisories::model::{Delivery, DeliveryState, Recipient};
use crate::core::error::{Error, Result};
use crate::core::ids::{ContactId, DeliveryId, Id, MailId, OrgId, VersionId};
use crate::store::schema::{deliveries, outbox};
use crate::store::{At, Conn, Tx, each_backend};

/// How many deliveries one statement inserts: eight parameters each, far below SQLite's bound.
const CHUNK: usize = 1_000;

/// Writes the recipient list.
pub(in crate::advisories) fn add_deliveries(
    tx: &mut Tx<'_>,
    version: VersionId,
    recipients: &[Recipient],
) -> Result<()> {
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

/// Who gets a delivery, as it was fixed.
#[derive(Queryable, Selectable)]
#[diesel(table_name = deliveries)]
struct RecipientRow {
    id: DeliveryId,
    organisation_id: OrgId,
    contact_id: ContactId,
    recipient_name: String,
    address: String,
}

/// The recipient list as it was fixed, by name.
pub(in crate::advisories) fn recipients(
    tx: &mut Tx<'_>,
    version: VersionId,
) -> Result<Vec<(DeliveryId, Recipient)>> {
    let rows: Vec<RecipientRow> = deliveries::table
        .filter(deliveries::version_id.eq(version))
        .order((deliveries::recipient_name, deliveries::id))
        .select(RecipientRow::as_select())
        .load(tx.conn)?;
    let recipient = |row: RecipientRow| {
        let (organisation, contact) = (row.organisation_id, row.contact_id);
        (row.id, Recipient { organisation, contact, name: row.recipient_name, address: row.address })
    };
    Ok(rows.into_iter().map(recipient).collect())
}

/// Names the mail that carries each delivery. One statement on PostgreSQL, where each is a way to the server and back.
pub(in crate::advisories) fn set_mails(tx: &mut Tx<'_>, carried: &[(DeliveryId, MailId)]) -> Result<()> {
    let mut changed = 0;
    match tx.conn {
        Conn::Postgres(c) => {
            let (deliveries, mails): (Vec<_>, Vec<_>) = carried.iter().copied().unzip();
            changed += diesel::sql_query(
                "UPDATE deliveries SET mail_id = carried.mail FROM unnest($1, $2) AS carried (delivery, mail) \
                 WHERE deliveries.id = carried.delivery",
            )
            .bind::<Array<Id>, _>(deliveries)
            .bind::<Array<Id>, _>(mails)
            .execute(c)?;
        }
        Conn::Sqlite(c) => {
            for (delivery, mail) in carried {
                changed += diesel::update(deliveries::table.find(delivery))
                    .set(deliveries::mail_id.eq(Some(mail)))
                    .execute(c)?;
            }
        }
    }
    if changed == carried.len() { Ok(()) } else { Err(Error::Stale) }
}

type Sent = (Option<String>, Option<bool>, Option<i32>, Option<String>, Option<At>, Option<At>);

#[derive(Queryable)]
struct DeliveryRow {
    recipient: RecipientRow,
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
            id: self.recipient.id,
            organisation: self.recipient.organisation_id,
            contact: self.recipient.contact_id,
            name: self.recipient.recipient_name,
            address: self.recipient.address,
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
pub(in crate::advisories) fn deliveries(tx: &mut Tx<'_>, version: VersionId) -> Result<Vec<Delivery>> {
    let rows: Vec<DeliveryRow> = deliveries::table
        .left_join(outbox::table.on(deliveries::mail_id.eq(outbox::id.nullable())))
        .filter(deliveries::version_id.eq(version))
        .order((deliveries::recipient_name, deliveries::id))
        .select((
            RecipientRow::as_select(),
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
pub(in crate::advisories) fn addresses(
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

/// Which of these versions were opened by these organisations, and under which address.
pub(in crate::advisories) fn opened(
    tx: &mut Tx<'_>,
    versions: &[VersionId],
    organisations: &[OrgId],
) -> Result<Vec<(VersionId, String)>> {
    Ok(deliveries::table
        .filter(deliveries::version_id.eq_any(versions))
        .filter(deliveries::organisation_id.eq_any(organisations))
        .filter(deliveries::opened_at.is_not_null())
        .select((deliveries::version_id, deliveries::address))
        .load(tx.conn)?)
}

/// Notes the first opening of deliveries.
pub(in crate::advisories) fn set_opened(tx: &mut Tx<'_>, ids: &[DeliveryId]) -> Result<()> {
    diesel::update(deliveries::table)
        .filter(deliveries::id.eq_any(ids))
        .filter(deliveries::opened_at.is_null())
        .set(deliveries::opened_at.eq(Some(tx.at())))
        .execute(tx.conn)?;
    Ok(())
}
