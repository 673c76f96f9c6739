//! Applying an import: all or nothing, in one transaction; the same file a second time changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::policy::{Action, Facts, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{OrgId, ServiceRelationId};
use crate::directory::import::{
    ExistingRelation, FieldChange, KnownKeys, LineFault, Provider, Register, RelationRow, Relations, parse,
    parse_relations, plan, plan_relations,
};
use crate::directory::model::{Key, Kind, Level, Relation, search_text, today};
use crate::directory::store::import::{self as store, Existing, Ids, id_of};
use crate::directory::store::{organisations, relations};
use crate::store::{Db, Tx};

/// A file, read and checked.
#[derive(Debug)]
pub enum File {
    Register(Register),
    Relations(Relations),
}

/// What the person who imports has decided.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    /// The file is complete, even though much of its source is no longer in it.
    pub ends_many: bool,
}

/// An organisation or relation that a file states otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedChange {
    pub name: String,
    pub fields: Vec<FieldChange>,
}

/// What an import did, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    pub source: String,
    /// Whether the file was one of relations.
    pub is_relations: bool,
    pub added: Vec<String>,
    pub changed: Vec<ImportedChange>,
    pub ended: Vec<String>,
    /// Kept by another source or by hand, and left as they are.
    pub kept: Vec<String>,
    pub unchanged: usize,
}

/// Reads, checks and applies a file. Faults of the file are the inner error, all of them, and nothing is changed then.
///
/// # Errors
/// The policy's; [`Error::Conflict`] when the file looks incomplete; the database's.
pub async fn import(
    db: &Db,
    actor: &Actor,
    bytes: Vec<u8>,
    options: ImportOptions,
) -> Result<Result<Imported, Vec<LineFault>>> {
    let who = actor.clone();
    let known = db.read(move |tx| known_keys(tx, &who)).await?;
    let read = tokio::task::spawn_blocking(move || read_file(&bytes, &known)).await;
    let file = match read.map_err(|error| Error::Internal(format!("import: {error}")))? {
        Ok(file) => Arc::new(file),
        Err(faults) => return Ok(Err(faults)),
    };
    let who = actor.clone();
    db.write(move |tx| apply(tx, &who, &file, options)).await.map(Ok)
}

/// Every key of the register, against which a file is checked.
///
/// # Errors
/// The policy's and the database's.
pub fn known_keys(tx: &mut Tx<'_>, actor: &Actor) -> Result<KnownKeys> {
    check(tx, actor, Action::ImportDirectory, Facts::of(actor))?;
    Ok(store::existing(tx)?.keys)
}

/// Reads a file of organisations or of relations; its header line says which.
///
/// # Errors
/// Every fault of every line.
pub fn read_file(bytes: &[u8], known: &KnownKeys) -> Result<File, Vec<LineFault>> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let header = lines.find(|line| !line.is_empty() && !line.starts_with(b"#")).unwrap_or_default();
    let header = String::from_utf8_lossy(header);
    if header.split([',', ';']).any(|column| column.trim_matches('"') == "provider") {
        parse_relations(bytes, known).map(File::Relations)
    } else {
        parse(bytes, known).map(File::Register)
    }
}

/// Applies a file that was read, inside the caller's transaction.
///
/// # Errors
/// As [`import`].
pub fn apply(tx: &mut Tx<'_>, actor: &Actor, file: &File, options: ImportOptions) -> Result<Imported> {
    check(tx, actor, Action::ImportDirectory, Facts::of(actor))?;
    let (done, entries) = match file {
        File::Register(file) => apply_register(tx, file, options)?,
        File::Relations(file) => apply_relations(tx, file, options)?,
    };
    audit::record_all(tx, actor, &entries)?;
    let entry = Entry::about_all("directory.import", SubjectKind::Organisation)
        .with("source", done.source.as_str())
        .with("relations", done.is_relations)
        .with("added", done.added.len())
        .with("changed", done.changed.len())
        .with("ended", done.ended.len())
        .with("kept", done.kept.len())
        .with("unchanged", done.unchanged);
    audit::record(tx, actor, entry)?;
    Ok(done)
}

/// A file that leaves out more than a fifth of its source is more likely cut off than right.
fn check_completeness(ended: usize, present: usize, options: ImportOptions) -> Result<()> {
    if ended > 5 && ended * 5 > present && !options.ends_many {
        return Err(Error::Conflict("directory-error-import-incomplete"));
    }
    Ok(())
}

/// What an import did to one organisation.
fn about(action: &'static str, org: OrgId, source: &str) -> Entry {
    Entry::new(action, SubjectKind::Organisation, org).organisation(Some(org)).with("import", source)
}

/// Applies a file of organisations; what it did by name, and an audit entry for each organisation.
fn apply_register(
    tx: &mut Tx<'_>,
    file: &Register,
    options: ImportOptions,
) -> Result<(Imported, Vec<Entry>)> {
    let existing = store::existing(tx)?;
    let day = today(tx.now());
    let plan = plan(&existing.organisations, file, day);
    let there = |until: Option<jiff::civil::Date>| until.is_none_or(|until| until > day);
    let own = existing.organisations.iter().filter(|org| org.source == file.source);
    check_completeness(plan.ended.len(), own.filter(|org| there(org.row.valid_until)).count(), options)?;

    let mut ids = known_ids(&existing)?;
    let new: Vec<OrgId> = plan.added.iter().map(|_| tx.id()).collect();
    for (row, id) in plan.added.iter().zip(&new) {
        ids.extend(row.keys().map(|key| (key.clone(), *id)));
    }
    for change in &plan.changed {
        let id = id_of(&ids, &change.key)?;
        ids.extend(change.row.keys().map(|key| (key.clone(), id)));
    }
    let mut added = Vec::with_capacity(new.len());
    for (row, id) in plan.added.iter().zip(new) {
        added.push((id, store::statement(&file.source, row, &ids)?));
    }
    let ended = plan.ended.iter().map(|key| id_of(&ids, key)).collect::<Result<Vec<_>>>()?;
    // Ends come first, so that a key that went to another organisation is free.
    store::end(tx, &ended, &day.to_string())?;
    for change in &plan.changed {
        let seen = existing.ids.get(&change.key).map_or(0, |(_, version)| *version);
        let statement = store::statement(&file.source, &change.row, &ids)?;
        organisations::change(tx, id_of(&ids, &change.key)?, seen, &statement)?;
    }
    organisations::add(tx, &added, None)?;
    let mut entries: Vec<_> = added.iter().map(|(id, _)| about("directory.add", *id, &file.source)).collect();
    entries.extend(ended.iter().map(|id| about("directory.end", *id, &file.source)));
    for change in &plan.changed {
        let columns: Vec<_> = change.fields.iter().map(|field| field.column).collect();
        let entry = about("directory.change", id_of(&ids, &change.key)?, &file.source);
        entries.push(entry.with("columns", columns));
    }

    let names = names_by_key(&existing);
    let named = |key: &Key| names.get(key).cloned().unwrap_or_else(|| key.to_string());
    let done = Imported {
        source: file.source.clone(),
        is_relations: false,
        added: plan.added.iter().map(|row| format!("{} ({})", row.name, row.key)).collect(),
        changed: plan
            .changed
            .into_iter()
            .map(|change| ImportedChange { name: named(&change.key), fields: change.fields })
            .collect(),
        ended: plan.ended.iter().map(&named).collect(),
        kept: plan.kept.iter().map(&named).collect(),
        unchanged: plan.unchanged,
    };
    Ok((done, entries))
}

fn known_ids(existing: &Existing) -> Result<Ids> {
    let first: Ids = existing.ids.iter().map(|(key, (id, _))| (key.clone(), *id)).collect();
    existing.keys.iter().map(|(key, stands_for)| Ok((key.clone(), id_of(&first, stands_for)?))).collect()
}

fn names_by_key(existing: &Existing) -> BTreeMap<Key, String> {
    let rows = existing.organisations.iter().map(|org| &org.row);
    rows.map(|row| (row.key.clone(), format!("{} ({})", row.name, row.key))).collect()
}

/// The same for a file of relations; the entries name the organisations that are served.
fn apply_relations(
    tx: &mut Tx<'_>,
    file: &Relations,
    options: ImportOptions,
) -> Result<(Imported, Vec<Entry>)> {
    let before = store::existing(tx)?;
    let day = today(tx.now());
    let missing: Vec<&Provider> =
        file.providers.iter().filter(|provider| !before.keys.contains_key(&provider.key)).collect();
    let providers = add_providers(tx, &file.source, &missing)?;
    let existing = if missing.is_empty() { before } else { store::existing(tx)? };
    let ids = known_ids(&existing)?;
    let (rows, relations): (Vec<ExistingRelation>, Vec<Relation>) =
        store::existing_relations(tx, &existing)?.into_iter().unzip();
    let plan = plan_relations(&rows, file, day);
    let present = rows.iter().filter(|relation| relation.source == file.source).count();
    check_completeness(plan.ended.len(), present, options)?;
    let found = |row: &RelationRow| {
        let at = rows.iter().position(|existing| existing.row == *row);
        at.and_then(|at| relations.get(at))
            .ok_or_else(|| Error::Internal("import lost a relation".to_owned()))
    };

    let mut added = Vec::with_capacity(plan.added.len());
    for row in &plan.added {
        added.push(relation(tx.id(), &file.source, row, &ids)?);
    }
    store::add_relations(tx, &added)?;
    let mut entries: Vec<_> =
        providers.into_iter().map(|id| about("directory.add", id, &file.source)).collect();
    let about = |action, org, id: ServiceRelationId| {
        about(action, org, &file.source).with("relation", id.to_string())
    };
    entries.extend(added.iter().map(|row| about("directory.relation_add", row.organisation_id, row.id)));
    for change in &plan.changed {
        let relation = found(&change.before)?;
        store::change_relation(tx, relation, &change.after)?;
        entries.push(about("directory.relation_change", relation.organisation, relation.id));
    }
    for row in &plan.ended {
        let relation = found(row)?;
        relations::end(tx, relation.id, &day.to_string())?;
        entries.push(about("directory.relation_end", relation.organisation, relation.id));
    }

    let names = names_by_key(&existing);
    let named = |row: &RelationRow| {
        let name = |key: &Key| names.get(key).cloned().unwrap_or_else(|| key.to_string());
        format!("{}: {} für {}", name(&row.provider), row.service, name(&row.organisation))
    };
    let providers = missing.iter().map(|provider| format!("{} ({})", provider.name, provider.key));
    let done = Imported {
        source: file.source.clone(),
        is_relations: true,
        added: providers.chain(plan.added.iter().map(&named)).collect(),
        changed: plan
            .changed
            .iter()
            .map(|change| ImportedChange { name: named(&change.before), fields: Vec::new() })
            .collect(),
        ended: plan.ended.iter().map(&named).collect(),
        kept: plan.kept.iter().map(&named).collect(),
        unchanged: plan.unchanged,
    };
    Ok((done, entries))
}

fn relation(id: ServiceRelationId, source: &str, row: &RelationRow, ids: &Ids) -> Result<relations::Row> {
    Ok(relations::Row {
        id,
        provider_id: id_of(ids, &row.provider)?,
        organisation_id: id_of(ids, &row.organisation)?,
        service: row.service.clone(),
        source: source.to_owned(),
        is_example: row.example,
        valid_from: row.valid_from.to_string(),
        valid_until: row.valid_until.map(|day| day.to_string()),
    })
}

/// Providers that the register does not have: the file knows their key and name only.
fn add_providers(tx: &mut Tx<'_>, source: &str, providers: &[&Provider]) -> Result<Vec<OrgId>> {
    let day = today(tx.now()).to_string();
    let new: Vec<_> = providers
        .iter()
        .map(|provider| {
            let statement = organisations::Statement {
                source: source.to_owned(),
                source_key: Some(provider.key.to_string()),
                kind: Kind::ServiceProvider.code(),
                level: Level::State.code(),
                name: provider.name.clone(),
                search: search_text(&provider.name, "", &[Some(provider.key.as_str())]),
                sign: String::new(),
                ags: None,
                ars: None,
                second_key: None,
                parent_id: None,
                district_id: None,
                administered_by_id: None,
                is_administration: false,
                seat: String::new(),
                postcode: String::new(),
                population: None,
                valid_from: day.clone(),
                valid_until: None,
                is_example: provider.example,
            };
            (tx.id::<OrgId>(), statement)
        })
        .collect();
    organisations::add(tx, &new, None)?;
    Ok(new.into_iter().map(|(id, _)| id).collect())
}
