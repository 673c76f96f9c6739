//! Organisations, one by one and by relation.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::civil::Date;

use super::{day, day_or_none, word};
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::OrgId;
use crate::directory::import::BY_HAND;
use crate::directory::model::{
    Enrolment, Key, Kind, Level, OrgName, Organisation, OrganisationInput, search_text,
};
use crate::store::schema::organisations;
use crate::store::{At, Conn, Tx, among, each_backend};

/// A row as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct Row {
    pub id: OrgId,
    pub source: String,
    pub source_key: Option<String>,
    pub kind: String,
    pub level: String,
    pub name: String,
    pub search: String,
    pub sign: String,
    pub ags: Option<String>,
    pub ars: Option<String>,
    pub second_key: Option<String>,
    pub parent_id: Option<OrgId>,
    pub district_id: Option<OrgId>,
    pub administered_by_id: Option<OrgId>,
    pub is_administration: bool,
    pub is_cert: bool,
    pub seat: String,
    pub postcode: String,
    pub population: Option<i32>,
    pub enrolment: String,
    pub enrolment_at: At,
    pub valid_from: String,
    pub valid_until: Option<String>,
    pub is_example: bool,
    pub version: i32,
    pub updated_at: At,
}

impl TryFrom<Row> for Organisation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            source: row.source,
            source_key: row.source_key,
            kind: word(Kind::parse, &row.kind)?,
            level: word(Level::parse, &row.level)?,
            name: row.name,
            sign: row.sign,
            ags: row.ags,
            ars: row.ars,
            second_key: row.second_key,
            parent: row.parent_id,
            district: row.district_id,
            administered_by: row.administered_by_id,
            is_administration: row.is_administration,
            is_cert: row.is_cert,
            seat: row.seat,
            postcode: row.postcode,
            population: row.population,
            enrolment: word(Enrolment::parse, &row.enrolment)?,
            enrolment_at: row.enrolment_at.0,
            valid_from: day(&row.valid_from)?,
            valid_until: day_or_none(row.valid_until)?,
            is_example: row.is_example,
            version: row.version,
            updated_at: row.updated_at.0,
        })
    }
}

/// The organisation with this id.
pub fn lookup(tx: &mut Tx<'_>, id: OrgId) -> Result<Option<Organisation>> {
    let row: Option<Row> =
        organisations::table.find(id).select(Row::as_select()).first(tx.conn).optional()?;
    row.map(Organisation::try_from).transpose()
}

/// Those with these ids, in the order of lists.
pub fn of(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<Organisation>> {
    let rows: Vec<Row> = organisations::table
        .filter(organisations::id.eq_any(ids))
        .order((organisations::search, organisations::id))
        .select(Row::as_select())
        .load(tx.conn)?;
    rows.into_iter().map(Organisation::try_from).collect()
}

/// The organisation with this AGS, ARS, second key or import key; one that exists on `day` before one that does not.
pub fn lookup_by_key(tx: &mut Tx<'_>, key: &str, day: Date) -> Result<Option<Organisation>> {
    let rows: Vec<Row> = organisations::table
        .filter(
            (organisations::source_key.eq(key))
                .or(organisations::second_key.eq(key))
                .or(organisations::ars.eq(key))
                .or(organisations::ags.eq(key)),
        )
        .order(organisations::valid_from.desc())
        .select(Row::as_select())
        .load(tx.conn)?;
    let found = rows.into_iter().map(Organisation::try_from).collect::<Result<Vec<_>>>()?;
    let valid = found.iter().position(|org| org.is_valid_on(day)).unwrap_or(0);
    Ok(found.into_iter().nth(valid))
}

/// Names of many.
pub fn names(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<HashMap<OrgId, OrgName>> {
    let named = organisations::table.select((organisations::id, organisations::name, organisations::sign));
    let rows: Vec<(OrgId, String, String)> = match tx.conn {
        Conn::Sqlite(c) => named.filter(among!(organisations::id, ids)).load(c)?,
        Conn::Postgres(c) => named.filter(organisations::id.eq_any(ids)).load(c)?,
    };
    Ok(rows.into_iter().map(|(id, name, sign)| (id, OrgName { name, sign })).collect())
}

/// What lists order it by; empty where there is none.
pub fn order_of(tx: &mut Tx<'_>, id: OrgId) -> Result<String> {
    let found: Option<String> =
        organisations::table.find(id).select(organisations::search).first(tx.conn).optional()?;
    Ok(found.unwrap_or_default())
}

/// The district and all that says it lies in it.
pub fn in_district(tx: &mut Tx<'_>, district: OrgId) -> Result<Vec<OrgId>> {
    let inside = organisations::district_id.eq(district).assume_not_null();
    Ok(organisations::table
        .filter(organisations::id.eq(district).or(inside))
        .select(organisations::id)
        .load(tx.conn)?)
}

/// For each of these: whether it runs an administration, and who acts for it otherwise.
pub fn administrators(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<(OrgId, bool, Option<OrgId>)>> {
    let roles = organisations::table.select((
        organisations::id,
        organisations::is_administration,
        organisations::administered_by_id,
    ));
    Ok(match tx.conn {
        Conn::Sqlite(c) => roles.filter(among!(organisations::id, ids)).load(c)?,
        Conn::Postgres(c) => roles.filter(organisations::id.eq_any(ids)).load(c)?,
    })
}

/// For whom these act directly, by register, those that are no more included.
pub fn administered_by(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<OrgId>> {
    Ok(organisations::table
        .filter(organisations::administered_by_id.eq_any(ids))
        .order((organisations::search, organisations::id))
        .select(organisations::id)
        .load(tx.conn)?)
}

/// Those for which this one acts, in the order of lists.
pub fn members(tx: &mut Tx<'_>, id: OrgId) -> Result<Vec<Organisation>> {
    let rows: Vec<Row> = organisations::table
        .filter(organisations::administered_by_id.eq(id))
        .order((organisations::search, organisations::id))
        .select(Row::as_select())
        .load(tx.conn)?;
    rows.into_iter().map(Organisation::try_from).collect()
}

/// The CERT's own.
pub fn lookup_cert(tx: &mut Tx<'_>) -> Result<Option<OrgId>> {
    let cert = organisations::table.filter(organisations::is_cert.eq(true));
    Ok(cert.order(organisations::id).select(organisations::id).first(tx.conn).optional()?)
}

/// The first of a kind that exists on `day`.
pub fn lookup_kind(tx: &mut Tx<'_>, kind: Kind, day: Date) -> Result<Option<OrgId>> {
    let day = day.to_string();
    Ok(organisations::table
        .filter(organisations::kind.eq(kind.code()).and(organisations::valid_from.le(&day)))
        .filter(organisations::valid_until.is_null().or(organisations::valid_until.gt(&day)))
        .order((organisations::search, organisations::id))
        .select(organisations::id)
        .first(tx.conn)
        .optional()?)
}

/// What a file or a person states of an organisation; the rest of its row is the product's.
#[derive(Debug, Clone, Insertable, AsChangeset)]
// Without defaults a batch is one statement; with them diesel opens a transaction of its own on SQLite.
#[diesel(table_name = organisations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Statement {
    pub source: String,
    pub source_key: Option<String>,
    pub kind: &'static str,
    pub level: &'static str,
    pub name: String,
    pub search: String,
    pub sign: String,
    pub ags: Option<String>,
    pub ars: Option<String>,
    pub second_key: Option<String>,
    pub parent_id: Option<OrgId>,
    pub district_id: Option<OrgId>,
    pub administered_by_id: Option<OrgId>,
    pub is_administration: bool,
    pub seat: String,
    pub postcode: String,
    pub population: Option<i32>,
    pub valid_from: String,
    pub valid_until: Option<String>,
    pub is_example: bool,
}

impl Statement {
    /// What a person states; `sign` is its district's.
    pub fn by_hand(input: &OrganisationInput, sign: &str) -> Self {
        let key = input.key.as_ref().map(ToString::to_string);
        let seat = input.seat.as_ref().map_or("", |seat| seat.as_str());
        Self {
            source: BY_HAND.to_owned(),
            kind: input.kind.code(),
            level: input.level.code(),
            name: input.name.as_str().to_owned(),
            search: search_text(input.name.as_str(), seat, &[key.as_deref()]),
            sign: sign.to_owned(),
            ags: None,
            ars: input.key.as_ref().and_then(Key::ars).map(|ars| ars.to_string()),
            source_key: key,
            second_key: None,
            parent_id: None,
            district_id: input.district,
            administered_by_id: None,
            is_administration: input.is_administration,
            seat: seat.to_owned(),
            postcode: input.postcode.as_ref().map(ToString::to_string).unwrap_or_default(),
            population: None,
            valid_from: input.valid_from.to_string(),
            valid_until: input.valid_until.map(|day| day.to_string()),
            is_example: false,
        }
    }
}

/// SQLite takes 32,766 values in a statement; a row has 26.
const BATCH: usize = 1000;

/// New ones, in batches. `cert` is the one that is the CERT itself.
pub fn add(tx: &mut Tx<'_>, new: &[(OrgId, Statement)], cert: Option<OrgId>) -> Result<()> {
    let at = tx.at();
    for batch in new.chunks(BATCH) {
        let rows: Vec<_> = batch
            .iter()
            .map(|(id, statement)| {
                (
                    organisations::id.eq(*id),
                    statement,
                    organisations::is_cert.eq(cert == Some(*id)),
                    organisations::enrolment.eq(Enrolment::Known.code()),
                    organisations::enrolment_at.eq(at),
                    organisations::version.eq(1),
                    organisations::updated_at.eq(at),
                )
            })
            .collect();
        each_backend!(tx.conn, c => diesel::insert_into(organisations::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Another statement; `seen` is the version that it replaces.
pub fn change(tx: &mut Tx<'_>, id: OrgId, seen: i32, statement: &Statement) -> Result<()> {
    let changed = diesel::update(organisations::table.find(id).filter(organisations::version.eq(seen)))
        .set((statement, organisations::version.eq(seen + 1), organisations::updated_at.eq(tx.at())))
        .execute(tx.conn)?;
    one_row(changed)
}

/// Another state of enrolment.
pub fn set_enrolment(tx: &mut Tx<'_>, id: OrgId, seen: i32, next: Enrolment) -> Result<()> {
    let changed = diesel::update(organisations::table.find(id).filter(organisations::version.eq(seen)))
        .set((
            organisations::enrolment.eq(next.code()),
            organisations::enrolment_at.eq(tx.at()),
            organisations::version.eq(seen + 1),
            organisations::updated_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    one_row(changed)
}
