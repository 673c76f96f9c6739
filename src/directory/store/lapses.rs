//! What tells whether contacts still hold: when they were asked, when they said so.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::core::error::{Result, one_row};
use crate::core::ids::{ContactId, OrgId};
use crate::directory::model::Enrolment;
use crate::store::schema::{contacts, organisations};
use crate::store::{At, Tx};

/// The enrolled administrations.
pub fn enrolled(tx: &mut Tx<'_>) -> Result<Vec<OrgId>> {
    let all = organisations::table
        .filter(organisations::is_administration.eq(true))
        .filter(organisations::enrolment.eq(Enrolment::Enrolled.code()));
    Ok(all.order(organisations::id).select(organisations::id).load(tx.conn)?)
}

/// Asked once more, now.
pub fn asked(tx: &mut Tx<'_>, id: ContactId, times: i32) -> Result<()> {
    let set = (contacts::asked.eq(times), contacts::asked_at.eq(Some(tx.at())));
    one_row(diesel::update(contacts::table.find(id)).set(set).execute(tx.conn)?)
}

/// Still holds, as of now; nobody needs to ask.
pub fn confirmed(tx: &mut Tx<'_>, id: ContactId) -> Result<()> {
    let set =
        (contacts::confirmed_at.eq(Some(tx.at())), contacts::asked.eq(0), contacts::asked_at.eq(None::<At>));
    one_row(diesel::update(contacts::table.find(id)).set(set).execute(tx.conn)?)
}

/// Which end of its keys each contact was told of.
pub fn endings_told(tx: &mut Tx<'_>) -> Result<HashMap<ContactId, Timestamp>> {
    let told = contacts::table.filter(contacts::key_end_told.is_not_null());
    let rows: Vec<(ContactId, Option<At>)> =
        told.select((contacts::id, contacts::key_end_told)).load(tx.conn)?;
    Ok(rows.into_iter().filter_map(|(id, end)| Some((id, end?.0))).collect())
}

/// Told that its keys end then.
pub fn tell_ending(tx: &mut Tx<'_>, id: ContactId, end: Timestamp) -> Result<()> {
    let set = contacts::key_end_told.eq(Some(At(end)));
    one_row(diesel::update(contacts::table.find(id)).set(set).execute(tx.conn)?)
}
