//! Mails that a case causes. A case is TLP:AMBER unless triage widens it, so what travels is where to read; what was written
//! travels only encrypted, to readers whose key is on file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::fanout::model::{Asking, Fanout};
use super::fanout::service as fanouts;
use super::model::{AnswerBook, Audience, FILED_UNDER, Incident, NewReport};
use super::{policy, store};
use crate::access::model::Purpose;
use crate::access::policy::{Action, may};
use crate::access::service as access;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::{AccountId, AnyId, AskedId, BodyId, EntryId, IncidentId, MailId, OrgId};
use crate::core::text::{MailAddress, Name, Title};
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::core::when;
use crate::directory::model::ContactRole;
use crate::directory::service as directory;
use crate::mail::confidential::{Confidential, seal_for};
use crate::mail::content::{Content, LINK, Notice, Reference, Template, slot};
use crate::mail::message::Recipient;
use crate::mail::outbox::{MailPurpose, NewMail, add_body, enqueue_all, set_thread};
use crate::store::Tx;
use crate::web::site::Settings;

/// A new case.
pub(super) struct Place<'a> {
    pub id: IncidentId,
    pub reference: &'a str,
}

impl Place<'_> {
    fn about(&self, report: &NewReport) -> About<'_> {
        About { id: self.id, reference: self.reference, tlp: FILED_UNDER, is_drill: report.is_drill }
    }
}

/// Confirms to the reporting account that the report has arrived, and where it can be followed.
pub(super) fn received(
    tx: &mut Tx<'_>,
    actor: &Actor,
    place: &Place<'_>,
    report: &NewReport,
    is_unconfirmed: bool,
) -> Result<()> {
    let Some(account) = actor.account else { return Ok(()) };
    let Some(mail) = address(tx, account)? else { return Ok(()) };
    let notice = if is_unconfirmed { Notice::Unconfirmed } else { Notice::Received };
    // What is not yet the organisation's own, nobody answers in its name.
    let answers = report.organisation.filter(|_| !is_unconfirmed);
    let people = [(mail, actor.name.clone())];
    send(tx, &place.about(report), "incident-mail-received", notice, &people, answers)
}

/// Tells an organisation that another one reported in its name, and whether it is asked to confirm that.
pub(super) fn in_your_name(
    tx: &mut Tx<'_>,
    place: &Place<'_>,
    report: &NewReport,
    is_unconfirmed: bool,
) -> Result<()> {
    let Some(organisation) = report.organisation else { return Ok(()) };
    let people = directory::people_of(tx, organisation)?;
    let notice = if is_unconfirmed { Notice::Confirm } else { Notice::InYourName };
    let answers = Some(organisation).filter(|_| !is_unconfirmed);
    send(tx, &place.about(report), "incident-mail-in-your-name", notice, &people, answers)
}

/// Tells an organisation that somebody stated more in its name, under its mandate.
pub(super) fn stated_for(tx: &mut Tx<'_>, incident: &Incident, organisation: OrgId) -> Result<()> {
    let people: BTreeSet<_> = readers(tx, incident, organisation)?.into_iter().collect();
    let people: Vec<_> = people.into_iter().collect();
    let about = About::from(incident);
    send(tx, &about, "incident-mail-in-your-name", Notice::InYourName, &people, Some(organisation))
}

/// Tells an organisation that a report came by telephone from somebody who said its contact code.
pub(super) fn by_telephone(tx: &mut Tx<'_>, incident: &Incident, organisation: OrgId) -> Result<()> {
    let people = directory::people_of(tx, organisation)?;
    let about = About::from(incident);
    send(tx, &about, "incident-mail-by-telephone", Notice::ByTelephone, &people, Some(organisation))
}

/// How long an organisation has to say whether a report is its own: longer than people are on holiday.
const LINK_VALID: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Asks the organisation to which the CERT attached a report whether it is its own: each of its people by a link that
/// needs no password. Returns how many they are.
pub(super) fn to_confirm(tx: &mut Tx<'_>, incident: &Incident, organisation: OrgId) -> Result<usize> {
    let people = directory::people_of(tx, organisation)?;
    // Of a restricted case only named persons hear: then somebody calls.
    if people.is_empty() || incident.is_restricted {
        return Ok(0);
    }
    let about = About::from(incident);
    let content = content(tx, &about, "incident-mail-confirm", Notice::Decide, &slot(LINK))?;
    let body = add_body(tx, &content)?;
    let url = tx.required::<Settings>()?.public_url.clone();
    let mut mails = Vec::with_capacity(people.len());
    for (mail, name) in &people {
        let token = access::create_link_to(tx, Purpose::Report, mail, AnyId(incident.id.0), LINK_VALID)?;
        let slots = BTreeMap::from([(LINK.to_owned(), format!("{url}/bestaetigung/{token}"))]);
        mails.push(NewMail { slots, ..mail_to(&about, mail, name) });
    }
    enqueue_all(tx, body, &mails)?;
    Ok(mails.len())
}

/// Asks organisations whether what happened at their provider concerns them: each of the people there by a link that
/// needs no password.
pub(super) fn asked(
    tx: &mut Tx<'_>,
    incident: &Incident,
    fanout: &Fanout,
    whom: &[(AskedId, Vec<(MailAddress, String)>)],
    asking: Asking,
) -> Result<()> {
    if whom.iter().all(|(_, people)| people.is_empty()) {
        return Ok(());
    }
    let about = About::from(incident);
    let url = tx.required::<Settings>()?.public_url.clone();
    let content = question(tx, &about, fanout, asking)?;
    let body = add_body(tx, &content)?;
    let mut mails = Vec::new();
    for (id, people) in whom {
        for (mail, name) in people {
            let token = access::create_link_to(tx, Purpose::Asked, mail, AnyId(id.0), LINK_VALID)?;
            let slots = BTreeMap::from([(LINK.to_owned(), format!("{url}/betroffenheit/{token}"))]);
            mails.push(NewMail { slots, dispatch: Some(AnyId(id.0)), ..mail_to(&about, mail, name) });
        }
    }
    enqueue_all(tx, body, &mails).map(|_| ())
}

/// What those read who are asked so.
fn question(tx: &mut Tx<'_>, about: &About<'_>, fanout: &Fanout, asking: Asking) -> Result<Content> {
    let reference = about.reference;
    let link = slot(LINK);
    let args = [
        ("heading", fanout.heading.as_str().into()),
        ("notice", fanout.notice.as_str().into()),
        ("by", when::absolute(fanout.answer_by).into()),
        ("link", link.as_str().into()),
    ];
    let broken = |why| Error::Internal(format!("a question's mail: {why}"));
    let (subject, body, notice) = match asking {
        Asking::First => ("fanout-mail-subject", "fanout-mail-body", Notice::Affected(fanout.answer_by)),
        Asking::Again => ("fanout-again-subject", "fanout-again-body", Notice::StillAsked(fanout.answer_by)),
    };
    let subject = format!("{reference}: {}", text(Lang::De, subject));
    let content = Content::for_label(
        about.tlp,
        Title::parse(&subject).map_err(broken)?,
        Template::new(&text_with(Lang::De, body, &args))?,
        Reference::parse(reference).map_err(broken)?,
        Template::new(&link)?,
        notice,
    );
    let content = content.reached_at(&tx.required::<Settings>()?.phone);
    if about.is_drill { content.marked_as_drill() } else { Ok(content) }
}

/// Tells organisations that are asked so that a message to all of them is there. Where those mails stand is known by the
/// line of the timeline.
pub(super) fn broadcast(
    tx: &mut Tx<'_>,
    incident: &Incident,
    line: EntryId,
    organisations: &[OrgId],
) -> Result<()> {
    let about = About::from(incident);
    let link =
        format!("{}/vorgaenge/{}/betroffenheit", tx.required::<Settings>()?.public_url, about.reference);
    let body = {
        let content = content(tx, &about, "incident-mail-message", Notice::Message, &link)?;
        add_body(tx, &content)?
    };
    // Who belongs to two of them gets one mail.
    let mut people = BTreeMap::new();
    for organisation in organisations {
        people.extend(directory::people_of(tx, *organisation)?);
    }
    let mails: Vec<NewMail> = people
        .iter()
        .map(|(mail, name)| NewMail { dispatch: Some(AnyId(line.0)), ..mail_to(&about, mail, name) })
        .collect();
    enqueue_all(tx, body, &mails).map(|_| ())
}

/// Tells the organisations that a message is for that one is there: their IT security officers and the reporter.
/// Readers with a key get what was written.
pub(super) fn message(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    audience: Audience,
    written: &str,
) -> Result<()> {
    let own = directory::acting_for(tx, actor)?;
    let organisations: Vec<OrgId> = match audience {
        Audience::Team => return Ok(()),
        Audience::Organisation(org) => vec![org],
        Audience::Involved => store::involvements_of(tx, incident.id)?
            .into_iter()
            .map(|involved| involved.organisation)
            .collect(),
    };
    // Who belongs to two of them gets one mail, and answers for the first.
    let mut told = BTreeSet::new();
    for organisation in organisations.into_iter().filter(|org| !own.contains(org)) {
        let readers: BTreeSet<_> = readers(tx, incident, organisation)?.into_iter().collect();
        let people: Vec<_> = readers.into_iter().filter(|reader| told.insert(reader.clone())).collect();
        let about = About::from(incident);
        let said = Said { key: "incident-mail-message-sealed", text: written };
        send_sealed(tx, &about, "incident-mail-message", Notice::Message, &people, organisation, &said)?;
    }
    Ok(())
}

/// Tells an organisation that the CERT asks something of it: once, however much it is.
/// Readers with a key get the titles.
pub(super) fn task(tx: &mut Tx<'_>, incident: &Incident, organisation: OrgId, titles: &[&str]) -> Result<()> {
    let people: BTreeSet<_> = readers(tx, incident, organisation)?.into_iter().collect();
    let people: Vec<_> = people.into_iter().collect();
    let text = titles.iter().map(|title| format!("- {title}")).collect::<Vec<_>>().join("\n");
    let said = Said { key: "incident-mail-task-sealed", text: &text };
    let about = About::from(incident);
    send_sealed(tx, &about, "incident-mail-task", Notice::Task, &people, organisation, &said)
}

/// Tells an organisation that the time for reports to others runs out or is over. Readers with a key get which. `false`
/// where nobody there can be written to.
pub(super) fn duties(
    tx: &mut Tx<'_>,
    incident: &Incident,
    organisation: OrgId,
    lines: &[String],
) -> Result<bool> {
    let people: BTreeSet<_> = readers(tx, incident, organisation)?.into_iter().collect();
    let people: Vec<_> = people.into_iter().collect();
    let text = lines.join("\n");
    let said = Said { key: "incident-mail-duty-sealed", text: &text };
    let about = About::from(incident);
    send_sealed(tx, &about, "incident-mail-duty", Notice::Duty, &people, organisation, &said)?;
    Ok(!people.is_empty())
}

/// Tells the CERT that the time for a report of its own runs out or is over.
pub(super) fn duties_of_team(tx: &mut Tx<'_>, incident: &Incident) -> Result<()> {
    let people = team(tx, incident)?;
    send(tx, &About::from(incident), "incident-mail-duty", Notice::Duty, &people, None)
}

/// Tells an organisation that what it stated later is a case of its own now.
pub(super) fn split_off(tx: &mut Tx<'_>, incident: &Incident, organisation: OrgId) -> Result<()> {
    let people: BTreeSet<_> = readers(tx, incident, organisation)?.into_iter().collect();
    let people: Vec<_> = people.into_iter().collect();
    send(tx, &About::from(incident), "incident-mail-split", Notice::Split, &people, Some(organisation))
}

/// Tells the CERT that an organisation wrote: who works on the case, otherwise the whole team; of a restricted case the
/// named persons of the team alone, and where none is left, who leads it.
pub(super) fn heard(tx: &mut Tx<'_>, incident: &Incident) -> Result<()> {
    let people = team(tx, incident)?;
    send(tx, &About::from(incident), "incident-mail-heard", Notice::Heard, &people, None)
}

/// Whom of the CERT a case concerns: as [`heard`] says.
fn team(tx: &mut Tx<'_>, incident: &Incident) -> Result<Vec<(MailAddress, String)>> {
    let mut team = access::holders(tx, &[Role::Analyst, Role::CertLead])?;
    if incident.is_restricted {
        let named = store::named(tx, incident.id)?;
        team.retain(|(account, _)| named.contains(account));
        if team.is_empty() {
            team = access::holders(tx, &[Role::CertLead])?;
        }
    }
    if team.iter().any(|(account, _)| Some(*account) == incident.assignee) {
        team.retain(|(account, _)| Some(*account) == incident.assignee);
    }
    let mut people = Vec::new();
    for (account, name) in team {
        people.extend(address(tx, account)?.map(|mail| (mail, name)));
    }
    Ok(people)
}

/// Tells colleagues that a note calls them to the case.
pub(super) fn mentioned(
    tx: &mut Tx<'_>,
    incident: &Incident,
    colleagues: &[(AccountId, String)],
) -> Result<()> {
    let mut people = Vec::new();
    for (account, name) in colleagues {
        people.extend(address(tx, *account)?.map(|mail| (mail, name.clone())));
    }
    send(tx, &About::from(incident), "incident-mail-mentioned", Notice::Mentioned, &people, None)
}

/// Whom a message to an organisation reaches; of a restricted case, the named persons there alone.
pub(super) fn readers(
    tx: &mut Tx<'_>,
    incident: &Incident,
    organisation: OrgId,
) -> Result<Vec<(MailAddress, String)>> {
    // Who is only asked whether it is affected hears of the question, whoever may read the case.
    let is_asked = incident.is_restricted
        && !store::involvements_of(tx, incident.id)?.iter().any(|part| part.organisation == organisation)
        && fanouts::is_asked(tx, incident.id, &[organisation])?;
    let is_narrowed = incident.is_restricted && !is_asked;
    let named = if is_narrowed { Some(store::named(tx, incident.id)?) } else { None };
    let mut readers = Vec::new();
    for (account, name) in access::members(tx, organisation)? {
        if named.as_ref().is_none_or(|named| named.contains(&account)) {
            readers.extend(address(tx, account)?.map(|mail| (mail, name)));
        }
    }
    let has_members = !readers.is_empty();
    readers.extend(reporter(tx, incident, organisation)?);
    if named.is_none() && !has_members {
        let administration = directory::administration_of(tx, organisation)?;
        let contacts = directory::contacts_of(tx, administration)?;
        let officer = contacts.into_iter().find(|contact| contact.role == ContactRole::ItSecurityOfficer);
        readers.extend(officer.and_then(|c| MailAddress::parse(&c.mail).ok().map(|mail| (mail, c.name))));
    }
    Ok(readers)
}

/// Who reported for the organisation, perhaps from the administration that runs it, and may still see the case.
fn reporter(
    tx: &mut Tx<'_>,
    incident: &Incident,
    organisation: OrgId,
) -> Result<Option<(MailAddress, String)>> {
    let Some(account) = store::reporting_account(tx, incident.id, organisation)? else { return Ok(None) };
    let Some(reporter) = access::load_actor(tx, account)? else { return Ok(None) };
    let involvements = store::involvements_of(tx, incident.id)?;
    let facts = policy::sight(tx, &reporter, incident, &involvements)?.facts;
    if !may(tx, &reporter, Action::ShowIncident, facts) {
        return Ok(None);
    }
    Ok(address(tx, account)?.map(|mail| (mail, reporter.name)))
}

fn address(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<MailAddress>> {
    Ok(access::mail_of(tx, account)?.and_then(|mail| MailAddress::parse(&mail).ok()))
}

/// The case that a mail is about.
struct About<'a> {
    id: IncidentId,
    reference: &'a str,
    tlp: Tlp,
    is_drill: bool,
}

impl<'a> From<&'a Incident> for About<'a> {
    fn from(incident: &'a Incident) -> Self {
        let Incident { id, reference, tlp, is_drill, .. } = incident;
        Self { id: *id, reference, tlp: *tlp, is_drill: *is_drill }
    }
}

fn send(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    subject_key: &str,
    notice: Notice,
    recipients: &[(MailAddress, String)],
    answers: Option<OrgId>,
) -> Result<()> {
    write(tx, about, subject_key, notice, recipients, answers).map(|_| ())
}

/// Mails that were written.
struct Written {
    body: BodyId,
    ids: Vec<MailId>,
    mails: Vec<NewMail>,
    link: String,
    is_answerable: bool,
}

/// `None` where there is nobody to write to.
fn write(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    subject_key: &str,
    notice: Notice,
    recipients: &[(MailAddress, String)],
    answers: Option<OrgId>,
) -> Result<Option<Written>> {
    if recipients.is_empty() {
        return Ok(None);
    }
    let reference = about.reference;
    let url = &tx.required::<Settings>()?.public_url;
    let link = match notice {
        Notice::Unconfirmed => format!("{url}/status"),
        _ => format!("{url}/vorgaenge/{reference}"),
    };
    let answer = match (answers, tx.provided::<AnswerBook>().cloned()) {
        (Some(organisation), Some(book)) => book.0.answer_to(tx, about.id, organisation)?,
        _ => None,
    };
    let content = content(tx, about, subject_key, notice, &link)?;
    let body = add_body(tx, &if answer.is_some() { content.answerable()? } else { content })?;
    let mails: Vec<_> = recipients.iter().map(|(mail, name)| mail_to(about, mail, name)).collect();
    let ids = enqueue_all(tx, body, &mails)?;
    if let Some(to) = &answer {
        set_thread(tx, &ids, &to.address, to.last.as_deref())?;
    }
    Ok(Some(Written { body, ids, mails, link, is_answerable: answer.is_some() }))
}

/// What an encrypted mail says: a text around what was written.
struct Said<'a> {
    key: &'a str,
    text: &'a str,
}

/// As [`send`]; who has a key on file at the organisation gets what is said, encrypted.
fn send_sealed(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    subject_key: &str,
    notice: Notice,
    recipients: &[(MailAddress, String)],
    organisation: OrgId,
    said: &Said<'_>,
) -> Result<()> {
    let Some(written) = write(tx, about, subject_key, notice, recipients, Some(organisation))? else {
        return Ok(());
    };
    let subject = Title::parse(&format!("{}: {}", about.reference, text(Lang::De, subject_key)))
        .map_err(|why| Error::Internal(format!("a subject: {why}")))?;
    let args = [
        ("reference", about.reference.into()),
        ("text", said.text.into()),
        ("link", written.link.as_str().into()),
        ("phone", tx.required::<Settings>()?.phone.as_str().into()),
    ];
    let mut body = text_with(Lang::De, said.key, &args).into_owned();
    if written.is_answerable {
        body = format!("{}\n\n{}", body.trim_end(), text(Lang::De, "mail-answer-sealed"));
    }
    let said = Confidential::new(subject, Template::new(&body)?);
    let said = if about.is_drill { said.marked_as_drill()? } else { said };
    let holder = AnyId(organisation.0);
    let mails: Vec<_> =
        written.ids.iter().zip(&written.mails).map(|(id, mail)| (*id, holder, mail)).collect();
    seal_for(tx, written.body, about.tlp, &mails, &said)
}

/// What several mails share.
fn content(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    subject_key: &str,
    notice: Notice,
    link: &str,
) -> Result<Content> {
    let reference = about.reference;
    let words = |text: &str| Title::parse(text).map_err(|why| Error::Internal(format!("a subject: {why}")));
    let subject = words(&format!("{reference}: {}", text(Lang::De, subject_key)))?;
    let body = Template::new(&text_with(
        Lang::De,
        "incident-mail-body",
        &[("what", text(Lang::De, subject_key).into_owned().into()), ("link", link.into())],
    ))?;
    let place = Reference::parse(reference).map_err(|why| Error::Internal(format!("a reference: {why}")))?;
    let content = Content::for_label(about.tlp, subject, body, place, Template::new(link)?, notice);
    let phone = tx.required::<Settings>()?.phone.clone();
    let content = content.reached_at(&phone);
    if about.is_drill { content.marked_as_drill() } else { Ok(content) }
}

fn mail_to(about: &About<'_>, mail: &MailAddress, name: &str) -> NewMail {
    NewMail {
        purpose: MailPurpose::Incident,
        dispatch: Some(AnyId(about.id.0)),
        to: Recipient { address: mail.clone(), name: Name::parse(name).ok() },
        urgency: Urgency::Case,
        slots: Default::default(),
    }
}
