//! What an import compares with, and what it writes.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::organisations::{Row, Statement};
use super::relations;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::directory::import::{ExistingOrg, ExistingRelation, ImportRow, KnownKeys, RelationRow};
use crate::directory::model::{Ags, Key, Organisation, Relation, search_text};
use crate::store::schema::{organisations as table, service_relations};
use crate::store::{Tx, each_backend};

/// Every organisation that has a key, by key and as a file would state it.
pub struct Existing {
    pub organisations: Vec<ExistingOrg>,
    /// First key and second keys, with the first key that they stand for.
    pub keys: KnownKeys,
    /// By first key: id and version.
    pub ids: BTreeMap<Key, (OrgId, i32)>,
}

/// Reads the register.
pub fn existing(tx: &mut Tx<'_>) -> Result<Existing> {
    let rows: Vec<Row> = table::table.select(Row::as_select()).load(tx.conn)?;
    let all = rows.into_iter().map(Organisation::try_from).collect::<Result<Vec<_>>>()?;
    let key = |text: &Option<String>| text.as_deref().and_then(|text| Key::parse(text).ok());
    let by_id: BTreeMap<OrgId, Key> =
        all.iter().filter_map(|org| Some((org.id, key(&org.source_key)?))).collect();
    let mut read = Existing { organisations: Vec::new(), keys: KnownKeys::new(), ids: BTreeMap::new() };
    for org in all {
        let Some(first) = by_id.get(&org.id).cloned() else { continue };
        let second_key = key(&org.second_key);
        for key in std::iter::once(&first).chain(&second_key) {
            read.keys.insert(key.clone(), first.clone());
        }
        read.ids.insert(first.clone(), (org.id, org.version));
        let reference = |id: Option<OrgId>| id.and_then(|id| by_id.get(&id).cloned());
        let row = ImportRow {
            key: first,
            second_key,
            ags: org.ags.as_deref().and_then(|ags| Ags::parse(ags).ok()),
            kind: org.kind,
            level: org.level,
            parent: reference(org.parent),
            district: reference(org.district),
            administered_by: reference(org.administered_by),
            administration: org.is_administration,
            population: org.population.and_then(|people| people.try_into().ok()),
            valid_from: org.valid_from,
            valid_until: org.valid_until,
            name: org.name,
            sign: org.sign,
            seat: org.seat,
            postcode: org.postcode,
        };
        read.organisations.push(ExistingOrg { source: org.source, row });
    }
    Ok(read)
}

/// Which id each key stands for.
pub type Ids = BTreeMap<Key, OrgId>;

/// The id of a key that was checked when the file was read.
///
/// # Errors
/// [`Error::Conflict`] when the organisation went away since then.
pub fn id_of(ids: &Ids, key: &Key) -> Result<OrgId> {
    ids.get(key).copied().ok_or(Error::Conflict("directory-error-import-moved"))
}

/// What a checked row states, its references as ids.
pub fn statement(source: &str, row: &ImportRow, ids: &Ids) -> Result<Statement> {
    let reference = |key: &Option<Key>| key.as_ref().map(|key| id_of(ids, key)).transpose();
    let ags = row.ags.as_ref().map(ToString::to_string);
    let second_key = row.second_key.as_ref().map(ToString::to_string);
    let keys = [Some(row.key.as_str()), second_key.as_deref(), ags.as_deref()];
    Ok(Statement {
        source: source.to_owned(),
        source_key: Some(row.key.to_string()),
        kind: row.kind.code(),
        level: row.level.code(),
        search: search_text(&row.name, &row.seat, &keys),
        name: row.name.clone(),
        sign: row.sign.clone(),
        ars: row.key.ars().map(|ars| ars.to_string()),
        parent_id: reference(&row.parent)?,
        district_id: reference(&row.district)?,
        administered_by_id: reference(&row.administered_by)?,
        is_administration: row.administration,
        seat: row.seat.clone(),
        postcode: row.postcode.clone(),
        population: row.population.and_then(|people| people.try_into().ok()),
        valid_from: row.valid_from.to_string(),
        valid_until: row.valid_until.map(|day| day.to_string()),
        is_example: false,
        ags,
        second_key,
    })
}

/// Ends organisations on that day.
pub fn end(tx: &mut Tx<'_>, ids: &[OrgId], day: &str) -> Result<()> {
    diesel::update(table::table.filter(table::id.eq_any(ids)))
        .set((
            table::valid_until.eq(Some(day)),
            table::version.eq(table::version + 1),
            table::updated_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Every relation between organisations that have keys, as a file would state it, with its row.
pub fn existing_relations(tx: &mut Tx<'_>, existing: &Existing) -> Result<Vec<(ExistingRelation, Relation)>> {
    let by_id: BTreeMap<OrgId, &Key> = existing.ids.iter().map(|(key, (id, _))| (*id, key)).collect();
    let all = relations::all(tx)?.into_iter();
    Ok(all
        .filter_map(|relation| {
            let row = RelationRow {
                provider: (*by_id.get(&relation.provider)?).clone(),
                organisation: (*by_id.get(&relation.organisation)?).clone(),
                service: relation.service.clone(),
                example: relation.is_example,
                valid_from: relation.valid_from,
                valid_until: relation.valid_until,
            };
            Some((ExistingRelation { source: relation.source.clone(), row }, relation))
        })
        .collect())
}

/// New relations, in batches.
pub fn add_relations(tx: &mut Tx<'_>, rows: &[relations::Row]) -> Result<()> {
    for batch in rows.chunks(1000) {
        each_backend!(tx.conn, c => diesel::insert_into(service_relations::table).values(batch).execute(c))?;
    }
    Ok(())
}

/// Another statement of a relation: only its period and whether it is invented can differ.
pub fn change_relation(tx: &mut Tx<'_>, relation: &Relation, after: &RelationRow) -> Result<()> {
    diesel::update(service_relations::table.find(relation.id))
        .set((
            service_relations::is_example.eq(after.example),
            service_relations::valid_from.eq(after.valid_from.to_string()),
            service_relations::valid_until.eq(after.valid_until.map(|day| day.to_string())),
        ))
        .execute(tx.conn)?;
    Ok(())
}
