//! The page of a question, for whoever looks: the team, the provider, or an organisation that is asked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::Timestamp;

use super::form::{self, LABELS};
use crate::access::guard::Visitor;
use crate::core::i18n::{Lang, text};
use crate::core::ids::AccountId;
use crate::directory::model::Phone;
use crate::incidents::fanout::model::{Answer, Patience};
use crate::incidents::fanout::service::{self, Candidate, HouseView, Plan, Row, Seen, SourceView, TeamView};
use crate::incidents::model::Entry;
use crate::incidents::status::Status;
use crate::mail::outbox::MailState;
use crate::web::markdown::Html;
use crate::web::site::Site;
use crate::web::table::Table;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// A message as it stands on a page.
pub(super) struct Message {
    pub own: bool,
    pub author: String,
    pub at: Timestamp,
    pub body: Html,
}

/// What was written, for whoever reads it.
pub(super) fn messages(entries: &[Entry], viewer: Option<AccountId>) -> Vec<Message> {
    let of = |entry: &Entry| Message {
        own: entry.account.is_some() && entry.account == viewer,
        author: entry.author.clone(),
        at: entry.at,
        body: Html::escaped(entry.body.as_deref().unwrap_or_default()),
    };
    entries.iter().map(of).collect()
}

#[derive(Template)]
#[template(path = "incidents/fanout/templates/ask.html")]
struct AskPage {
    sh: Shell,
    form: Form,
    it: TeamView,
    sources: Vec<Choice>,
    patiences: Vec<Choice>,
    is_stale: bool,
}

#[derive(Template)]
#[template(path = "incidents/fanout/templates/preview.html")]
struct PreviewPage {
    sh: Shell,
    form: Form,
    it: Plan,
    /// The fields of the form, to be sent again.
    fields: Vec<(String, String)>,
    mails: usize,
    /// Whom no mail reaches.
    unreached: Vec<String>,
}

#[derive(Template)]
#[template(path = "incidents/fanout/templates/board.html")]
struct BoardPage {
    sh: Shell,
    form: Form,
    it: TeamView,
    /// Those to call, when the time is over or no mail reaches them.
    to_call: Vec<Row>,
    is_open: bool,
    answer_by: Timestamp,
    started_at: Timestamp,
}

impl BoardPage {
    fn dial(row: &Row) -> String {
        Phone::parse(&row.phone).map(|phone| format!("tel:{}", phone.dial())).unwrap_or_default()
    }

    fn mail(row: &Row) -> &'static str {
        use MailState as S;
        match row.mail {
            None => "fanout-mail-none",
            Some(S::Queued | S::Leased) => "fanout-mail-queued",
            Some(S::Accepted) => "fanout-mail-accepted",
            Some(S::Bounced) => "fanout-mail-bounced",
            Some(S::Failed) => "fanout-mail-failed",
        }
    }

    fn stands(state: &MailState) -> &'static str {
        match state {
            MailState::Queued | MailState::Leased => "fanout-count-queued",
            MailState::Accepted => "fanout-count-accepted",
            MailState::Bounced => "fanout-count-bounced",
            MailState::Failed => "fanout-count-failed",
        }
    }

    fn says(row: &Row) -> (&'static str, &'static str) {
        match row.asked.answer.as_ref().map(|said| said.answer) {
            _ if row.asked.is_abroad => ("fanout-abroad-tag", ""),
            Some(Answer::Affected) => (Answer::Affected.label(), "danger"),
            Some(Answer::NotAffected) => (Answer::NotAffected.label(), "ok"),
            Some(Answer::Unclear) => (Answer::Unclear.label(), "warn"),
            None => ("fanout-silent", "warn"),
        }
    }
}

#[derive(Template)]
#[template(path = "incidents/fanout/templates/source.html")]
struct SourcePage {
    sh: Shell,
    form: Form,
    it: SourceView,
    houses: Vec<Choice>,
    answers: Vec<Choice>,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "incidents/fanout/templates/house.html")]
struct HousePage {
    sh: Shell,
    form: Form,
    it: HouseView,
    messages: Vec<Message>,
    /// For whom somebody writes who acts for several.
    houses: Vec<Choice>,
    has_duties: bool,
}

fn title(reference: &str, key: &str) -> String {
    format!("{reference} · {}", text(Lang::De, key))
}

/// The page for whoever looks.
pub(super) async fn page(
    visitor: &Visitor,
    site: &Site,
    reference: String,
    form: Form,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (seen, sources) = site
        .db
        .write(move |tx| {
            let seen = service::seen(tx, &actor, &reference)?;
            let asks = matches!(&seen, Seen::Team(view) if view.fanout.is_none() && view.may_ask);
            let sources = if asks { service::sources(tx, &actor, &reference)? } else { Vec::new() };
            Ok((seen, sources))
        })
        .await?;
    let form = form.labelled(LABELS);
    let failed = form.has_errors();
    let shell = |reference: &str, tlp, key| {
        let mut sh = visitor.shell(title(reference, key)).printed(reference, tlp);
        sh.failed = failed;
        sh
    };
    match seen {
        Seen::Team(it) => {
            let sh = shell(&it.case.reference, it.case.tlp, "fanout-title");
            let Some(fanout) = &it.fanout else {
                let page = AskPage {
                    form: proposed(form, &it, &sources),
                    sources: choices(sources),
                    patiences: Patience::ALL
                        .iter()
                        .map(|one| Choice::new(one.code(), sh.t(one.label())))
                        .collect(),
                    is_stale: status == StatusCode::CONFLICT,
                    it: *it,
                    sh,
                };
                return visitor.answer(status, &page);
            };
            let is_over = fanout.answer_by <= sh.now;
            let is_settled = fanout.ended_at.is_some() || it.case.as_told_status() == Status::Closed;
            let came_back = |row: &Row| matches!(row.mail, Some(MailState::Bounced | MailState::Failed));
            let calls = |row: &&Row| {
                let is_unreached = row.asked.told == 0 || came_back(row);
                !is_settled && row.asked.is_silent() && (is_over || is_unreached)
            };
            let page = BoardPage {
                to_call: it.rows.iter().filter(calls).cloned().collect(),
                is_open: it.may_ask && !is_settled,
                answer_by: fanout.answer_by,
                started_at: fanout.started_at,
                it: *it,
                form,
                sh,
            };
            visitor.answer(status, &page)
        }
        Seen::Source(it) => {
            let sh = shell(&it.reference, it.tlp, "fanout-source-title");
            let acting = it.named.iter().filter(|(.., acts)| *acts);
            let page = SourcePage {
                houses: acting
                    .map(|(asked, name, _)| Choice::new(asked.organisation.to_string(), name.as_str()))
                    .collect(),
                answers: answers(&sh),
                is_open: it.fanout.ended_at.is_none(),
                it: *it,
                form,
                sh,
            };
            visitor.answer(status, &page)
        }
        Seen::House(it) => {
            let sh = shell(&it.reference, it.tlp, "fanout-house-title");
            let concerns = |answer| matches!(answer, Answer::Affected | Answer::Unclear);
            let page = HousePage {
                messages: messages(&it.entries, visitor.actor.account),
                houses: it
                    .asked
                    .iter()
                    .map(|(one, name)| Choice::new(one.organisation.to_string(), name.as_str()))
                    .collect(),
                has_duties: it
                    .asked
                    .iter()
                    .any(|(one, _)| one.answer.as_ref().is_some_and(|said| concerns(said.answer))),
                it: *it,
                form,
                sh,
            };
            visitor.answer(status, &page)
        }
    }
}

/// What an organisation can say.
pub(super) fn answers(sh: &Shell) -> Vec<Choice> {
    Answer::ALL.iter().map(|one| Choice::new(one.code(), sh.t(one.label()))).collect()
}

type Source = (crate::core::ids::OrgId, String, Vec<String>);

/// Each provider that serves others with all of its services, and each service by itself.
fn choices(sources: Vec<Source>) -> Vec<Choice> {
    let mut all = Vec::new();
    for (id, name, services) in sources {
        all.push(Choice::new(form::source(id, ""), name.as_str()));
        let several = services.len() > 1;
        all.extend(
            services
                .into_iter()
                .filter(|_| several)
                .map(|service| Choice::new(form::source(id, &service), format!("{name}: {service}"))),
        );
    }
    all
}

/// A form that nobody filled yet: the house that reported as the provider, and the words of most questions.
fn proposed(form: Form, it: &TeamView, sources: &[Source]) -> Form {
    if form.has_errors() || !form.value("heading").is_empty() {
        return form;
    }
    let own = it.case.organisation.filter(|org| sources.iter().any(|(id, ..)| id == org));
    let words = |key| text(Lang::De, key).into_owned();
    let mut typed = FormData::default()
        .with("heading", words("fanout-heading-proposal"))
        .with("notice", words("fanout-notice-proposal"))
        .with("patience", Patience::Hours8.code())
        .with("source", own.map(|org| org.to_string()).unwrap_or_default());
    if it.may_name {
        typed = typed.with("is_named", "ja");
    }
    Form::filled(typed).labelled(LABELS)
}

/// Whom a question would reach, to be sent with one more click.
pub(super) fn preview(visitor: &Visitor, it: Plan, typed: FormData) -> Result<HttpResponse, Failure> {
    let names = ["source", "heading", "notice", "is_named", "patience", "others"];
    let fields = names.iter().map(|name| ((*name).to_owned(), typed.get(name).to_owned())).collect();
    let is_unreached = |one: &&Candidate| one.people.is_empty();
    let page = PreviewPage {
        sh: visitor.shell(title(&it.case.reference, "fanout-title")),
        mails: it.here.iter().map(|one| one.people.len()).sum(),
        unreached: it.here.iter().filter(is_unreached).map(|one| one.name.clone()).collect(),
        form: Form::filled(typed),
        fields,
        it,
    };
    visitor.page(&page)
}

/// Those in other Länder as a table.
pub(super) async fn table(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    let (reference, lines) = site.db.write(move |tx| service::table(tx, &actor, &reference)).await?;
    let mut table = Table::german(&["land", "key", "name", "seat", "phone"])?;
    for line in &lines {
        table.row(line)?;
    }
    Ok(table.file(format!("{reference}-laender.csv"))?)
}
