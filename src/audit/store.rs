//! Rows of the trail and its checkpoints.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary};
use jiff::Timestamp;
use uuid::Uuid;

use super::model::Entry;
use super::trail::{Chained, Head, Row};
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result, one_row};
use crate::core::ids::{AccountId, AnyId, AuditId, Id, OrgId};
use crate::core::page::{Page, read_cursor};
use crate::crypto::log::{ChainHash, Checkpoint};
use crate::store::schema::{audit_checkpoints, audit_rows};
use crate::store::{At, Conn, Statement as _, Tx, each_backend};

/// The columns of a [`Row`], in its order.
type RowColumns = (
    audit_rows::id,
    audit_rows::at,
    audit_rows::account_id,
    audit_rows::actor_name,
    audit_rows::via,
    audit_rows::action,
    audit_rows::subject_kind,
    audit_rows::subject_id,
    audit_rows::organisation_id,
    audit_rows::ip,
    audit_rows::request_id,
    audit_rows::detail,
);

const ROW: RowColumns = (
    audit_rows::id,
    audit_rows::at,
    audit_rows::account_id,
    audit_rows::actor_name,
    audit_rows::via,
    audit_rows::action,
    audit_rows::subject_kind,
    audit_rows::subject_id,
    audit_rows::organisation_id,
    audit_rows::ip,
    audit_rows::request_id,
    audit_rows::detail,
);

/// How many rows go into one statement.
const ROWS: usize = 500;

#[derive(Insertable)]
// Without defaults a batch is one statement; with them diesel opens a transaction of its own on SQLite.
#[diesel(table_name = audit_rows, treat_none_as_default_value = false)]
struct NewRow<'a> {
    id: AuditId,
    at: At,
    account_id: Option<AnyId>,
    actor_name: &'a str,
    via: &'a str,
    action: &'a str,
    subject_kind: &'a str,
    subject_id: Option<AnyId>,
    organisation_id: Option<OrgId>,
    ip: Option<String>,
    request_id: Option<AnyId>,
    detail: String,
}

/// Adds rows, and gives their ids in the same order.
pub(super) fn add(tx: &mut Tx<'_>, actor: &Actor, via: &str, entries: &[Entry]) -> Result<Vec<AuditId>> {
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| NewRow {
            id: tx.id(),
            at: tx.at(),
            account_id: actor.account.map(|id| AnyId(id.0)),
            actor_name: &actor.name,
            via,
            action: entry.action,
            subject_kind: entry.subject_kind.code(),
            subject_id: entry.subject.map(AnyId),
            organisation_id: entry.organisation,
            ip: actor.ip.map(|ip| ip.to_string()),
            request_id: actor.request_id.map(AnyId),
            detail: serde_json::Value::Object(entry.detail.clone()).to_string(),
        })
        .collect();
    let ids = rows.iter().map(|row| row.id).collect();
    if let [row] = rows.as_slice() {
        // Nearly always: a statement for one row is kept prepared, one for several is not.
        diesel::insert_into(audit_rows::table).values(row).run(tx.conn)?;
        return Ok(ids);
    }
    for rows in rows.chunks(ROWS) {
        each_backend!(tx.conn, c => diesel::insert_into(audit_rows::table).values(rows).execute(c))?;
    }
    Ok(ids)
}

/// The number of the last chained row; 0 before the first.
pub(super) fn last_seq(tx: &mut Tx<'_>) -> Result<i64> {
    let last = audit_rows::table.select(diesel::dsl::max(audit_rows::seq)).first::<Option<i64>>(tx.conn)?;
    Ok(last.unwrap_or(0))
}

/// What a row says of its subject.
pub(super) type About = (Option<i64>, AuditId, At, Option<AnyId>, String, String, Option<AnyId>, String);

/// Up to `limit` rows after the number `after`, in order.
pub(super) fn news(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<About>> {
    Ok(audit_rows::table
        .filter(audit_rows::seq.gt(after))
        .order(audit_rows::seq)
        .limit(limit)
        .select((
            audit_rows::seq,
            audit_rows::id,
            audit_rows::at,
            audit_rows::account_id,
            audit_rows::action,
            audit_rows::subject_kind,
            audit_rows::subject_id,
            audit_rows::detail,
        ))
        .load(tx.conn)?)
}

/// What a reader of the trail looks for. Empty: everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub subject: Option<Uuid>,
    pub account: Option<AccountId>,
    /// A feature (`incident`) or a whole action (`incident.triage`).
    pub action: Option<String>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// A row as a reader sees it.
#[derive(Debug, Clone, Queryable)]
pub struct Listed {
    /// Its place in the chain; `None` until the sequencer has come by.
    pub seq: Option<i64>,
    pub row: Row,
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<Listed>> {
    let mut query = audit_rows::table.select((audit_rows::seq, ROW)).into_boxed();
    if let Some(subject) = filter.subject {
        query = query.filter(audit_rows::subject_id.eq(AnyId(subject)));
    }
    if let Some(account) = filter.account {
        query = query.filter(audit_rows::account_id.eq(AnyId(account.0)));
    }
    if let Some(action) = &filter.action {
        // Actions are ASCII words: everything under `incident.` sorts before `incident/`.
        let (low, high) = (format!("{action}."), format!("{action}/"));
        query = query.filter(
            audit_rows::action
                .eq(action.clone())
                .or(audit_rows::action.ge(low).and(audit_rows::action.lt(high))),
        );
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_rows::at.ge(At(from)));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_rows::at.lt(At(until)));
    }
    if let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) {
        let last = read_cursor(cursor).and_then(|cursor| cursor.parse::<AuditId>().ok());
        let last = last.ok_or_else(|| FieldError::new("ab", "error-cursor"))?;
        query = query.filter(audit_rows::id.lt(last));
    }
    let rows = query.order(audit_rows::id.desc()).limit(limit + 1).load::<Listed>(tx.conn)?;
    Ok(Page::cut(rows, limit, |listed| listed.row.id.to_string()))
}

/// A chained row as it lies in the database, true or not.
#[derive(Debug, Clone, Queryable)]
pub struct Stored {
    seq: Option<i64>,
    hash: Option<Vec<u8>>,
    row: Row,
}

impl Stored {
    /// The row with its place; `None` when number or hash are not such.
    #[must_use]
    pub fn chained(self) -> Option<Chained> {
        let hash = ChainHash(self.hash?.try_into().ok()?);
        Some(Chained { seq: u64::try_from(self.seq?).ok()?, hash, entry: self.row })
    }
}

/// A checkpoint as it lies in the database, true or not.
#[derive(Debug, Clone, Queryable)]
pub struct StoredCheckpoint {
    seq: i64,
    hash: Vec<u8>,
    at: At,
    key_id: String,
    signature: Vec<u8>,
    mailed_at: Option<At>,
}

impl StoredCheckpoint {
    /// Whether it stands at the row numbered `seq`.
    #[must_use]
    pub fn is_at(&self, seq: u64) -> bool {
        u64::try_from(self.seq) == Ok(seq)
    }

    /// Its row's number and when it was signed.
    #[must_use]
    pub fn place(&self) -> Option<(u64, Timestamp)> {
        u64::try_from(self.seq).ok().map(|seq| (seq, self.at.0))
    }

    /// Whether it was handed to the outbox.
    #[must_use]
    pub fn is_mailed(&self) -> bool {
        self.mailed_at.is_some()
    }

    /// The statement that was signed; `None` when it cannot be one.
    #[must_use]
    pub fn signed(self, origin: &str) -> Option<Checkpoint> {
        Some(Checkpoint {
            origin: origin.to_owned(),
            seq: u64::try_from(self.seq).ok()?,
            hash: ChainHash(self.hash.try_into().ok()?),
            at: self.at.0,
            key_id: self.key_id,
            signature: self.signature,
        })
    }
}

/// Rows of the chain in order, and the checkpoints after the row before them.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub rows: Vec<Stored>,
    pub checkpoints: Vec<StoredCheckpoint>,
}

pub(super) fn stretch(tx: &mut Tx<'_>, after: u64, limit: i64) -> Result<Stretch> {
    let after = to_i64(after)?;
    let rows = audit_rows::table
        .filter(audit_rows::seq.gt(after))
        .order(audit_rows::seq)
        .limit(limit)
        .select((audit_rows::seq, audit_rows::hash, ROW))
        .load::<Stored>(tx.conn)?;
    // Beyond the last row of a full stretch they belong to the next one; beyond the end of the chain they accuse it.
    let until = match rows.last().and_then(|row| row.seq) {
        Some(last) if rows.len() as i64 == limit => last,
        _ => i64::MAX,
    };
    let checkpoints = audit_checkpoints::table
        .filter(audit_checkpoints::seq.gt(after).and(audit_checkpoints::seq.le(until)))
        .order(audit_checkpoints::seq)
        .load::<StoredCheckpoint>(tx.conn)?;
    Ok(Stretch { rows, checkpoints })
}

/// Up to `limit` chained rows about one of these after the number `after`, in order.
pub(super) fn about(tx: &mut Tx<'_>, subjects: &[Uuid], after: u64, limit: i64) -> Result<Vec<Stored>> {
    let subjects: Vec<_> = subjects.iter().map(|id| Some(AnyId(*id))).collect();
    Ok(audit_rows::table
        .filter(audit_rows::subject_id.eq_any(subjects).assume_not_null())
        .filter(audit_rows::seq.gt(to_i64(after)?).assume_not_null())
        .order(audit_rows::seq)
        .limit(limit)
        .select((audit_rows::seq, audit_rows::hash, ROW))
        .load(tx.conn)?)
}

pub(super) fn head_at(tx: &mut Tx<'_>, seq: u64) -> Result<Option<Head>> {
    if seq == 0 {
        return Ok(Some(Head::START));
    }
    let hash = audit_rows::table
        .filter(audit_rows::seq.eq(to_i64(seq)?))
        .select(audit_rows::hash)
        .first::<Option<Vec<u8>>>(tx.conn)
        .optional()?;
    let hash = hash.flatten().and_then(|hash| hash.try_into().ok());
    Ok(hash.map(|hash| Head { seq, hash: ChainHash(hash) }))
}

/// The end of the chain; `None` when its last row has no hash, which only a change by hand can have done.
pub(super) fn head(tx: &mut Tx<'_>) -> Result<Option<Head>> {
    let last = audit_rows::table.select(diesel::dsl::max(audit_rows::seq)).first::<Option<i64>>(tx.conn)?;
    head_at(tx, last.and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0))
}

pub(super) fn count_unchained(tx: &mut Tx<'_>) -> Result<u64> {
    let count = audit_rows::table.filter(audit_rows::seq.is_null()).count().get_result::<i64>(tx.conn)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Rows without a number, those that began first before others, whenever they were committed.
pub(super) fn unchained(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Row>> {
    let query = audit_rows::table.filter(audit_rows::seq.is_null()).order(audit_rows::id).limit(limit);
    Ok(query.select(ROW).load(tx.conn)?)
}

/// Numbers rows. Refused as a whole when one of them has a number already or a number is taken.
pub(super) fn chain(tx: &mut Tx<'_>, rows: &[(AuditId, Head)]) -> Result<()> {
    let mut changed = 0;
    match tx.conn {
        Conn::Postgres(conn) => {
            let ids: Vec<_> = rows.iter().map(|(id, _)| *id).collect();
            let seqs = rows.iter().map(|(_, head)| to_i64(head.seq)).collect::<Result<Vec<_>>>()?;
            let hashes: Vec<_> = rows.iter().map(|(_, head)| head.hash.0.to_vec()).collect();
            changed += diesel::sql_query(
                "UPDATE audit_rows SET seq = batch.seq, hash = batch.hash \
                 FROM unnest($1, $2, $3) AS batch (id, seq, hash) \
                 WHERE audit_rows.id = batch.id AND audit_rows.seq IS NULL",
            )
            .bind::<Array<Id>, _>(ids)
            .bind::<Array<BigInt>, _>(seqs)
            .bind::<Array<Binary>, _>(hashes)
            .execute(conn)?;
        }
        Conn::Sqlite(conn) => {
            for (id, head) in rows {
                changed += diesel::update(
                    audit_rows::table.filter(audit_rows::id.eq(id).and(audit_rows::seq.is_null())),
                )
                .set((audit_rows::seq.eq(to_i64(head.seq)?), audit_rows::hash.eq(head.hash.0.to_vec())))
                .execute(conn)?;
            }
        }
    }
    if changed == rows.len() { Ok(()) } else { Err(Error::Stale) }
}

pub(super) fn add_checkpoint(tx: &mut Tx<'_>, checkpoint: &Checkpoint) -> Result<()> {
    diesel::insert_into(audit_checkpoints::table)
        .values((
            audit_checkpoints::seq.eq(to_i64(checkpoint.seq)?),
            audit_checkpoints::hash.eq(checkpoint.hash.0.to_vec()),
            audit_checkpoints::at.eq(At(checkpoint.at)),
            audit_checkpoints::key_id.eq(&checkpoint.key_id),
            audit_checkpoints::signature.eq(&checkpoint.signature),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The last checkpoint before an instant.
pub(super) fn checkpoint_before(tx: &mut Tx<'_>, before: Timestamp) -> Result<Option<StoredCheckpoint>> {
    let query = audit_checkpoints::table.filter(audit_checkpoints::at.lt(At(before)));
    Ok(query.order(audit_checkpoints::seq.desc()).first(tx.conn).optional()?)
}

/// Marks a checkpoint as handed to the outbox; once only.
pub(super) fn mark_mailed(tx: &mut Tx<'_>, seq: u64) -> Result<()> {
    let open = audit_checkpoints::seq.eq(to_i64(seq)?).and(audit_checkpoints::mailed_at.is_null());
    let set = audit_checkpoints::mailed_at.eq(tx.at());
    one_row(diesel::update(audit_checkpoints::table.filter(open)).set(set).execute(tx.conn)?)
}

fn to_i64(seq: u64) -> Result<i64> {
    i64::try_from(seq).map_err(|_| Error::Internal("an audit number beyond 2^63".to_owned()))
}
