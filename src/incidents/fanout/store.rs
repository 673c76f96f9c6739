//! Rows of questions to many, and of who is asked.

use diesel::prelude::*;
use jiff::Timestamp;

use super::model::{Answer, AnswerWay, Asked, Fanout, NewFanout, Said, Stage};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result, one_row};
use crate::core::ids::{AskedId, FanoutId, IncidentId, OrgId};
use crate::core::text::Name;
use crate::store::schema::{
    fanout_asked as asked, fanout_asked_contents as asked_contents, fanout_contents as contents, fanouts,
};
use crate::store::{At, Code, Statement as _, Tx, Word, each_backend};

macro_rules! words {
    ($($name:ident),+) => {$(
        impl Word for $name {
            fn read(word: &str) -> Option<Self> {
                Self::parse(word)
            }
        }
    )+};
}
words!(Answer, AnswerWay, Stage);

/// How many organisations one statement inserts.
const CHUNK: usize = 500;

/// Whom a question goes to.
pub struct Whom {
    pub id: AskedId,
    pub organisation: OrgId,
    pub is_abroad: bool,
    /// To how many people a mail goes.
    pub told: usize,
}

/// Keeps a question.
pub fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: IncidentId,
    new: &NewFanout,
    (remind_at, answer_by): (Timestamp, Timestamp),
) -> Result<FanoutId> {
    let id: FanoutId = tx.id();
    let row = (
        fanouts::id.eq(id),
        fanouts::incident_id.eq(incident),
        fanouts::source_id.eq(new.source),
        fanouts::service.eq(new.service.as_ref().map_or("", Name::as_str)),
        fanouts::is_named.eq(new.is_named),
        fanouts::stage.eq(Stage::Asked.code()),
        fanouts::remind_at.eq(At(remind_at)),
        fanouts::answer_by.eq(At(answer_by)),
        fanouts::account_id.eq(actor.account),
        fanouts::started_at.eq(tx.at()),
    );
    one_row(diesel::insert_into(fanouts::table).values(row).on_conflict_do_nothing().run(tx.conn)?)?;
    let row = (
        contents::fanout_id.eq(id),
        contents::author.eq(&actor.name),
        contents::heading.eq(new.heading.as_str()),
        contents::notice.eq(new.notice.as_str()),
    );
    diesel::insert_into(contents::table).values(row).run(tx.conn)?;
    Ok(id)
}

/// Keeps whom a question goes to.
pub fn add_asked(tx: &mut Tx<'_>, fanout: FanoutId, whom: &[Whom]) -> Result<()> {
    let row = |one: &Whom| {
        (
            asked::id.eq(one.id),
            asked::fanout_id.eq(fanout),
            asked::organisation_id.eq(one.organisation),
            asked::is_abroad.eq(one.is_abroad),
            asked::told.eq(i32::try_from(one.told).unwrap_or(i32::MAX)),
        )
    };
    let rows: Vec<_> = whom.iter().map(row).collect();
    for rows in rows.chunks(CHUNK) {
        each_backend!(tx.conn, c => diesel::insert_into(asked::table).values(rows.to_vec()).execute(c))?;
    }
    Ok(())
}

/// Of which question.
enum Which {
    Incident(IncidentId),
    Fanout(FanoutId),
}

type Columns = (
    (FanoutId, IncidentId, OrgId, String, bool, Code<Stage>),
    (At, At, At, Option<At>),
    (Option<String>, Option<String>, Option<String>),
);

fn find(tx: &mut Tx<'_>, which: &Which) -> Result<Option<Fanout>> {
    let mut query = fanouts::table
        .left_join(contents::table.on(contents::fanout_id.eq(fanouts::id)))
        .select((
            (
                fanouts::id,
                fanouts::incident_id,
                fanouts::source_id,
                fanouts::service,
                fanouts::is_named,
                fanouts::stage,
            ),
            (fanouts::remind_at, fanouts::answer_by, fanouts::started_at, fanouts::ended_at),
            (contents::author.nullable(), contents::heading.nullable(), contents::notice.nullable()),
        ))
        .into_boxed();
    query = match which {
        Which::Incident(id) => query.filter(fanouts::incident_id.eq(*id)),
        Which::Fanout(id) => query.filter(fanouts::id.eq(*id)),
    };
    let row: Option<Columns> = query.first(tx.conn).optional()?;
    Ok(row.map(|(what, when, words)| Fanout {
        id: what.0,
        incident: what.1,
        source: what.2,
        service: what.3,
        is_named: what.4,
        stage: what.5.0,
        remind_at: when.0.into(),
        answer_by: when.1.into(),
        started_at: when.2.into(),
        ended_at: when.3.map(Timestamp::from),
        author: words.0.unwrap_or_default(),
        heading: words.1.unwrap_or_default(),
        notice: words.2.unwrap_or_default(),
    }))
}

/// The question of a case.
pub fn of_case(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Option<Fanout>> {
    find(tx, &Which::Incident(incident))
}

/// The question with this id.
pub fn lookup(tx: &mut Tx<'_>, id: FanoutId) -> Result<Option<Fanout>> {
    find(tx, &Which::Fanout(id))
}

type AskedColumns = (
    (AskedId, OrgId, bool, i32),
    (Option<Code<Answer>>, Option<Code<AnswerWay>>, Option<At>),
    (Option<String>, Option<String>),
);

/// Who is asked: all, or these organisations.
pub fn asked_of(tx: &mut Tx<'_>, fanout: FanoutId, only: Option<&[OrgId]>) -> Result<Vec<Asked>> {
    let mut query = asked::table
        .left_join(asked_contents::table.on(asked_contents::asked_id.eq(asked::id)))
        .filter(asked::fanout_id.eq(fanout))
        .order(asked::id)
        .select((
            (asked::id, asked::organisation_id, asked::is_abroad, asked::told),
            (asked::answer, asked::way, asked::answered_at),
            (asked_contents::author.nullable(), asked_contents::note.nullable()),
        ))
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(asked::organisation_id.eq_any(only.to_vec()));
    }
    let rows: Vec<AskedColumns> = query.load(tx.conn)?;
    let read = |(whom, said, words): AskedColumns| {
        let (answer, way, at) = said;
        let said = answer.zip(way).zip(at).map(|((answer, way), at)| Said {
            answer: answer.0,
            way: way.0,
            at: at.into(),
            author: words.0.unwrap_or_default(),
            note: words.1.unwrap_or_default(),
        });
        Asked { id: whom.0, organisation: whom.1, is_abroad: whom.2, told: whom.3, answer: said }
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Of which question somebody is asked, and which organisation.
pub fn asked_by_id(tx: &mut Tx<'_>, id: AskedId) -> Result<Option<(FanoutId, OrgId)>> {
    Ok(asked::table.find(id).select((asked::fanout_id, asked::organisation_id)).first(tx.conn).optional()?)
}

/// The cases in which one of these organisations is asked by this CERT, the newest first, at most so many.
pub fn cases_of(tx: &mut Tx<'_>, organisations: &[OrgId], limit: i64) -> Result<Vec<IncidentId>> {
    let theirs = asked::table
        .filter(asked::organisation_id.eq_any(organisations.to_vec()))
        .filter(asked::is_abroad.eq(false))
        .select(asked::fanout_id);
    Ok(fanouts::table
        .filter(fanouts::id.eq_any(theirs))
        .order(fanouts::id.desc())
        .limit(limit)
        .select(fanouts::incident_id)
        .load(tx.conn)?)
}

/// Keeps what an organisation says; what it said before is no more.
pub fn set_answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (author, note): (&str, &str),
    id: AskedId,
    way: AnswerWay,
    answer: Answer,
) -> Result<()> {
    let said = (
        asked::answer.eq(Some(answer.code())),
        asked::way.eq(Some(way.code())),
        asked::answered_at.eq(Some(tx.at())),
        asked::account_id.eq(actor.account),
    );
    one_row(diesel::update(asked::table.find(id)).set(said).run(tx.conn)?)?;
    diesel::delete(asked_contents::table.find(id)).run(tx.conn)?;
    let words =
        (asked_contents::asked_id.eq(id), asked_contents::author.eq(author), asked_contents::note.eq(note));
    diesel::insert_into(asked_contents::table).values(words).run(tx.conn)?;
    Ok(())
}

/// How far the silent ones were followed.
pub fn set_stage(tx: &mut Tx<'_>, id: FanoutId, stage: Stage) -> Result<()> {
    diesel::update(fanouts::table.find(id)).set(fanouts::stage.eq(stage.code())).run(tx.conn)?;
    Ok(())
}

/// Ends a question; `false` where it has ended.
pub fn end(tx: &mut Tx<'_>, id: FanoutId) -> Result<bool> {
    let open = fanouts::table.find(id).filter(fanouts::ended_at.is_null());
    Ok(diesel::update(open).set(fanouts::ended_at.eq(Some(tx.at()))).run(tx.conn)? == 1)
}

/// To how many people mails went.
pub fn set_told(tx: &mut Tx<'_>, id: AskedId, people: usize) -> Result<()> {
    let people = i32::try_from(people).unwrap_or(i32::MAX);
    diesel::update(asked::table.find(id)).set(asked::told.eq(people)).run(tx.conn)?;
    Ok(())
}

/// The question, which nobody else changes until this transaction ends.
pub fn locked(tx: &mut Tx<'_>, id: FanoutId) -> Result<Fanout> {
    // On PostgreSQL a row that was written is locked, and read as it stands then.
    diesel::update(fanouts::table.find(id)).set(fanouts::stage.eq(fanouts::stage)).run(tx.conn)?;
    lookup(tx, id)?.ok_or(Error::NotFound)
}
