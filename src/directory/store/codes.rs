//! Contact codes, one for each organisation and year.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::core::error::Result;
use crate::core::ids::OrgId;
use crate::directory::model::ContactCode;
use crate::store::schema::contact_codes as codes;
use crate::store::{Tx, each_backend};

/// An organisation's codes of these years.
pub fn of(tx: &mut Tx<'_>, organisation: OrgId, years: &[i16]) -> Result<Vec<ContactCode>> {
    let years = years.iter().copied().map(i32::from);
    let rows: Vec<String> = codes::table
        .filter(codes::organisation_id.eq(organisation).and(codes::year.eq_any(years)))
        .select(codes::code)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(ContactCode::stored).collect())
}

/// All of a year.
pub fn of_year(tx: &mut Tx<'_>, year: i16) -> Result<HashMap<OrgId, ContactCode>> {
    let rows: Vec<(OrgId, String)> = codes::table
        .filter(codes::year.eq(i32::from(year)))
        .select((codes::organisation_id, codes::code))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(id, code)| (id, ContactCode::stored(code))).collect())
}

/// New ones; there are at most a few hundred administrations.
pub fn add(tx: &mut Tx<'_>, year: i16, new: &[(OrgId, ContactCode)]) -> Result<()> {
    let at = tx.at();
    let rows: Vec<_> = new
        .iter()
        .map(|(organisation, code)| {
            (
                codes::organisation_id.eq(*organisation),
                codes::year.eq(i32::from(year)),
                codes::code.eq(code.as_str().to_owned()),
                codes::made_at.eq(at),
            )
        })
        .collect();
    if !rows.is_empty() {
        each_backend!(tx.conn, c => diesel::insert_into(codes::table).values(rows).execute(c))?;
    }
    Ok(())
}
