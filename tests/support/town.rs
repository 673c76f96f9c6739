//! A year's worth of things in the houses of the cast: cases, steps, advisories, contacts, grants, links. What a house
//! says holds canaries: words that begin with `KNR` and the house, which nobody else may ever read.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::prelude::*;
use jiff::SignedDuration;
use jiff::civil::date;
use meldekette::access::model::Purpose;
use meldekette::access::service::people::{self, Invitation};
use meldekette::access::service::{create_link, create_link_to, roster, sessions, tokens};
use meldekette::advisories::model::{Content, Frame, Reference, Severity, Typed, WarningStep};
use meldekette::advisories::service::{self as advisories, Draft};
use meldekette::core::actor::{Actor, Role};
use meldekette::core::ids::{
    AccountId, AnyId, AskedId, AssetId, ContactId, DraftId, EvidenceId, GrantId, InboundId, IncidentId,
    JobId, MailId, MandateId, ObservableId, OrgId, ServiceRelationId, SessionId, StepId, TaskId, ThreadId,
    TokenId,
};
use meldekette::core::text::{Block, Fields, Line, MailAddress, Prose, Title};
use meldekette::core::tlp::Tlp;
use meldekette::core::urgency::Urgency;
use meldekette::correspondence::intake::Intake;
use meldekette::correspondence::model::{Envelope, Road};
use meldekette::directory::model::{
    AssetValue, AudienceFilter, CallInput, CallOutcome, ContactInput, ContactRole, Enrolment, MailDomain,
    OutOfBand, Phone, RelationInput,
};
use meldekette::directory::service as directory;
use meldekette::escalation::service::{self as escalation, ByHandTo};
use meldekette::incidents::evidence::intake::{Sender, Standing};
use meldekette::incidents::evidence::model::{FileName, NewFile, Wanted};
use meldekette::incidents::evidence::reader::Reader;
use meldekette::incidents::evidence::service as evidence;
use meldekette::incidents::guide::model::Step;
use meldekette::incidents::input::RawReport;
use meldekette::incidents::model::{
    Audience, Category, Class, Flags, Impact, Inform, Nature, Spread, Supplement, Triage,
};
use meldekette::incidents::observables::service as observables;
use meldekette::incidents::papers::model::{Paper, Text};
use meldekette::incidents::papers::service as papers;
use meldekette::incidents::service as incidents;
use meldekette::incidents::tasks::model::{Answer, Input, Owner, Reply};
use meldekette::incidents::tasks::service as tasks;
use meldekette::mail::content::{self, Slots, Template};
use meldekette::mail::message::Recipient;
use meldekette::mail::outbox::{self, MailPurpose, NewMail};
use meldekette::mail::transport::memory::Sent;
use meldekette::queue::{self, Job, Retry, Runner};
use meldekette::store::schema::inbound_files;

use super::app::House;
use super::calls;
use super::cast::{Cast, PASSWORD, account, address, named};
use super::client::Door;
use super::fanout;
use super::guide;
use super::mandates;
use super::queue::Arranged;
use super::strangers;
use super::third;

/// What a mail without links is for.
const PLAIN: MailPurpose = MailPurpose::Audit;

/// The roles of the matrix.
pub const ROLES: [&str; 8] =
    ["anonymous", "reporter", "org_lead", "analyst", "approver", "cert_lead", "auditor", "administrator"];

/// A word that only this house, and the CERT, may read.
pub fn canary(house: &str, what: &str) -> String {
    format!("KNR{house}{what}")
}

/// What belongs to one house.
pub struct Belongings {
    pub org: OrgId,
    pub contact: ContactId,
    /// One for each role and point of view (`ROLE`, `above.ROLE`), since taking it away works once.
    pub assets: BTreeMap<String, AssetId>,
    pub relations: BTreeMap<String, ServiceRelationId>,
    /// An account there that nobody plays.
    pub extra: AccountId,
    pub extra_mail: String,
    pub grants: BTreeMap<&'static str, GrantId>,
    /// A mandate that the house granted to the provider, and one that it holds of the provider.
    pub granted: MandateId,
    pub held: MandateId,
}

/// A case.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: IncidentId,
    pub reference: String,
}

/// All of it.
pub struct Town {
    pub cast: Cast,
    pub belongings: BTreeMap<&'static str, Belongings>,
    /// By relation to the house "Eigen".
    pub cases: BTreeMap<&'static str, Case>,
    /// The houses that "Eigen" has a mandate of, had one of, or serves, by relation.
    pub grantors: BTreeMap<&'static str, OrgId>,
    /// Files that the house "Eigen" reads where it has a part in the case, by relation; `team`: one for the CERT alone.
    pub files: BTreeMap<&'static str, EvidenceId>,
    /// What the house of a relation is asked in its case; `team`: the CERT's own, `andere`: asked of another house.
    pub tasks: BTreeMap<&'static str, TaskId>,
    /// With third parties: by relation.
    pub threads: BTreeMap<&'static str, ThreadId>,
    /// By relation.
    pub steps: BTreeMap<&'static str, (Case, StepId)>,
    /// Reports that are being written: by who writes them, and again (`discard.ROLE`) to be thrown away.
    pub drafts: BTreeMap<&'static str, DraftId>,
    /// What people of the team arranged in their queue: see [`super::queue::build`].
    pub arranged: Arranged,
    /// Codes of drafts that people without an account write: see [`strangers::build`].
    pub held: BTreeMap<String, String>,
    /// By relation; those of an author by `author.ROLE`.
    pub advisories: BTreeMap<&'static str, Reference>,
    /// By kind and role.
    pub links: BTreeMap<(&'static str, &'static str), String>,
    pub sessions: BTreeMap<&'static str, SessionId>,
    pub tokens: BTreeMap<&'static str, TokenId>,
    /// `none`, `granter`, `grantee`.
    pub waiting_grants: BTreeMap<&'static str, GrantId>,
    /// The CERT's roles to be ended, by role of who ends it.
    pub cert_grants: BTreeMap<&'static str, GrantId>,
    pub failed_mail: MailId,
    /// A mail from a stranger, and what is attached to it.
    pub inbound: (InboundId, EvidenceId),
    /// One of a dispatch of its own.
    pub failed_dispatch: MailId,
    pub dead_job: JobId,
    /// A trace that the own house's case has.
    pub observable: ObservableId,
    /// A mail that the demonstration's receiver kept.
    pub kept_mail: String,
    /// The address of an embedded file.
    pub asset: String,
    /// Every mail that was sent while all this came about.
    pub sent: Sent,
}

/// A job that always fails.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Broken;

impl Job for Broken {
    const NAME: &'static str = "test.broken";
    const RETRY: Retry =
        Retry { attempts: 1, first: SignedDuration::from_secs(1), cap: SignedDuration::from_secs(1) };

    fn run(self, _: &mut meldekette::store::Tx<'_>) -> meldekette::core::error::Result<()> {
        Err(meldekette::core::error::Error::Internal("broken on purpose".to_owned()))
    }
}

impl Town {
    /// In a house of its own, in which the town's dead letters may stay.
    pub async fn settled() -> (House, Door, Self) {
        let house = House::empty();
        let door = house.door().await;
        let town = Self::build(&house, &door).await;
        house.leaves("dead letters of the town itself");
        (house, door, town)
    }

    /// Builds it, in a house that is empty.
    pub async fn build(house: &House, door: &Door) -> Self {
        let cast = Cast::play(house, door).await;
        let mut belongings = BTreeMap::new();
        for (relation, word, org) in [
            ("own", "eigen", cast.houses.own),
            ("related", "mitglied", cast.houses.member),
            ("foreign", "fremd", cast.houses.foreign),
        ] {
            belongings.insert(relation, belongings_of(house, &cast, word, org).await);
        }
        let ([failed_mail, failed_dispatch], dead_job) = given_up(house, &cast).await;
        let (mut cases, mut files, mut tasks) = cases(house, &cast).await;
        said_later(house, &cast, &cases).await;
        let (grantors, reported) = mandates::build(house, &cast).await;
        files.extend(mandates::files(house, &cast, &reported).await);
        cases.extend(reported);
        let observable = observable(house, &cast, &cases["own"]).await;
        let steps = steps(house, &cast, &cases).await;
        asked(house, &cast, &cases, &grantors, &mut tasks).await;
        let threads = third::build(house, &cast, &cases).await;
        let mut drafts = drafts(house, &cast, grantors["served"]).await;
        calls::build(house, &cast, &mut drafts).await;
        let (held, loose) = strangers::build(house).await;
        cases.insert("loose", loose);
        let question = fanout::build(house, &cast, &mut cases, &grantors).await;
        let arranged = super::queue::build(house, &cast).await;
        let inbound = stranger_writes(house, "").await;
        let advisories = advisories_of(house, &cast).await;
        let links = links(house, &cast, question).await;
        let (waiting_grants, cert_grants) = grants(house, &cast).await;
        let (sessions, tokens) = sign_ins(house, door, &cast).await;
        house.work().await;
        let mails = house.mails.take();
        let (envelope, mail) = mails.last().expect("mails were sent");
        let kept = house.maildir().deliver(Some(&envelope.from), &envelope.to, mail).expect("kept");
        let kept_mail = kept.file_name().unwrap().to_str().unwrap().to_owned();
        let page = door.get(&cast.stranger, "/anmelden").await.text();
        let (_, rest) = page.split_once("/assets/").expect("an embedded file");
        let asset = format!("/assets/{}", rest.split('"').next().unwrap_or_default());
        Self {
            cast,
            asset,
            sent: mails,
            belongings,
            cases,
            grantors,
            files,
            tasks,
            threads,
            steps,
            drafts,
            arranged,
            held,
            advisories,
            inbound,
            links,
            sessions,
            tokens,
            waiting_grants,
            cert_grants,
            failed_mail,
            failed_dispatch,
            dead_job,
            observable,
            kept_mail,
        }
    }
}

/// A contact, an asset and a provider for each role, an account, and grants to be ended.
async fn belongings_of(house: &House, cast: &Cast, word: &'static str, org: OrgId) -> Belongings {
    let administrator = cast.person("administrator").account;
    let lead = match word {
        "eigen" => cast.person("org_lead"),
        "mitglied" => cast.person("member.org_lead"),
        _ => cast.person("foreign.org_lead"),
    };
    let officer = ContactInput {
        role: ContactRole::ItSecurityOfficer,
        name: named(&canary(word, "Leitstelle")),
        mail: Some(address(&format!("{}@{word}.example", canary(word, "post").to_lowercase()))),
        phone: Phone::parse("030 23125 001").ok(),
        out_of_band: OutOfBand::parse(&format!(
            "{}@ausweich.example",
            canary(word, "notfall").to_lowercase()
        ))
        .ok(),
        is_function: true,
        certificate: None,
        pgp: None,
    };
    let person = ContactInput {
        role: ContactRole::Deputy,
        name: named(&canary(word, "Vertretung")),
        mail: Some(address(&lead.mail)),
        phone: None,
        out_of_band: None,
        is_function: false,
        ..officer.clone()
    };
    let provider = cast.houses.provider;
    let (contact, assets, relations) = house
        .act(administrator, move |tx, actor| {
            let contact = directory::add_contact(tx, actor, org, &officer)?;
            directory::add_contact(tx, actor, org, &person)?;
            let (mut assets, mut relations) = (BTreeMap::new(), BTreeMap::new());
            for role in ROLES.iter().flat_map(|role| [(*role).to_owned(), format!("above.{role}")]) {
                let domain =
                    format!("{}-{}.example", canary(word, "netz").to_lowercase(), role.replace('_', "-"));
                let value = AssetValue::MailDomain(MailDomain::parse(&domain).unwrap());
                assets.insert(role.clone(), directory::add_asset(tx, actor, org, &value)?);
                let relation = RelationInput {
                    provider,
                    organisation: org,
                    service: named(&format!("{} {role}", canary(word, "Dienst"))),
                    valid_from: date(2024, 1, 1),
                    valid_until: None,
                };
                relations.insert(role, directory::add_relation(tx, actor, &relation)?);
            }
            let note = Block::parse_optional(&canary(word, "Anrufnotiz")).unwrap();
            directory::note_call(tx, actor, org, &CallInput { outcome: CallOutcome::ALL[0], note })?;
            if directory::load(tx, org)?.is_administration {
                for next in [Enrolment::Invited, Enrolment::Enrolled] {
                    let seen = directory::load(tx, org)?.version;
                    directory::set_enrolment(tx, actor, org, next, seen)?;
                }
            }
            Ok((contact, assets, relations))
        })
        .await;
    let (extra_mail, name) = (format!("rest@{word}.example"), canary(word, "Rest"));
    let administrators = (administrator, cast.person("administrator2").account);
    let extra = account(house, administrators, &extra_mail, &name, Role::Reporter, org, &cast.hash).await;
    let mut grants = BTreeMap::new();
    for role in ROLES {
        let mail = format!("ende-{}@{word}.example", role.replace('_', "-"));
        let ended =
            account(house, administrators, &mail, &canary(word, "Ende"), Role::Reporter, org, &cast.hash)
                .await;
        let system = Actor::system("test");
        let grant = house.write(move |tx| people::grant_role(tx, &system, ended, org, Role::Reporter)).await;
        grants.insert(role, grant);
    }
    let granted = mandates::between(house, lead.account, org, provider).await;
    let held = mandates::between(house, cast.person("provider.org_lead").account, provider, org).await;
    Belongings { org, contact, assets, relations, extra, extra_mail, grants, granted, held }
}

/// Somebody whom nobody knows writes, and attaches a file. `more` are further lines of the header: the same bytes again
/// are a repeat.
pub async fn stranger_writes(house: &House, more: &str) -> (InboundId, EvidenceId) {
    let text = |what| canary("post", what);
    let mail = format!(
        "From: {} <wer@klein.example>\r\nSubject: {}\r\n{more}MIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{}\r\n--x\r\n\
         Content-Type: text/plain; name=\"{}.txt\"\r\nContent-Disposition: attachment\r\n\r\n{}\r\n--x--\r\n",
        text("Absender"),
        text("Betreff"),
        text("Mailtext"),
        text("Anhang"),
        text("Inhalt"),
    );
    let reader = Reader::new(env!("CARGO_BIN_EXE_meldekette").into());
    let intake = Intake::new(house.app.db.clone(), Arc::new(house.app.vault().unwrap()), reader);
    let id = intake.take(Road::Pipe, Envelope::default(), mail.into_bytes()).await.unwrap();
    assert_eq!(intake.read_due().await.unwrap(), 1);
    let file = house.app.db.read_now(|tx| {
        let mine = inbound_files::table.filter(inbound_files::inbound_id.eq(id));
        Ok(mine.select(inbound_files::id).first(tx.conn)?)
    });
    (id, file.unwrap())
}

/// One mail that the server refused for good, and one dead job.
async fn given_up(house: &House, cast: &Cast) -> ([MailId; 2], JobId) {
    let (administrator, own) = (cast.person("administrator").account, cast.houses.own);
    let mails = house
        .act(administrator, move |tx, actor| {
            let invitation = Invitation {
                mail: address("zurueck@eigen.example"),
                name: named(&canary("eigen", "Zurueck")),
                organisation: own,
                role: Role::Reporter,
            };
            people::invite(tx, actor, &invitation)?;
            let (title, text) =
                (Title::parse("Erinnerung").unwrap(), Template::new("Bitte melden Sie sich.")?);
            let content = content::Content::clear(Tlp::Clear, title, text)?;
            let plain = |dispatch| NewMail {
                purpose: PLAIN,
                dispatch,
                to: Recipient { address: invitation.mail.clone(), name: None },
                urgency: Urgency::Case,
                slots: Slots::new(),
            };
            let dispatch = Some(tx.id());
            let mails = [
                outbox::enqueue(tx, &content, plain(None))?,
                outbox::enqueue(tx, &content, plain(dispatch))?,
            ];
            let now = tx.now();
            queue::enqueue(tx, &Broken, now)?;
            Ok(mails)
        })
        .await;
    let runner = Runner::new(house.app.db.clone()).register::<Broken>();
    runner.run_due().await.unwrap();
    house.work_with(Arc::new(super::refusing::Refusing)).await;
    let db = house.app.db.clone();
    db.read_now(|tx| {
        let failed = meldekette::mail::dead::list(tx, 10)?;
        assert!(mails.iter().all(|id| failed.iter().any(|mail| mail.id == *id)), "both failed");
        Ok((mails, queue::dead_letters(tx)?.pop().expect("a dead job").id))
    })
    .unwrap()
}

/// A task in a case, written by the team.
pub async fn task(house: &House, cast: &Cast, case: &Case, owner: Owner, title: &str) -> TaskId {
    let new = Input {
        title: Title::parse(title).unwrap(),
        body: Block::parse_optional("Bitte sehen Sie nach.").unwrap(),
        why: Block::parse_optional("Damit wir es wissen.").unwrap(),
        owner,
        due: None,
        needs_evidence: false,
    };
    let reference = case.reference.clone();
    let analyst = cast.person("analyst2").account;
    house.act(analyst, move |tx, actor| tasks::add(tx, actor, &reference, &new)).await
}

/// What houses are asked in their cases, and what the team keeps to itself.
async fn asked(
    house: &House,
    cast: &Cast,
    cases: &BTreeMap<&'static str, Case>,
    grantors: &BTreeMap<&'static str, OrgId>,
    found: &mut BTreeMap<&'static str, TaskId>,
) {
    let h = cast.houses;
    let mut all = vec![
        ("own", "own", "eigen", h.own),
        ("related", "related", "mitglied", h.member),
        ("foreign", "foreign", "fremd", h.foreign),
        ("handler", "handler", "eigen", h.own),
        ("andere", "handler", "beteiligt", h.foreign),
    ];
    for (relation, word) in [
        ("coming", "mandatkuenftig"),
        ("reports", "mandatmeldet"),
        ("beside", "mandatneben"),
        ("reads", "mandatliest"),
        ("acts", "mandathandelt"),
        ("ended", "mandatvorbei"),
        ("revoked", "mandatwiderrufen"),
        ("served", "mandatbedient"),
    ] {
        all.push((relation, relation, word, grantors[relation]));
    }
    for (key, relation, word, org) in all {
        let title = canary(word, "Aufgabe");
        found.insert(key, task(house, cast, &cases[relation], Owner::Organisation(org), &title).await);
    }
    let analyst = cast.person("analyst").account;
    let title = canary("eigen", "Teamaufgabe");
    found.insert("team", task(house, cast, &cases["own"], Owner::Account(analyst), &title).await);
    let (reference, id) = (cases["related"].reference.clone(), found["related"]);
    house
        .act(cast.person("member.reporter").account, move |tx, actor| {
            let text = Block::parse_optional(&canary("mitglied", "Rueckfrage")).unwrap();
            tasks::answer(tx, actor, &reference, id, 1, &Reply { answer: Answer::Question, text })
        })
        .await;
    house.work().await;
}

/// A report in the words of a house.
pub fn report(word: &str, org: OrgId, inform: &str) -> RawReport {
    RawReport {
        organisation: org.to_string(),
        title: canary(word, "Titel"),
        description: canary(word, "Beschreibung"),
        measures: canary(word, "Massnahmen"),
        observed: "encrypted".to_owned(),
        contact_name: canary(word, "Ansprechperson"),
        contact_phone: "030 23125 002".to_owned(),
        inform: inform.to_owned(),
        personal_data: true,
        ..RawReport::default()
    }
}

/// Files a case, and everybody writes in it.
pub async fn case(
    house: &House,
    cast: &Cast,
    by: &str,
    word: &'static str,
    org: OrgId,
    inform: &str,
) -> Case {
    let report = report(word, org, inform).parse().unwrap();
    let filed =
        house.act(cast.person(by).account, move |tx, actor| incidents::file(tx, actor, &report)).await;
    let case = Case { id: filed.id, reference: filed.reference };
    let reference = case.reference.clone();
    house
        .act(cast.person(by).account, move |tx, actor| {
            let text = Prose::parse(&canary(word, "Nachricht")).unwrap();
            incidents::message(tx, actor, &reference, Audience::Organisation(org), &text)
        })
        .await;
    let reference = case.reference.clone();
    house
        .act(cast.person("analyst2").account, move |tx, actor| {
            let say = |what: &str| Prose::parse(&canary(word, what)).unwrap();
            incidents::message(tx, actor, &reference, Audience::Team, &say("Teamnotiz"))?;
            incidents::message(tx, actor, &reference, Audience::Organisation(org), &say("Antwort"))?;
            let line = Line::parse(&canary(word, "Teamwarten")).unwrap();
            let until = tx.now() + SignedDuration::from_hours(48);
            let seen = incidents::show(tx, actor, &reference)?.incident.version;
            incidents::set_waiting(tx, actor, &reference, seen, Some((&line, until)))?;
            incidents::set_waiting(tx, actor, &reference, seen + 1, None)
        })
        .await;
    case
}

/// What an analyst adds to a case as a trace.
async fn observable(house: &House, cast: &Cast, case: &Case) -> ObservableId {
    let reference = case.reference.clone();
    house
        .act(cast.person("analyst").account, move |tx, actor| {
            observables::add(tx, actor, &reference, &Line::parse("spur[.]example").unwrap())?;
            Ok(observables::of_case(tx, actor, &reference)?.1[0].observable.id)
        })
        .await
}

async fn cases(
    house: &House,
    cast: &Cast,
) -> (BTreeMap<&'static str, Case>, BTreeMap<&'static str, EvidenceId>, BTreeMap<&'static str, TaskId>) {
    let h = cast.houses;
    let mut cases = BTreeMap::new();
    for (relation, by, word, org, inform) in [
        ("own", "reporter2", "eigen", h.own, "by_name"),
        ("related", "member.reporter", "mitglied", h.member, "by_name"),
        ("foreign", "foreign.reporter", "fremd", h.foreign, "by_name"),
        ("handler", "foreign.reporter", "beteiligt", h.foreign, "anonymous"),
        ("named", "reporter2", "benannt", h.own, "nobody"),
        ("unnamed", "reporter2", "unbenannt", h.own, "nobody"),
        ("shared", "reporter2", "geteilt", h.own, "by_name"),
        ("member", "foreign.reporter", "nachbar", h.foreign, "by_name"),
        ("lead", "reporter2", "dringend", h.own, "by_name"),
        ("waiting", "reporter2", "wartend", h.own, "nobody"),
        ("waiting.author", "reporter2", "wartend", h.own, "nobody"),
        ("waiting.withdraw", "reporter2", "wartend", h.own, "nobody"),
    ] {
        cases.insert(relation, case(house, cast, by, word, org, inform).await);
        house.work().await;
    }
    let mut files = BTreeMap::new();
    for (key, relation, by, word, to) in [
        ("own", "own", "reporter2", "eigen", Wanted::Organisation),
        ("related", "related", "member.reporter", "mitglied", Wanted::Organisation),
        ("foreign", "foreign", "foreign.reporter", "fremd", Wanted::Organisation),
        ("handler", "handler", "analyst2", "beteiligt", Wanted::Involved),
        ("named", "named", "reporter2", "benannt", Wanted::Organisation),
        ("unnamed", "unnamed", "reporter2", "unbenannt", Wanted::Organisation),
        ("team", "own", "analyst2", "eigen", Wanted::Team),
    ] {
        let what = if to == Wanted::Team { ["Teamdatei", "Teambeweis"] } else { ["Dateiname", "Beweis"] };
        let [name, content] = what.map(|what| canary(word, what));
        let content = format!("Subject: {content}\r\n\r\n{content}\r\n");
        let file = NewFile { audience: Some(to), ..a_file(&format!("{name}.eml"), content.len() as u64) };
        files.insert(key, add_file(house, cast, by, &cases[relation], file, content.as_bytes()).await);
    }
    let mut asked = BTreeMap::new();
    for (relation, word) in [("named", "benannt"), ("unnamed", "unbenannt")] {
        let owner = Owner::Organisation(h.own);
        asked.insert(relation, task(house, cast, &cases[relation], owner, &canary(word, "Aufgabe")).await);
    }
    let everybody: Vec<AccountId> = ROLES[1..].iter().map(|role| cast.person(role).account).collect();
    restrict(house, cast, &cases["named"], everybody).await;
    let others = vec![cast.person("reporter2").account, cast.person("land.org_lead").account];
    restrict(house, cast, &cases["unnamed"], others).await;
    let why = Line::parse(&canary("eigen", "Teamgrund")).unwrap();
    triage(house, cast, &cases["own"], (Impact::Low, Spread::OneDevice), Some((2, why))).await;
    triage(house, cast, &cases["lead"], (Impact::Severe, Spread::SeveralHouses), None).await;
    wait(house, cast, &cases["shared"], "geteilt").await;
    house.work().await;
    (cases, files, asked)
}

/// A report beside the first one, and a paper that the house wrote for itself.
async fn said_later(house: &House, cast: &Cast, cases: &BTreeMap<&'static str, Case>) {
    let reference = cases["related"].reference.clone();
    house
        .act(cast.person("member.reporter").account, move |tx, actor| {
            let later = Supplement {
                nature: Nature::News,
                text: Prose::parse(&canary("mitglied", "Nachtrag")).unwrap(),
                contact_phone: None,
                flags: Flags { personal_data: true, ..Flags::default() },
                inform: Inform::ByName,
            };
            incidents::state(tx, actor, &reference, &later)
        })
        .await;
    let reference = cases["lead"].reference.clone();
    house
        .act(cast.person("reporter2").account, move |tx, actor| {
            let said = canary("dringend", "Papier");
            for paper in [Paper::Situation, Paper::Notice] {
                let text = Text::read(paper, |_| &said)?;
                papers::save(tx, actor, &reference, paper, 0, &text)?;
            }
            Ok(())
        })
        .await;
    house.work().await;
}

/// A file for whom it is usual.
pub fn a_file(name: &str, size: u64) -> NewFile {
    NewFile {
        name: FileName::new(name).unwrap(),
        media_type: "text/plain".to_owned(),
        size: Some(size),
        mark: String::new(),
        audience: None,
        is_sample: false,
    }
}

/// Adds a file to a case, as its page does.
pub async fn add_file(
    house: &House,
    cast: &Cast,
    by: &str,
    case: &Case,
    file: NewFile,
    content: &[u8],
) -> EvidenceId {
    let vault = Arc::new(house.app.vault().unwrap());
    let (id, key) = vault.draw().unwrap();
    let (account, reference) = (cast.person(by).account, case.reference.clone());
    let (actor, begun) = house
        .act(account, move |tx, actor| {
            Ok((actor.clone(), evidence::begin(tx, actor, &reference, (id, key.as_slice()), &file)?))
        })
        .await;
    let reference = &case.reference;
    let sender = Sender { db: &house.app.db, vault: &vault, actor: &actor, reference };
    let bytes = futures_util::stream::iter([Ok(content.to_vec().into())]);
    assert_eq!(sender.go_on(&begun, bytes).await.unwrap(), Standing::Whole);
    id
}

/// Done by the second analyst, who stays among the named.
async fn restrict(house: &House, cast: &Cast, case: &Case, named: Vec<AccountId>) {
    let reference = case.reference.clone();
    house
        .act(cast.person("analyst2").account, move |tx, actor| {
            let seen = incidents::show(tx, actor, &reference)?.incident.version;
            incidents::restrict(tx, actor, &reference, seen, Some(&named))
        })
        .await;
}

/// Leaves a case waiting.
async fn wait(house: &House, cast: &Cast, case: &Case, word: &'static str) {
    let reference = case.reference.clone();
    house
        .act(cast.person("analyst2").account, move |tx, actor| {
            let line = Line::parse(&canary(word, "Teamwarten")).unwrap();
            let until = tx.now() + SignedDuration::from_hours(24 * 365);
            let seen = incidents::show(tx, actor, &reference)?.incident.version;
            incidents::set_waiting(tx, actor, &reference, seen, Some((&line, until)))
        })
        .await;
}

async fn triage(
    house: &House,
    cast: &Cast,
    case: &Case,
    (impact, spread): (Impact, Spread),
    priority: Option<(i32, Line<300>)>,
) {
    let reference = case.reference.clone();
    house
        .act(cast.person("analyst2").account, move |tx, actor| {
            let triage = Triage {
                class: Class::Incident,
                category: Category::InfectedSystem,
                impact,
                spread,
                priority: priority.clone(),
                tlp: Tlp::Amber,
            };
            let seen = incidents::show(tx, actor, &reference)?.incident.version;
            incidents::triage(tx, actor, &reference, seen, &triage)
        })
        .await;
}

/// The newest step of a case, as the CERT sees it.
async fn newest_step(house: &House, cast: &Cast, case: &Case) -> StepId {
    let id = case.id;
    let steps = house
        .act(cast.person("analyst2").account, move |tx, actor| escalation::steps_of(tx, actor, id))
        .await;
    steps.iter().max_by_key(|step| step.number).expect("a step").id
}

async fn escalate(house: &House, cast: &Cast, by: &str, case: &Case, to: ByHandTo) -> StepId {
    let reference = case.reference.clone();
    house
        .act(cast.person(by).account, move |tx, actor| {
            let reason = Line::parse("Bitte ansehen").unwrap();
            escalation::escalate(tx, actor, &reference, to, &reason)
        })
        .await
}

async fn steps(
    house: &House,
    cast: &Cast,
    cases: &BTreeMap<&'static str, Case>,
) -> BTreeMap<&'static str, (Case, StepId)> {
    let (h, mut steps) = (cast.houses, BTreeMap::new());
    let to = ByHandTo::Organisation;
    for (relation, case, to) in [
        ("own", "handler", to(h.own)),
        ("related", "member", to(h.member)),
        ("foreign", "shared", to(h.foreign)),
    ] {
        let step = escalate(house, cast, "analyst2", &cases[case], to).await;
        steps.insert(relation, (cases[case].clone(), step));
    }
    for (relation, by, case) in [
        ("waiting", "analyst2", "waiting"),
        ("waiting.author", "analyst", "waiting.author"),
        ("waiting.withdraw", "analyst2", "waiting.withdraw"),
        ("waiting.unnamed", "analyst2", "unnamed"),
    ] {
        let step = escalate(house, cast, by, &cases[case], ByHandTo::StateLeadership).await;
        steps.insert(relation, (cases[case].clone(), step));
    }
    house.work().await;
    for (relation, case) in [("team", "foreign"), ("unnamed", "unnamed")] {
        let id = cases[case].id;
        let all = house
            .act(cast.person("analyst2").account, move |tx, actor| escalation::steps_of(tx, actor, id))
            .await;
        let first = all.iter().min_by_key(|step| step.number).expect("a step").id;
        steps.insert(relation, (cases[case].clone(), first));
    }
    let lead = newest_step(house, cast, &cases["lead"]).await;
    steps.insert("lead", (cases["lead"].clone(), lead));
    steps
}

/// Reports that are being written; the reporter's says what nobody else may ever read.
async fn drafts(house: &House, cast: &Cast, served: OrgId) -> BTreeMap<&'static str, DraftId> {
    let mut drafts = BTreeMap::new();
    let (title, words) = (canary("entwurf", "Titel"), canary("entwurf", "Beschreibung"));
    for (key, who, title, words) in [
        ("reporter", "reporter", title.as_str(), words.as_str()),
        ("discard.reporter", "reporter", "Doch nichts", ""),
        ("org_lead", "org_lead", "Ausfall", ""),
        ("discard.org_lead", "org_lead", "Doch nichts", ""),
        ("colleague", "reporter2", "Ausfall", ""),
        ("foreign", "foreign.reporter", "Ausfall", ""),
    ] {
        let said = [
            (Step::Observed, &[("observed", "outage"), ("title", title), ("description", words)][..]),
            (Step::Reach, &[("contact_phone", "030 23125 114")]),
        ];
        drafts.insert(key, guide::draft(house, cast.person(who).account, &said).await);
    }
    drafts.insert("served", guide::sent(house, cast.person("reporter").account, served).await);
    drafts
}

/// An advisory's draft in the words of `word`.
pub fn draft(word: &str, tlp: Tlp, audience: AudienceFilter) -> Draft {
    let mut fields = Fields::default();
    let content = Content::read(
        Typed {
            title: &canary(word, "Warnung"),
            concerns: &canary(word, "Betrifft"),
            measures: &canary(word, "Tun"),
            body: &canary(word, "Einzelheiten"),
            products: &canary(word, "Produkt"),
            cves: "CVE-2026-12345",
        },
        &mut fields,
    );
    let frame = Frame { tlp, step: WarningStep::Orange, severity: Severity::ALL[2], audience };
    Draft { frame, content: fields.done(content).unwrap() }
}

async fn advisories_of(house: &House, cast: &Cast) -> BTreeMap<&'static str, Reference> {
    let (h, mut all) = (cast.houses, BTreeMap::new());
    let hand = |org| AudienceFilter::Hand(vec![org]);
    for (relation, by, word, tlp, audience, is_out) in [
        ("own", "analyst2", "warneigen", Tlp::Green, hand(h.own), true),
        ("foreign", "analyst2", "warnfremd", Tlp::Green, hand(h.foreign), true),
        ("named", "analyst2", "warnbenannt", Tlp::Red, hand(h.own), true),
        ("draft", "analyst2", "warnentwurf", Tlp::Amber, AudienceFilter::All, false),
        ("author.analyst", "analyst", "warnentwurf", Tlp::Amber, AudienceFilter::All, false),
        ("author.cert_lead", "cert_lead", "warnentwurf", Tlp::Amber, AudienceFilter::All, false),
    ] {
        let draft = draft(word, tlp, audience);
        let written = house
            .act(cast.person(by).account, move |tx, actor| {
                let version = advisories::create(tx, actor, &draft)?;
                advisories::submit(tx, actor, &version.reference, version.lock)
            })
            .await;
        all.insert(relation, written.reference.clone());
        if is_out {
            let (reference, lock) = (written.reference, written.lock);
            house
                .act(cast.person("approver").account, move |tx, actor| {
                    let version = advisories::approve(tx, actor, &reference, lock, None)?;
                    advisories::publish(tx, actor, &reference, version.lock)
                })
                .await;
        }
        house.work().await;
    }
    all
}

/// For each role a link of each kind, which works once.
async fn links(
    house: &House,
    cast: &Cast,
    question: AskedId,
) -> BTreeMap<(&'static str, &'static str), String> {
    let mut links = BTreeMap::new();
    let administrators = (cast.person("administrator").account, cast.person("administrator2").account);
    for role in ROLES {
        let mail = |kind: &str| format!("{kind}-{}@eigen.example", role.replace('_', "-"));
        let name = canary("eigen", "Link");
        let forgetful = account(
            house,
            administrators,
            &mail("vergessen"),
            &name,
            Role::Reporter,
            cast.houses.own,
            &cast.hash,
        )
        .await;
        let invited = Invitation {
            mail: address(&mail("eingeladen")),
            name: named(&name),
            organisation: cast.houses.own,
            role: Role::Reporter,
        };
        let case = case(house, cast, "reporter2", "eigen", cast.houses.own, "by_name").await;
        house.work().await;
        let step = newest_step(house, cast, &case).await;
        let (cert, colleague) = (cast.houses.cert, cast.person("analyst2").account);
        let loose = strangers::attached(house, cast, cast.houses.own).await;
        let own = cast.houses.own;
        let asked = MailAddress::parse(&cast.person("reporter").mail).unwrap();
        let (reset, invite, first, step, report, contact, affected, calendar) = house
            .act(administrators.0, move |tx, actor| {
                people::invite(tx, actor, &invited)?;
                let person =
                    roster::list(tx, actor)?.into_iter().find(|p| p.account.mail == invited.mail.as_str());
                let person = person.expect("invited");
                let grant = person.grants[0].grant.id;
                let day = SignedDuration::from_hours(24);
                let contact = directory::contacts_of(tx, own)?[0].id;
                Ok((
                    create_link(tx, Purpose::Reset, Some(forgetful), None, day)?,
                    create_link(tx, Purpose::Invite, Some(person.account.id), Some(AnyId(grant.0)), day)?,
                    create_link(tx, Purpose::FirstAdmin, None, Some(AnyId(cert.0)), day)?,
                    create_link(tx, Purpose::Step, None, Some(AnyId(step.0)), day)?,
                    create_link_to(tx, Purpose::Report, &asked, AnyId(loose.0), day)?,
                    create_link(tx, Purpose::Contact, None, Some(AnyId(contact.0)), day)?,
                    create_link_to(tx, Purpose::Asked, &asked, AnyId(question.0), day)?,
                    create_link(tx, Purpose::Calendar, Some(colleague), Some(AnyId(colleague.0)), day)?,
                ))
            })
            .await;
        let all = [
            ("reset", reset),
            ("invite", invite),
            ("first", first),
            ("step", step),
            ("report", report),
            ("contact", contact),
            ("asked", affected),
            ("calendar", calendar),
        ];
        for (kind, token) in all {
            links.insert((kind, role), token);
        }
    }
    links
}

type Grants = BTreeMap<&'static str, GrantId>;

async fn grants(house: &House, cast: &Cast) -> (Grants, Grants) {
    let cert = cast.houses.cert;
    let (one, two) = (cast.person("administrator").account, cast.person("administrator2").account);
    let mut waiting = BTreeMap::new();
    for (relation, by) in [("none", two), ("granter", one), ("grantee", two)] {
        let to = if relation == "grantee" { one } else { spare(house, cast, relation).await };
        let grant =
            house.act(by, move |tx, actor| people::grant_role(tx, actor, to, cert, Role::Approver)).await;
        waiting.insert(relation, grant);
    }
    let mut ending = BTreeMap::new();
    for role in ROLES {
        let to = spare(house, cast, role).await;
        ending.insert(
            role,
            house.act(two, move |tx, actor| people::grant_role(tx, actor, to, cert, Role::Analyst)).await,
        );
    }
    (waiting, ending)
}

/// An account at the CERT without a role.
async fn spare(house: &House, cast: &Cast, word: &str) -> AccountId {
    let (mail, hash) = (format!("spare-{}@cert.example", word.replace('_', "-")), Arc::clone(&cast.hash));
    house
        .write(move |tx| {
            people::create_account(
                tx,
                &Actor::system("test"),
                &address(&mail),
                &named("Ohne Rolle"),
                Some(&hash),
            )
        })
        .await
}

type SignIns = (BTreeMap<&'static str, SessionId>, BTreeMap<&'static str, TokenId>);

/// For each role a second session and a token to be taken back.
async fn sign_ins(house: &House, door: &Door, cast: &Cast) -> SignIns {
    let (mut found, mut made) = (BTreeMap::new(), BTreeMap::new());
    for role in ROLES[1..].iter().chain(&["foreign.reporter"]) {
        let person = cast.person(role);
        house.clock.advance(SignedDuration::from_secs(30));
        door.sign_in(&person.mail, PASSWORD).await;
        let account = person.account;
        let (session, token) = house
            .act(account, move |tx, actor| {
                let sessions = sessions::list(tx, actor, account)?;
                let newest =
                    sessions.into_iter().max_by_key(|session| session.created_at).expect("a session");
                let new = tokens::NewToken {
                    name: named("Zurück"),
                    scopes: vec![meldekette::core::actor::Scope::DirectoryRead],
                    valid_for: SignedDuration::from_hours(24),
                };
                tokens::issue(tx, actor, account, &new)?;
                let tokens = tokens::list(tx, actor, account)?;
                let newest_token = tokens.into_iter().max_by_key(|token| token.created_at).expect("a token");
                Ok((newest.id, newest_token.id))
            })
            .await;
        found.insert(*role, session);
        made.insert(*role, token);
    }
    (found, made)
}
