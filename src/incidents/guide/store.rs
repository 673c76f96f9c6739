//! Rows of drafts.

use diesel::prelude::*;
use diesel::sql_types::Text;
use jiff::Timestamp;

use super::model::Answers;
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AccountId, DraftId, IncidentId};
use crate::store::schema::{incidents, report_drafts as drafts};
use crate::store::{At, Statement as _, Tx};

/// A draft as it is stored.
pub struct Row {
    pub id: DraftId,
    /// None where somebody without an account writes it.
    pub account: Option<AccountId>,
    pub is_drill: bool,
    pub answers: Answers,
    pub version: i32,
    pub updated_at: Timestamp,
    pub is_call: bool,
    pub case: Option<IncidentId>,
    pub reference: Option<String>,
    pub receipt: Option<String>,
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// How many characters a text has.
    fn length(text: Text) -> Integer;
}

/// Where a sent draft keeps its receipt code among the answers, which are gone.
const RECEIPT: &str = "receipt";

type Columns = (DraftId, Option<AccountId>, bool, String, i32, At, Option<IncidentId>, bool);

fn json(answers: &Answers) -> Result<String> {
    serde_json::to_string(answers).map_err(|error| Error::Internal(error.to_string()))
}

fn row(tx: &mut Tx<'_>, columns: Columns) -> Result<Row> {
    let (id, account, is_drill, answers, version, updated_at, case, is_call) = columns;
    let reference = match case {
        Some(case) => Some(incidents::table.find(case).select(incidents::reference).first(tx.conn)?),
        None => None,
    };
    let kept: Answers = serde_json::from_str(&answers).map_err(|error| Error::Internal(error.to_string()))?;
    let receipt = reference.as_ref().map(|_| kept.get(RECEIPT).to_owned()).filter(|code| !code.is_empty());
    let answers = if reference.is_some() { Answers::default() } else { kept };
    let updated_at = updated_at.into();
    Ok(Row { id, account, is_drill, answers, version, updated_at, is_call, case, reference, receipt })
}

macro_rules! columns {
    () => {
        (
            drafts::id,
            drafts::account_id,
            drafts::is_drill,
            drafts::answers,
            drafts::version,
            drafts::updated_at,
            drafts::filed_incident_id,
            drafts::is_call,
        )
    };
}

/// Whose a new draft is.
#[derive(Clone, Copy)]
pub enum Writer<'a> {
    Account(AccountId),
    /// Who listens to somebody on the telephone.
    Listener(AccountId),
    /// Whoever knows the code with this digest.
    Holder(&'a str),
}

/// Adds a draft in its first version.
pub fn add(
    tx: &mut Tx<'_>,
    id: DraftId,
    writer: Writer<'_>,
    is_drill: bool,
    answers: &Answers,
) -> Result<()> {
    let (account, holder) = match writer {
        Writer::Account(account) | Writer::Listener(account) => (Some(account), None),
        Writer::Holder(digest) => (None, Some(digest)),
    };
    let row = (
        drafts::id.eq(id),
        drafts::account_id.eq(account),
        drafts::holder.eq(holder),
        drafts::is_drill.eq(is_drill),
        drafts::is_call.eq(matches!(writer, Writer::Listener(_))),
        drafts::answers.eq(json(answers)?),
        drafts::version.eq(1),
        drafts::created_at.eq(tx.at()),
        drafts::updated_at.eq(tx.at()),
    );
    diesel::insert_into(drafts::table).values(row).run(tx.conn)?;
    Ok(())
}

/// The draft with this id.
pub fn lookup(tx: &mut Tx<'_>, id: DraftId) -> Result<Option<Row>> {
    let found: Option<Columns> = drafts::table.find(id).select(columns!()).first(tx.conn).optional()?;
    found.map(|columns| row(tx, columns)).transpose()
}

/// The draft that goes with a code, by its digest.
pub fn held(tx: &mut Tx<'_>, holder: &str) -> Result<Option<Row>> {
    let by_code = drafts::table.filter(drafts::holder.eq(holder).assume_not_null());
    let found: Option<Columns> = by_code.select(columns!()).first(tx.conn).optional()?;
    found.map(|columns| row(tx, columns)).transpose()
}

/// How many drafts people without an account have begun and not sent.
pub fn count_held(tx: &mut Tx<'_>) -> Result<i64> {
    let open = drafts::table.filter(drafts::holder.is_not_null()).filter(drafts::filed_incident_id.is_null());
    Ok(open.count().get_result(tx.conn)?)
}

/// Drafts of people without an account that are not sent and were last changed before: at most so many, those with the
/// fewest answers first, the oldest of them first.
pub fn quiet(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<Vec<DraftId>> {
    let quiet = drafts::table
        .filter(drafts::holder.is_not_null())
        .filter(drafts::filed_incident_id.is_null())
        .filter(drafts::updated_at.lt(At(before)))
        .order((length(drafts::answers), drafts::updated_at, drafts::id));
    Ok(quiet.select(drafts::id).limit(most).load(tx.conn)?)
}

/// The draft of somebody without an account that was changed longest ago, of those that are not sent.
pub fn left_alone(tx: &mut Tx<'_>) -> Result<Option<DraftId>> {
    let open = drafts::table.filter(drafts::holder.is_not_null()).filter(drafts::filed_incident_id.is_null());
    let oldest = open.order((drafts::updated_at, drafts::id)).select(drafts::id);
    Ok(oldest.first(tx.conn).optional()?)
}

/// An account's drafts that are not sent, or its calls, the newest first.
pub fn list(tx: &mut Tx<'_>, account: AccountId, calls: bool) -> Result<Vec<Row>> {
    let found: Vec<Columns> = drafts::table
        .filter(drafts::account_id.eq(account).assume_not_null())
        .filter(drafts::is_call.eq(calls))
        .filter(drafts::filed_incident_id.is_null())
        .order((drafts::updated_at.desc(), drafts::id.desc()))
        .select(columns!())
        .load(tx.conn)?;
    found.into_iter().map(|columns| row(tx, columns)).collect()
}

/// Changes the answers of a draft that still is at `version`.
pub fn set(tx: &mut Tx<'_>, id: DraftId, version: i32, answers: &Answers) -> Result<()> {
    let open = drafts::table
        .filter(drafts::id.eq(id))
        .filter(drafts::version.eq(version))
        .filter(drafts::filed_incident_id.is_null());
    let change =
        (drafts::answers.eq(json(answers)?), drafts::version.eq(version + 1), drafts::updated_at.eq(tx.at()));
    one_row(diesel::update(open).set(change).run(tx.conn)?)
}

/// Takes a draft that still is at `version` for sending: whoever else sends it waits, and finds it sent.
pub fn claim(tx: &mut Tx<'_>, id: DraftId, version: i32) -> Result<()> {
    let open = drafts::table
        .filter(drafts::id.eq(id))
        .filter(drafts::version.eq(version))
        .filter(drafts::filed_incident_id.is_null());
    one_row(diesel::update(open).set(drafts::version.eq(version + 1)).run(tx.conn)?)
}

/// Notes what a claimed draft has become, and forgets the answers: the report has them now. The receipt code of an
/// unconfirmed report stays as long as the draft.
pub fn filed(tx: &mut Tx<'_>, id: DraftId, case: IncidentId, receipt: Option<String>) -> Result<()> {
    let mut answers = Answers::default();
    answers.set(RECEIPT, receipt.into_iter().collect());
    let change = (
        drafts::answers.eq(json(&answers)?),
        drafts::filed_incident_id.eq(case),
        drafts::updated_at.eq(tx.at()),
    );
    one_row(diesel::update(drafts::table.find(id)).set(change).run(tx.conn)?)
}

/// Whether a draft of this account became this case.
pub fn sent(tx: &mut Tx<'_>, account: AccountId, case: IncidentId) -> Result<bool> {
    let own = drafts::account_id.eq(account).and(drafts::filed_incident_id.eq(case));
    let found: Option<DraftId> = drafts::table.filter(own).select(drafts::id).first(tx.conn).optional()?;
    Ok(found.is_some())
}

/// Removes a draft; how many that were.
pub fn remove(tx: &mut Tx<'_>, id: DraftId) -> Result<usize> {
    Ok(diesel::delete(drafts::table.find(id)).run(tx.conn)?)
}

/// Removes accounts' drafts that were last changed before.
pub fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize> {
    let old =
        drafts::table.filter(drafts::account_id.is_not_null()).filter(drafts::updated_at.lt(At(before)));
    Ok(diesel::delete(old).execute(tx.conn)?)
}

/// From when on drafts of people without an account stay.
pub struct Since {
    /// Those that nothing was answered in.
    pub blank: Timestamp,
    pub written: Timestamp,
    pub sent: Timestamp,
}

/// Removes drafts of people without an account that are older.
pub fn sweep_held(tx: &mut Tx<'_>, since: &Since) -> Result<usize> {
    let (blank, written, sent) = (At(since.blank), At(since.written), At(since.sent));
    let open = drafts::filed_incident_id.is_null();
    let old = drafts::updated_at
        .lt(written)
        .or(open.and(drafts::version.eq(1)).and(drafts::updated_at.lt(blank)))
        .or(drafts::filed_incident_id.is_not_null().and(drafts::updated_at.lt(sent)));
    Ok(diesel::delete(drafts::table.filter(drafts::holder.is_not_null()).filter(old)).execute(tx.conn)?)
}
