//! The mail of a step: what it is about as far as the label allows, and a single-use link to acknowledge it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::reach::Reached;
use crate::access::model::Purpose;
use crate::access::service as access;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::{AnyId, StepId};
use crate::core::text::Title;
use crate::core::urgency::Urgency;
use crate::core::when;
use crate::escalation::model::Step;
use crate::incidents::model::{Incident, Inform};
use crate::incidents::service as incidents;
use crate::mail::content::{Content, LINK, Notice, Reference, Template, slot};
use crate::mail::outbox::{MailPurpose, NewMail, add_body, enqueue_all};
use crate::store::Tx;
use crate::web::site::Settings;

/// Longer than any step waits; a step's links end with the step.
const LINK_VALID: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Writes the mails of a step, each with a link of its own.
pub(super) fn send(
    tx: &mut Tx<'_>,
    incident: &Incident,
    id: StepId,
    step: &Step,
    reached: &Reached,
) -> Result<()> {
    let content = content(tx, incident, step)?;
    let body = add_body(tx, &content)?;
    let public_url = &tx.required::<Settings>()?.public_url;
    let mut mails = Vec::with_capacity(reached.people.len());
    for person in &reached.people {
        let token = access::create_link(tx, Purpose::Step, person.account, Some(AnyId(id.0)), LINK_VALID)?;
        let link = format!("{public_url}/eskalation/{token}");
        mails.push(NewMail {
            purpose: MailPurpose::Escalation,
            dispatch: Some(AnyId(id.0)),
            to: person.recipient.clone(),
            urgency: Urgency::Escalation,
            slots: BTreeMap::from([(LINK.to_owned(), link)]),
        });
    }
    enqueue_all(tx, body, &mails).map(|_| ())
}

/// The title, where it may be told to whom the step reaches without an encrypted mail.
pub(super) fn tellable_title(tx: &mut Tx<'_>, incident: &Incident, step: &Step) -> Result<Option<String>> {
    if incident.is_restricted || !incident.tlp.may_travel_in_clear() {
        return Ok(None);
    }
    let allowed = !step.whom.is_beyond() || incidents::inform(tx, incident.id)? == Inform::ByName;
    Ok(allowed.then(|| incident.title.clone()))
}

fn content(tx: &mut Tx<'_>, incident: &Incident, step: &Step) -> Result<Content> {
    let by = step.acknowledge_by.unwrap_or(tx.now());
    let title = tellable_title(tx, incident, step)?;
    let reference = incident.reference.as_str();
    let subject = words(incident, "subject", reference, by, &step.name);
    let mut lines = vec![words(incident, "body", reference, by, &step.name)];
    if let Some(title) = title {
        lines.push(text_with(Lang::De, "escalation-mail-title", &[("title", title.into())]).into_owned());
    }
    lines.push(text_with(Lang::De, "escalation-mail-link", &[("link", slot(LINK).into())]).into_owned());
    let broken = |why| Error::Internal(format!("an escalation's mail: {why}"));
    let content = Content::for_label(
        incident.tlp,
        Title::parse(&subject).map_err(broken)?,
        Template::new(&lines.join("\n\n"))?,
        Reference::parse(reference).map_err(broken)?,
        Template::new(&slot(LINK))?,
        Notice::Acknowledge(by),
    );
    let content = content.reached_at(&tx.required::<Settings>()?.phone);
    if incident.is_drill { content.marked_as_drill() } else { Ok(content) }
}

fn words(incident: &Incident, what: &str, reference: &str, by: Timestamp, step: &str) -> String {
    let priority = match incident.priority {
        Some(priority) => {
            text_with(Lang::De, "escalation-priority", &[("priority", i64::from(priority).into())])
        }
        None => text(Lang::De, "escalation-priority-none"),
    };
    let args = [
        ("reference", reference.into()),
        ("by", when::absolute(by).into()),
        ("step", step.into()),
        ("priority", priority.into_owned().into()),
        ("reported", when::absolute(incident.reported_at).into()),
    ];
    text_with(Lang::De, &format!("escalation-mail-{what}"), &args).into_owned()
}
