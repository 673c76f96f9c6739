//! Contacts.

use diesel::prelude::*;

use super::word;
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{ContactId, OrgId};
use crate::directory::model::{Contact, ContactInput, ContactRole};
use crate::store::schema::contacts;
use crate::store::{At, Tx};

/// Contacts of one mail address that are looked at.
const MANY: i64 = 20;

#[derive(Queryable, Selectable)]
#[diesel(table_name = contacts)]
struct Row {
    id: ContactId,
    organisation_id: OrgId,
    role: String,
    name: String,
    mail: String,
    phone: String,
    out_of_band: String,
    is_function: bool,
    certificate: Option<String>,
    certificate_until: Option<At>,
    pgp_key: Option<String>,
    pgp_until: Option<At>,
    ended_at: Option<At>,
    version: i32,
    updated_at: At,
    confirmed_at: Option<At>,
    asked: i32,
    asked_at: Option<At>,
}

impl TryFrom<Row> for Contact {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            organisation: row.organisation_id,
            role: word(ContactRole::parse, &row.role)?,
            name: row.name,
            mail: row.mail,
            phone: row.phone,
            out_of_band: row.out_of_band,
            is_function: row.is_function,
            certificate: row.certificate,
            certificate_until: row.certificate_until.map(|at| at.0),
            pgp_key: row.pgp_key,
            pgp_until: row.pgp_until.map(|at| at.0),
            ended_at: row.ended_at.map(|at| at.0),
            version: row.version,
            updated_at: row.updated_at.0,
            confirmed_at: row.confirmed_at.map(|at| at.0),
            asked: row.asked,
            asked_at: row.asked_at.map(|at| at.0),
        })
    }
}

/// The contact with this id, ended or not.
pub fn lookup(tx: &mut Tx<'_>, id: ContactId) -> Result<Option<Contact>> {
    let row: Option<Row> = contacts::table.find(id).select(Row::as_select()).first(tx.conn).optional()?;
    row.map(Contact::try_from).transpose()
}

/// The present contacts of these organisations, in the order in which they were entered.
pub fn of(tx: &mut Tx<'_>, organisations: &[OrgId]) -> Result<Vec<Contact>> {
    let rows: Vec<Row> = contacts::table
        .filter(contacts::organisation_id.eq_any(organisations).and(contacts::ended_at.is_null()))
        .order(contacts::id)
        .select(Row::as_select())
        .load(tx.conn)?;
    rows.into_iter().map(Contact::try_from).collect()
}

/// The present contacts with this mail address, in the order in which they were entered.
pub fn at(tx: &mut Tx<'_>, mail: &str) -> Result<Vec<Contact>> {
    let rows: Vec<Row> = contacts::table
        .filter(contacts::mail.eq(mail).and(contacts::ended_at.is_null()))
        .order(contacts::id)
        .limit(MANY)
        .select(Row::as_select())
        .load(tx.conn)?;
    rows.into_iter().map(Contact::try_from).collect()
}

macro_rules! columns {
    ($input:expr) => {{
        let input: &ContactInput = $input;
        (
            contacts::role.eq(input.role.code()),
            contacts::name.eq(input.name.as_str()),
            contacts::mail.eq(input.mail.as_ref().map_or("", |mail| mail.as_str())),
            contacts::phone.eq(input.phone.as_ref().map_or("", |phone| phone.as_str())),
            contacts::out_of_band.eq(input.out_of_band.as_ref().map_or("", |way| way.as_str())),
            contacts::is_function.eq(input.is_function),
            contacts::certificate.eq(input.certificate.as_ref().map(|certificate| certificate.pem.as_str())),
            contacts::certificate_until
                .eq(input.certificate.as_ref().map(|certificate| At(certificate.until))),
            contacts::pgp_key.eq(input.pgp.as_ref().map(|key| key.armored.as_str())),
            contacts::pgp_until.eq(input.pgp.as_ref().map(|key| At(key.until))),
        )
    }};
}

/// A new contact.
pub fn add(tx: &mut Tx<'_>, organisation: OrgId, input: &ContactInput) -> Result<ContactId> {
    let id = tx.id::<ContactId>();
    diesel::insert_into(contacts::table)
        .values((
            contacts::id.eq(id),
            contacts::organisation_id.eq(organisation),
            columns!(input),
            contacts::version.eq(1),
            contacts::updated_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Another statement of a present contact.
pub fn change(tx: &mut Tx<'_>, id: ContactId, seen: i32, input: &ContactInput) -> Result<()> {
    let present = contacts::version.eq(seen).and(contacts::ended_at.is_null());
    let changed = diesel::update(contacts::table.find(id).filter(present))
        .set((columns!(input), contacts::version.eq(seen + 1), contacts::updated_at.eq(tx.at())))
        .execute(tx.conn)?;
    one_row(changed)
}

/// The end of a contact. Its row stays, because deliveries point to it.
pub fn end(tx: &mut Tx<'_>, id: ContactId, seen: i32) -> Result<()> {
    let present = contacts::version.eq(seen).and(contacts::ended_at.is_null());
    let changed = diesel::update(contacts::table.find(id).filter(present))
        .set((
            contacts::ended_at.eq(Some(tx.at())),
            contacts::version.eq(seen + 1),
            contacts::updated_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    one_row(changed)
}
