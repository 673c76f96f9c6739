//! Who serves whom.

use diesel::prelude::*;

use super::{day, day_or_none};
use crate::core::error::{Error, Result};
use crate::core::ids::{OrgId, ServiceRelationId};
use crate::directory::import::BY_HAND;
use crate::directory::model::{Relation, RelationInput};
use crate::store::schema::service_relations as relations;
use crate::store::{Tx, each_backend};

/// A row as it is stored; the import writes it in batches.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
// See `organisations::Statement`.
#[diesel(table_name = relations, treat_none_as_default_value = false)]
pub struct Row {
    pub id: ServiceRelationId,
    pub provider_id: OrgId,
    pub organisation_id: OrgId,
    pub service: String,
    pub source: String,
    pub is_example: bool,
    pub valid_from: String,
    pub valid_until: Option<String>,
}

impl TryFrom<Row> for Relation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            provider: row.provider_id,
            organisation: row.organisation_id,
            service: row.service,
            source: row.source,
            is_example: row.is_example,
            valid_from: day(&row.valid_from)?,
            valid_until: day_or_none(row.valid_until)?,
        })
    }
}

/// Relations in which it serves or is served, ended ones included.
pub fn of(tx: &mut Tx<'_>, organisation: OrgId) -> Result<Vec<Relation>> {
    let rows: Vec<Row> = relations::table
        .filter(relations::provider_id.eq(organisation).or(relations::organisation_id.eq(organisation)))
        .order((relations::service, relations::id))
        .select(Row::as_select())
        .load(tx.conn)?;
    rows.into_iter().map(Relation::try_from).collect()
}

/// All, for an import.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Relation>> {
    let rows: Vec<Row> = relations::table.select(Row::as_select()).load(tx.conn)?;
    rows.into_iter().map(Relation::try_from).collect()
}

/// One that people state: a new one, or one that had ended and begins again. `None` when it exists and has not ended.
pub fn add(tx: &mut Tx<'_>, input: &RelationInput, today: &str) -> Result<Option<ServiceRelationId>> {
    let row = Row {
        id: tx.id(),
        provider_id: input.provider,
        organisation_id: input.organisation,
        service: input.service.as_str().to_owned(),
        source: BY_HAND.to_owned(),
        is_example: false,
        valid_from: input.valid_from.to_string(),
        valid_until: input.valid_until.map(|day| day.to_string()),
    };
    let added = each_backend!(tx.conn, c =>
        diesel::insert_into(relations::table).values(&row).on_conflict_do_nothing().execute(c))?;
    if added == 1 {
        return Ok(Some(row.id));
    }
    let ended = relations::table
        .filter(relations::provider_id.eq(row.provider_id))
        .filter(relations::organisation_id.eq(row.organisation_id))
        .filter(relations::service.eq(&row.service).and(relations::valid_until.le(today)));
    let again: Option<ServiceRelationId> = ended.select(relations::id).first(tx.conn).optional()?;
    if let Some(id) = again {
        diesel::update(relations::table.find(id))
            .set((
                relations::source.eq(&row.source),
                relations::is_example.eq(false),
                relations::valid_from.eq(&row.valid_from),
                relations::valid_until.eq(&row.valid_until),
            ))
            .execute(tx.conn)?;
    }
    Ok(again)
}

/// The relation with this id.
pub fn lookup(tx: &mut Tx<'_>, id: ServiceRelationId) -> Result<Option<Relation>> {
    let row: Option<Row> = relations::table.find(id).select(Row::as_select()).first(tx.conn).optional()?;
    row.map(Relation::try_from).transpose()
}

/// Ends it on that day; `false` when it has an end already.
pub fn end(tx: &mut Tx<'_>, id: ServiceRelationId, day: &str) -> Result<bool> {
    let open = relations::valid_until.is_null().or(relations::valid_until.gt(day));
    let changed = diesel::update(relations::table.find(id).filter(open))
        .set(relations::valid_until.eq(Some(day)))
        .execute(tx.conn)?;
    Ok(changed == 1)
}
