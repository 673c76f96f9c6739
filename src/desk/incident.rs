//! One incident: the analyst's three zones, and the town hall's parcel, from the same view.

use std::borrow::Cow;
use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::Timestamp;

use super::words::{Names, choices, told, word};
use crate::access::guard::Visitor;
use crate::access::service as access;
use crate::core::actor::{Actor, Role};
use crate::core::error::Result;
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::{AccountId, OrgId, StepId};
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::directory::service as directory;
use crate::escalation::model::StepState;
use crate::escalation::service as escalation;
use crate::incidents::model::{
    Audience, Category, Class, Entry, Impact, Incident, Involvement, Part, Report, Spread, shown_title,
};
use crate::incidents::service::{self as incidents, Abilities, Redaction, View};
use crate::incidents::status::{self, CloseReason, Status};
use crate::store::Tx;
use crate::web::markdown::Html;
use crate::web::parts::{self, ChainState, ChainStep};
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// Everything a page about one case needs, read in one transaction.
pub(super) struct Case {
    view: View,
    names: Names,
    steps: Vec<escalation::StepView>,
    analysts: Vec<(AccountId, String)>,
    nameable: Vec<(AccountId, String)>,
    /// To whom the case can be escalated.
    targets: Vec<(String, String)>,
}

/// Loads the case and records that it was seen.
pub(super) fn load(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Case> {
    let view = incidents::show(tx, actor, reference)?;
    let steps = escalation::steps_of(tx, actor, view.incident.id)?;
    let targets =
        if view.may.escalate { escalation::choices(tx, actor, view.incident.id)? } else { Vec::new() };
    let mut organisations: BTreeSet<OrgId> = view.involvements.iter().map(|i| i.organisation).collect();
    organisations.extend(view.incident.organisation);
    organisations.extend(view.incident.holder);
    organisations.extend(view.acting.iter().copied());
    organisations.extend(view.entries.iter().filter_map(|entry| match entry.audience {
        Audience::Organisation(org) => Some(org),
        Audience::Team | Audience::Involved => None,
    }));
    let ids: Vec<OrgId> = organisations.into_iter().collect();
    let analysts =
        if view.may.triage { access::holders(tx, &[Role::Analyst, Role::CertLead])? } else { Vec::new() };
    let mut nameable = analysts.clone();
    if view.may.restrict {
        for involved in &view.involvements {
            nameable.extend(access::members(tx, involved.organisation)?);
        }
    }
    let accounts: Vec<AccountId> = view.incident.assignee.into_iter().collect();
    let names = Names { organisations: directory::names(tx, &ids)?, accounts: access::names(tx, &accounts)? };
    Ok(Case { view, names, steps, analysts, nameable, targets })
}

struct Fact {
    key: &'static str,
    value: String,
}

/// An organisation with its parts in the case.
struct Involved {
    name: String,
    parts: Vec<Cow<'static, str>>,
}

fn involved(involvements: &[Involvement], names: &Names) -> Vec<Involved> {
    let mut found: Vec<(OrgId, Involved)> = Vec::new();
    for one in involvements {
        let part = word("incident-part", one.part.code());
        match found.iter_mut().find(|(organisation, _)| *organisation == one.organisation) {
            Some((_, involved)) => involved.parts.push(part),
            None => {
                let name = names.organisation(Some(one.organisation));
                found.push((one.organisation, Involved { name, parts: vec![part] }));
            }
        }
    }
    found.into_iter().map(|(_, involved)| involved).collect()
}

struct StepLine {
    id: StepId,
    name: String,
    state: Cow<'static, str>,
    tone: &'static str,
    when: String,
    can_acknowledge: bool,
    can_approve: bool,
    can_withdraw: bool,
}

/// The report in words.
struct Said {
    observed: Cow<'static, str>,
    stated_at: Timestamp,
    inform: Cow<'static, str>,
    description: String,
    measures: String,
    contact: String,
    flags: Vec<Cow<'static, str>>,
}

impl Said {
    fn of(report: Report) -> Self {
        let flags = [
            (report.flags.critical_service, "critical_service"),
            (report.flags.personal_data, "personal_data"),
            (report.flags.malicious, "malicious"),
            (report.flags.beyond_house, "beyond_house"),
        ];
        let contact = [report.contact_name, report.contact_phone];
        Self {
            observed: word("incident-observed", report.observed.code()),
            stated_at: report.stated_at,
            inform: word("incident-inform", report.inform.code()),
            description: report.description,
            measures: report.measures,
            contact: contact.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
            flags: flags
                .into_iter()
                .filter(|(set, _)| *set)
                .map(|(_, code)| word("incident-flag", code))
                .collect(),
        }
    }
}

/// The page as the team sees it.
#[derive(Template)]
#[template(path = "desk/templates/incident.html")]
struct IncidentPage {
    sh: Shell,
    form: Form,
    stale: bool,
    open_form: &'static str,
    title: String,
    organisation: String,
    status: Cow<'static, str>,
    assignee: String,
    deadline: Cow<'static, str>,
    facts: Vec<Fact>,
    times: Vec<Fact>,
    may: Abilities,
    can_take: bool,
    is_open: bool,
    statuses: Vec<Choice>,
    classes: Vec<Choice>,
    categories: Vec<Choice>,
    impacts: Vec<Choice>,
    spreads: Vec<Choice>,
    tlps: Vec<Choice>,
    priorities: Vec<Choice>,
    analysts: Vec<Choice>,
    nameable: Vec<Choice>,
    reasons: Vec<Choice>,
    targets: Vec<Choice>,
    involved: Vec<Involved>,
    involved_names: String,
    report: Option<Said>,
    withheld: Option<&'static str>,
    entries: Vec<parts::Entry>,
    steps: Vec<StepLine>,
    case: Incident,
}

struct Message {
    own: bool,
    author: String,
    at: Timestamp,
    body: Html,
}

struct Told {
    text: String,
    at: Timestamp,
}

/// The page as an organisation sees it.
#[derive(Template)]
#[template(path = "desk/templates/case.html")]
struct CasePage {
    sh: Shell,
    form: Form,
    title: String,
    chain: Vec<ChainStep>,
    next_line: String,
    next_otherwise: String,
    may: Abilities,
    /// What an organisation's message is addressed to: the CERT and itself.
    own_audience: &'static str,
    messages: Vec<Message>,
    report: Option<Said>,
    withheld: Option<&'static str>,
    involved_names: String,
    history: Vec<Told>,
    steps: Vec<StepLine>,
    case: Incident,
}

fn withheld(redaction: Redaction) -> Option<&'static str> {
    match redaction {
        Redaction::None => None,
        Redaction::Anonymous => Some("desk-withheld-anonymous"),
        Redaction::Nobody => Some("desk-withheld-nobody"),
    }
}

fn people(list: Vec<(AccountId, String)>) -> Vec<Choice> {
    let mut seen = BTreeSet::new();
    list.into_iter()
        .filter(|(id, _)| seen.insert(*id))
        .map(|(id, name)| Choice::new(id.to_string(), name))
        .collect()
}

fn facts(incident: &Incident, names: &Names) -> Vec<Fact> {
    let fact = |key, value: String| Fact { key, value };
    let mut facts =
        vec![fact("desk-fact-status", word("incident-status", incident.status.code()).into_owned())];
    if let Some(reason) = incident.close_reason {
        facts.push(fact("desk-close-reason", word("incident-close", reason.code()).into_owned()));
    }
    if let Some(class) = incident.class {
        facts.push(fact("desk-class", word("incident-class", class.code()).into_owned()));
    }
    if let Some(category) = incident.category {
        facts.push(fact("desk-category", text(Lang::De, &category.label()).into_owned()));
    }
    if let (Some(priority), Some(impact), Some(spread)) =
        (incident.priority, incident.impact, incident.spread)
    {
        let why = format!(
            "{priority}: {} × {}",
            word("incident-impact", impact.code()),
            word("incident-spread", spread.code())
        );
        facts.push(fact("desk-fact-priority", why));
    }
    if let Some(reason) = &incident.priority_reason {
        facts.push(fact("desk-priority-reason", reason.clone()));
    }
    facts.push(fact("desk-tlp", incident.tlp.label().to_owned()));
    let assignee = names.account(incident.assignee);
    let held = if assignee.is_empty() { text(Lang::De, "desk-free").into_owned() } else { assignee };
    facts.push(fact("desk-fact-assignee", held));
    facts.push(fact("desk-fact-holder", names.organisation(incident.holder)));
    if let Some(waiting) = &incident.waiting_on {
        let until = incident.follow_up_at.map_or(String::new(), when::dense);
        facts.push(fact("desk-fact-waiting", format!("{waiting} ({until})")));
    }
    facts
}

fn times(incident: &Incident) -> Vec<Fact> {
    let at = |key, at: Option<Timestamp>| at.map(|at| Fact { key, value: when::dense(at) });
    [
        at("desk-time-occurred", incident.occurred_at),
        at("desk-time-detected", incident.detected_at),
        at("desk-time-aware", incident.aware_at),
        at("desk-time-reported", Some(incident.reported_at)),
        at("desk-time-closed", incident.closed_at),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `at` says an instant in the words of the page.
fn step_line(step: escalation::StepView, at: impl Fn(Timestamp) -> String) -> StepLine {
    let state = word("escalation-state", step.state.code());
    let say = |key: &str, when: Timestamp| text_with(Lang::De, key, &[("at", at(when).into())]);
    let (tone, when) = match (step.acknowledged_at, step.acknowledge_by) {
        (Some(when), _) => {
            let who = step.acknowledged_by.unwrap_or_default();
            let args = [("who", who.into()), ("at", at(when).into())];
            ("ok", text_with(Lang::De, "desk-step-acknowledged", &args))
        }
        (None, Some(by)) if step.can_acknowledge => ("warn", say("desk-step-by", by)),
        (None, Some(by)) => ("", say("desk-step-by", by)),
        (None, None) => ("", say("desk-step-due", step.due_at)),
    };
    StepLine {
        id: step.id,
        name: step.name,
        state,
        tone,
        when: when.into_owned(),
        can_acknowledge: step.can_acknowledge,
        can_approve: step.can_approve,
        can_withdraw: step.can_withdraw,
    }
}

/// The name beside a line; what the product does by itself has its own word.
fn author(entry: &Entry) -> String {
    if entry.account.is_none() {
        text(Lang::De, "desk-author-system").into_owned()
    } else {
        entry.author.clone()
    }
}

fn entry(names: &Names, entry: &Entry) -> parts::Entry {
    let audience = match (entry.body.is_some(), entry.audience) {
        (false, _) => parts::Audience::System,
        (true, Audience::Team) => parts::Audience::Internal,
        (true, _) => parts::Audience::Visible,
    };
    let body = match &entry.body {
        Some(body) if entry.kind == "waiting" || entry.kind == "step_requested" => {
            Html::escaped(&format!("{} {body}", told(entry)))
        }
        Some(body) => Html::escaped(body),
        None => Html::escaped(&told(entry)),
    };
    parts::Entry {
        audience,
        readers: names.readers(entry.audience),
        author: author(entry),
        at: entry.at,
        body,
    }
}

/// What the forms of the page hold before anybody typed: the present state.
fn filled(incident: &Incident) -> FormData {
    let code = |code: Option<&'static str>| code.unwrap_or_default();
    FormData::default()
        .with("class", code(incident.class.map(Class::code)))
        .with("category", code(incident.category.map(Category::code)))
        .with("impact", code(incident.impact.map(Impact::code)))
        .with("spread", code(incident.spread.map(Spread::code)))
        .with("tlp", incident.tlp.label())
        .with("priority_reason", incident.priority_reason.clone().unwrap_or_default())
        .with("assignee", incident.assignee.map(|id| id.to_string()).unwrap_or_default())
        .with("waiting_on", incident.waiting_on.clone().unwrap_or_default())
        .with("follow_up_at", incident.follow_up_at.map(when::machine).unwrap_or_default())
}

/// What a refused or stale form leaves to be shown again.
#[derive(Default)]
pub(super) struct Again {
    pub form: Option<Form>,
    /// Which form was sent.
    pub open_form: &'static str,
    /// Whether somebody else was faster.
    pub stale: bool,
}

impl Again {
    fn status(&self) -> StatusCode {
        match (&self.form, self.stale) {
            (_, true) => StatusCode::CONFLICT,
            (Some(_), false) => StatusCode::UNPROCESSABLE_ENTITY,
            (None, false) => StatusCode::OK,
        }
    }
}

/// Renders the case for whoever looks at it.
pub(super) fn render(visitor: &Visitor, case: Case, again: Again) -> Result<HttpResponse, Failure> {
    let status = again.status();
    let title = shown_title(&case.view.incident.title);
    let window = format!("{} · {title}", case.view.incident.reference);
    let mut sh = visitor.shell(window).printed(&case.view.incident.reference, case.view.incident.tlp);
    if status != StatusCode::OK {
        sh = sh.failed();
    }
    if case.view.may.is_team {
        visitor.answer(status, &team_page(sh, title, case, again))
    } else {
        let viewer = visitor.actor.account;
        visitor.answer(status, &party_page(sh, title, viewer, case, again.form.unwrap_or_default()))
    }
}

fn team_page(sh: Shell, title: String, case: Case, again: Again) -> IncidentPage {
    let Case { view, names, steps, analysts, nameable, targets } = case;
    let incident = view.incident;
    let involved = involved(&view.involvements, &names);
    let mut form = again.form.unwrap_or_else(|| Form::filled(filled(&incident)));
    if !form.data.has("named") {
        for account in &view.named {
            form.data = form.data.with("named", account.to_string());
        }
    }
    let priorities = ["1", "2", "3", "4"].map(|p| Choice::new(p, p)).to_vec();
    IncidentPage {
        stale: again.stale,
        open_form: again.open_form,
        title,
        organisation: names.organisation(incident.organisation),
        status: word("incident-status", incident.status.code()),
        assignee: names.account(incident.assignee),
        deadline: incident
            .deadline_kind
            .as_deref()
            .map(|kind| word("desk-deadline", kind))
            .unwrap_or_default(),
        facts: facts(&incident, &names),
        times: times(&incident),
        can_take: incident.assignee.is_none() && incident.status != Status::Closed,
        is_open: incident.status != Status::Closed,
        statuses: choices("desk-status", status::choices(incident.status).into_iter().map(Status::code)),
        classes: choices("incident-class", Class::ALL.iter().map(|v| v.code())),
        categories: Category::ALL.iter().map(|v| Choice::new(v.code(), text(Lang::De, &v.label()))).collect(),
        impacts: choices("incident-impact", Impact::ALL.iter().map(|v| v.code())),
        spreads: choices("incident-spread", Spread::ALL.iter().map(|v| v.code())),
        tlps: Tlp::ALL.iter().map(|v| Choice::new(v.label(), v.label())).collect(),
        priorities,
        analysts: people(analysts),
        nameable: people(nameable),
        targets: targets.into_iter().map(|(id, name)| Choice::new(id, name)).collect(),
        reasons: choices("incident-close", CloseReason::ALL.iter().map(|v| v.code())),
        involved_names: involved.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(", "),
        involved,
        report: view.report.map(Said::of),
        withheld: withheld(view.redaction),
        entries: view.entries.iter().map(|e| entry(&names, e)).collect(),
        steps: steps.into_iter().map(|step| step_line(step, when::dense)).collect(),
        may: view.may,
        form,
        sh,
        case: incident,
    }
}

fn party_page(sh: Shell, title: String, viewer: Option<AccountId>, case: Case, form: Form) -> CasePage {
    let Case { view, names, steps, .. } = case;
    let asked: Vec<Asked> = steps.iter().filter_map(Asked::of).collect();
    let chain = chain(&view, &names, &asked, &sh);
    let (next_line, next_otherwise) = next(&view.incident, &asked, &sh);
    let (said, system): (Vec<&Entry>, Vec<&Entry>) =
        view.entries.iter().partition(|entry| entry.body.is_some() && entry.kind != "filed");
    let mut seeing: Vec<String> = involved(&view.involvements, &names).into_iter().map(|i| i.name).collect();
    seeing.push(sh.hotline().name.clone());
    CasePage {
        title,
        chain,
        next_line,
        next_otherwise,
        own_audience: "organisation",
        messages: said
            .into_iter()
            .map(|entry| Message {
                own: entry.account.is_some() && entry.account == viewer,
                author: author(entry),
                at: entry.at,
                body: Html::escaped(entry.body.as_deref().unwrap_or_default()),
            })
            .collect(),
        history: system.into_iter().map(|entry| Told { text: told(entry), at: entry.at }).collect(),
        report: view.report.map(Said::of),
        withheld: withheld(view.redaction),
        involved_names: seeing.join(", "),
        steps: steps.into_iter().map(|step| step_line(step, |at| sh.spoken(at))).collect(),
        may: view.may,
        form,
        sh,
        case: view.incident,
    }
}

/// Somebody beyond the CERT who was told and has not acknowledged yet.
struct Asked {
    who: String,
    by: Timestamp,
}

impl Asked {
    fn of(step: &escalation::StepView) -> Option<Self> {
        let is_open = step.state == StepState::Notified && step.acknowledged_at.is_none();
        step.acknowledge_by.filter(|_| is_open).map(|by| Self { who: step.name.clone(), by })
    }
}

/// The way of the case: who reported, the CERT, who else holds a part; open ends only where they exist.
fn chain(view: &View, names: &Names, asked: &[Asked], sh: &Shell) -> Vec<ChainStep> {
    let incident = &view.incident;
    let step = |state, who: String, what: &str, when: String| ChainStep {
        state,
        who,
        what: text(Lang::De, what).into_owned(),
        when,
    };
    let closed = incident.status == Status::Closed;
    let mut chain = vec![step(
        ChainState::Done,
        names.organisation(incident.organisation),
        "desk-chain-reported",
        sh.spoken(incident.reported_at),
    )];
    let here = if closed { ChainState::Done } else { ChainState::Now };
    let what = if closed { "desk-chain-was-here" } else { "desk-chain-here" };
    chain.push(step(here, sh.hotline().name.clone(), what, sh.spoken(incident.updated_at)));
    for handler in view.involvements.iter().filter(|i| i.part == Part::Handler) {
        let who = names.organisation(Some(handler.organisation));
        chain.push(step(ChainState::Done, who, "desk-chain-involved", sh.spoken(handler.added_at)));
    }
    if closed {
        let when = incident.closed_at.map(|at| sh.spoken(at)).unwrap_or_default();
        chain.push(step(
            ChainState::Done,
            text(Lang::De, "desk-chain-end").into_owned(),
            "desk-chain-closed",
            when,
        ));
        return chain;
    }
    for one in asked {
        let by = text_with(Lang::De, "desk-wait-by", &[("at", sh.spoken(one.by).into())]).into_owned();
        chain.push(step(ChainState::Next, one.who.clone(), "desk-chain-asked", by));
    }
    if chain.len() == 2 {
        let state = text(Lang::De, "desk-chain-state").into_owned();
        chain.push(step(ChainState::Next, state, "desk-chain-if-needed", String::new()));
    }
    chain
}

/// What comes next, by when, and what happens otherwise.
fn next(incident: &Incident, asked: &[Asked], sh: &Shell) -> (String, String) {
    let words = |key: &str| text(Lang::De, key).into_owned();
    match (incident.status, incident.deadline_at) {
        (Status::Closed, _) => (words("desk-next-closed"), words("desk-next-closed-otherwise")),
        (_, Some(_)) if !asked.is_empty() => {
            let one = &asked[0];
            let args = [("name", one.who.as_str().into()), ("at", sh.spoken(one.by).into())];
            (text_with(Lang::De, "desk-next-asked", &args).into_owned(), words("desk-next-by-otherwise"))
        }
        (_, Some(at)) => (
            text_with(Lang::De, "desk-next-by", &[("at", sh.spoken(at).into())]).into_owned(),
            words("desk-next-by-otherwise"),
        ),
        (Status::Reported, None) => (words("desk-next-triage"), words("desk-next-otherwise")),
        (_, None) => (words("desk-next-work"), words("desk-next-otherwise")),
    }
}

/// Shows the case.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let case = site.db.write(move |tx| load(tx, &actor, &reference)).await?;
    render(&visitor, case, Again::default())
}
