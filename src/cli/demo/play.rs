//! The play: a report goes up, an advisory goes down.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::report::Progress;
use super::setup::{Cast, Person, actor};
use crate::advisories::model::{Content, DeliveryState, Frame, Reference, Severity, Typed, WarningStep};
use crate::advisories::service::{self as advisories, Draft};
use crate::app::App;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result as Outcome};
use crate::core::text::{Fields, Line, Prose};
use crate::core::tlp::Tlp;
use crate::directory::model::AudienceFilter;
use crate::escalation::service as escalation;
use crate::incidents::input::RawReport;
use crate::incidents::model::{Audience, Category, Class, Impact, Spread, Triage};
use crate::incidents::service as incidents;
use crate::incidents::status::Status;
use crate::store::Tx;

/// How long the play waits for a thing that workers do.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(100);

/// What happened.
#[derive(Debug, Default)]
pub(super) struct Played {
    pub incident: String,
    pub filed: usize,
    pub triaged: usize,
    pub escalated: usize,
    pub acknowledged: usize,
    pub advisory: String,
    pub approved: usize,
    pub delivered: usize,
    pub recipients: usize,
}

impl Played {
    /// Whether every step did what it should.
    pub fn is_complete(&self) -> bool {
        let once = [self.filed, self.triaged, self.escalated, self.acknowledged, self.approved];
        once.iter().all(|count| *count == 1) && self.recipients > 0 && self.delivered == self.recipients
    }
}

/// Plays both ways.
pub(super) async fn chain(app: &Arc<App>, cast: &Cast, bar: &Progress) -> Result<Played> {
    let mut played = Played::default();
    up(app, cast, bar, &mut played).await.context("the report")?;
    down(app, cast, bar, &mut played).await.context("the advisory")?;
    Ok(played)
}

/// Runs one service call as a person of the cast.
async fn as_person<T: Send + 'static>(
    app: &App,
    person: &Person,
    call: impl Fn(&mut Tx<'_>, &Actor) -> Outcome<T> + Send + 'static,
) -> Result<T> {
    let person = person.clone();
    let done = app.db.write(move |tx| {
        let actor = actor(tx, &person)?;
        call(tx, &actor)
    });
    Ok(done.await?)
}

async fn up(app: &Arc<App>, cast: &Cast, bar: &Progress, played: &mut Played) -> Result<()> {
    bar.step("Eine Stadt meldet");
    let report = RawReport {
        organisation: cast.reporter.organisation.to_string(),
        title: "Verschlüsselte Dateien im Bauamt, Erpressertext".to_owned(),
        description:
            "Heute früh ließen sich im Bauamt keine Pläne öffnen. Alle Dateien enden jetzt auf .lckd. \
                      Auf dem Bildschirm steht ein Text auf Englisch mit einer Frist von 72 Stunden."
                .to_owned(),
        measures: "Netzwerkkabel an zwei Rechnern gezogen.".to_owned(),
        observed: "encrypted".to_owned(),
        contact_phone: "030 23125 114".to_owned(),
        inform: "by_name".to_owned(),
        malicious: true,
        personal_data: true,
        ..RawReport::default()
    }
    .parse()?;
    let filed = as_person(app, &cast.reporter, move |tx, actor| incidents::file(tx, actor, &report)).await?;
    let reference = filed.reference.clone();
    played.incident.clone_from(&reference);
    played.filed = 1;

    bar.step("Das CERT stuft ein");
    let triage = Triage {
        class: Class::Incident,
        category: Category::InfectedSystem,
        impact: Impact::Severe,
        spread: Spread::OneOffice,
        priority: None,
        tlp: Tlp::Amber,
    };
    let about = reference.clone();
    as_person(app, &cast.analyst, move |tx, actor| {
        let seen = incidents::show(tx, actor, &about)?.incident.version;
        incidents::assign(tx, actor, &about, seen, actor.account)?;
        incidents::triage(tx, actor, &about, seen + 1, &triage)?;
        incidents::set_status(tx, actor, &about, seen + 2, Status::InProgress)?;
        let organisation = incidents::counterpart(tx, actor, &about)?;
        let text = words(
            "Danke für die schnelle Meldung. Bitte lassen Sie den betroffenen Rechner eingeschaltet, ziehen Sie aber \
             das Netzwerkkabel. Nichts löschen, nichts neu installieren.",
        )?;
        incidents::message(tx, actor, &about, Audience::Organisation(organisation), &text)
    })
    .await?;
    played.triaged = 1;

    bar.step("Es geht an das Land");
    let about = reference.clone();
    let reason = Line::<300>::parse("Priorität 1, Frist der Erpresser läuft").map_err(anyhow::Error::msg)?;
    as_person(app, &cast.analyst, move |tx, actor| escalation::escalate_to_state(tx, actor, &about, &reason))
        .await?;
    played.escalated = 1;

    bar.step("Das Land bestätigt");
    played.acknowledged = acknowledged(app, cast, &reference).await?;
    Ok(())
}

/// The step reaches the Land when the worker has notified it.
async fn acknowledged(app: &App, cast: &Cast, reference: &str) -> Result<usize> {
    let looked = async {
        loop {
            let about = reference.to_owned();
            let steps = as_person(app, &cast.state, move |tx, actor| {
                // Before the worker has told the Land, the case does not exist for it.
                match incidents::show(tx, actor, &about) {
                    Ok(view) => escalation::steps_of(tx, actor, view.incident.id),
                    Err(Error::NotFound) => Ok(Vec::new()),
                    Err(error) => Err(error),
                }
            })
            .await?;
            if let Some(step) = steps.iter().find(|step| step.can_acknowledge) {
                let step = step.id;
                as_person(app, &cast.state, move |tx, actor| escalation::acknowledge(tx, actor, step))
                    .await?;
                return Ok(1);
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, looked).await.unwrap_or(Ok(0))
}

fn words(text: &str) -> Outcome<Prose> {
    Prose::parse(text).map_err(|why| Error::Internal(why.to_owned()))
}

fn draft() -> Result<Draft> {
    let mut fields = Fields::default();
    let content = Content::read(
        Typed {
            title: "Kritische Lücke in „NetPforte“ wird ausgenutzt",
            concerns: "Alle, die „NetPforte“ vor Version 4.2.1 für den Fernzugang benutzen. Wenn Sie unsicher sind, \
                       fragen Sie Ihren Dienstleister.",
            measures: "1. Fernzugang über „NetPforte“ abschalten.\n2. Version 4.2.1 einspielen.\n3. Konten prüfen, die \
                       sich seit dem 15. November angemeldet haben.",
            body: "Angreifer können sich **ohne Passwort** anmelden. Das Produkt und die Lücke sind ein Beispiel.",
            products: "NetPforte (Beispiel)",
            cves: "",
        },
        &mut fields,
    );
    let frame = Frame {
        tlp: Tlp::Green,
        step: WarningStep::Orange,
        severity: Severity::Critical,
        audience: AudienceFilter::All,
    };
    Ok(Draft { frame, content: fields.done(content)? })
}

async fn down(app: &Arc<App>, cast: &Cast, bar: &Progress, played: &mut Played) -> Result<()> {
    bar.step("Eine Warnmeldung wird geschrieben");
    let draft = draft()?;
    let written = as_person(app, &cast.analyst, move |tx, actor| {
        let version = advisories::create(tx, actor, &draft)?;
        advisories::submit(tx, actor, &version.reference, version.lock)
    })
    .await?;
    let reference = written.reference.clone();
    played.advisory = reference.as_str().to_owned();

    bar.step("Eine zweite Person gibt frei");
    let about = reference.clone();
    as_person(app, &cast.approver, move |tx, actor| {
        let version = advisories::approve(tx, actor, &about, written.lock, None)?;
        advisories::publish(tx, actor, &about, version.lock)
    })
    .await?;
    played.approved = 1;
    delivered(app, cast, bar, &reference, played).await
}

async fn delivered(
    app: &App,
    cast: &Cast,
    bar: &Progress,
    reference: &Reference,
    played: &mut Played,
) -> Result<()> {
    let looked = async {
        loop {
            let about = reference.clone();
            let board =
                as_person(app, &cast.analyst, move |tx, actor| advisories::deliveries(tx, actor, &about))
                    .await?;
            let tally = board.tally();
            (played.recipients, played.delivered) = (tally.total(), tally.count(DeliveryState::Accepted));
            bar.length("Mails gehen hinaus", played.recipients);
            bar.advance(played.delivered);
            let ended =
                played.delivered + tally.count(DeliveryState::Failed) + tally.count(DeliveryState::Bounced);
            if ended == played.recipients {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, looked).await.unwrap_or(Ok(()))
}
