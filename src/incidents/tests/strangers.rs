//! People without an account: they write, send and ask how it stands, by codes alone.

use super::later::later;
use super::*;
use crate::access::service::people;
use crate::core::actor::Via;
use crate::core::error::FieldError;
use crate::incidents::guide::model::Step;
use crate::incidents::guide::service::{self as guide, Held, Key};
use crate::incidents::model::{BehalfState, Inform, Nature, Way};
use crate::incidents::secret;
use crate::incidents::status::Status;

const CODE: &str = "7KQM-2XWP-9RTA-4444";

type Typed<'a> = &'a [(&'static str, &'a str)];

impl House {
    fn as_stranger<T: Send + 'static>(
        &self,
        code: &str,
        mut f: impl FnMut(&mut Tx<'_>, &Actor, &Held) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let held = Held::of(code);
        try_write(self.db(), move |tx| f(tx, &Actor::anonymous(None), &held))
    }

    fn begin_held(&self, code: &str) {
        self.begin_at(code, false);
    }

    fn begin_at(&self, code: &str, is_drill: bool) {
        self.as_stranger(code, move |tx, actor, held| guide::begin_held(tx, actor, held, is_drill)).unwrap();
    }

    fn held(&self, code: &str) -> Result<guide::Opened> {
        self.as_stranger(code, |tx, actor, held| guide::open(tx, actor, &Key::Held(held.clone())))
    }

    fn answer(&self, code: &str, step: Step, typed: Typed<'_>) -> Result<guide::Opened> {
        let seen = self.held(code)?.draft.version;
        let typed: Vec<_> = typed.iter().map(|(name, value)| (*name, vec![(*value).to_owned()])).collect();
        self.as_stranger(code, move |tx, actor, held| {
            let mut opened = guide::peek(tx, actor, &Key::Held(held.clone()))?;
            guide::save(tx, &mut opened, seen, step, &typed)?;
            opened.guess(tx)?;
            Ok(opened)
        })
    }

    fn write_all(&self, code: &str) {
        for (step, typed) in [
            (Step::Observed, &[("observed", "encrypted"), ("title", "Nichts geht auf")][..]),
            (Step::Reach, &[("contact_name", "Hausmeisterei"), ("contact_phone", "030 23125 114")]),
            (Step::Office, &[("office_name", "Stadt Gera")]),
            (Step::Inform, &[("inform", "by_name")]),
        ] {
            self.answer(code, step, typed).unwrap();
        }
    }

    fn send_held(&self, code: &str) -> Result<String> {
        let seen = self.held(code)?.draft.version;
        let sent = self.as_stranger(code, move |tx, actor, held| {
            guide::send(tx, actor, &Key::Held(held.clone()), seen)
        })?;
        Ok(sent.reference.expect("a reference"))
    }

    fn case(&self, reference: &str) -> Incident {
        let reference = reference.to_owned();
        self.db().read_now(|tx| service::load_by_reference(tx, &reference)).unwrap()
    }

    fn status(&self, reference: &str, receipt: &str) -> Result<service::ReceiptStatus> {
        let digest = secret::fingerprint(receipt);
        self.db().read_now(|tx| service::status_by_receipt(tx, reference, &digest))
    }

    /// The same for a reference as somebody types it from a sheet of paper.
    fn status_typed(&self, reference: &str, receipt: &str) -> Result<service::ReceiptStatus> {
        self.status(&format!(" {} ", reference.replace('-', " ").to_lowercase()), receipt)
    }

    fn sweep_after(&self, span: SignedDuration) {
        self.clock.advance(span);
        write(self.db(), |tx| guide::sweep(tx).map(|_| ()));
    }
}

#[tokio::test]
async fn somebody_without_an_account_writes_on_two_devices_sends_once_and_asks_how_it_stands() {
    for house in houses().await {
        house.begin_held(CODE);
        house.begin_held(CODE);
        assert_eq!(house.held(CODE).unwrap().draft.version, 1, "begun once");
        assert!(matches!(house.held("7KQM-2XWP-9RTA-4445"), Err(Error::NotFound)));
        house.write_all("7kqm 2xwp 9rta 4444");
        let found = house.answer(CODE, Step::Office, &[("office_name", "Stadtverwaltung Gera")]).unwrap();
        assert_eq!(found.offices.iter().map(|it| it.id).collect::<Vec<_>>(), [house.city]);
        let unsaid = house.send_held(CODE).unwrap_err();
        let Error::Invalid(refused) = unsaid else { panic!("{unsaid:?}") };
        assert_eq!(refused.iter().map(|it| it.field).collect::<Vec<_>>(), ["office"]);
        let city = house.city.to_string();
        house.answer(CODE, Step::Office, &[("office", &city)]).unwrap();

        let reference = house.send_held(CODE).unwrap();
        assert_eq!(house.send_held(CODE).unwrap(), reference, "a double click");
        let case = house.case(&reference);
        assert!(case.is_unconfirmed && case.organisation.is_none(), "what a stranger says moves nothing");
        let view = house.show("analyse1", &case).unwrap();
        let behalf = view.behalf.unwrap();
        assert_eq!((behalf.way, behalf.state), (Way::Form, BehalfState::Loose));
        assert_eq!((behalf.claimed, behalf.organisation), (Some(house.city), None));
        let report = view.report.unwrap();
        assert_eq!(report.inform, Inform::Nobody, "nobody but the organisation permits that");
        assert_eq!(report.contact_name, "Hausmeisterei");
        assert!(report.description.contains("Betrifft: Stadtverwaltung Gera"), "{}", report.description);
        for who in ["stadt", "amt", "dienst", "freigabe", "verwaltung"] {
            assert!(matches!(house.show(who, &case), Err(Error::NotFound)), "{who}");
        }

        let status = house.status(&reference, &secret::receipt_of(CODE)).unwrap();
        assert_eq!((status.status, status.behalf), (Status::Reported, BehalfState::Loose));
        for (reference, receipt) in
            [(reference.as_str(), "2222-2222-2222"), ("TH-2026-99999", &secret::receipt_of(CODE))]
        {
            assert!(matches!(house.status(reference, receipt), Err(Error::NotFound)));
        }
    }
}

#[tokio::test]
async fn drafts_of_strangers_are_small_few_and_soon_forgotten() {
    for house in houses().await {
        let hours = SignedDuration::from_hours;
        house.begin_held(CODE);
        let prose = "x".repeat(40_000);
        let refused = house.answer(CODE, Step::Observed, &[("title", "Kurz"), ("description", &prose)]);
        let Err(Error::Invalid(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!(errors, [FieldError::new("description", "error-too-long")]);
        assert_eq!(house.held(CODE).unwrap().draft.version, 1, "nothing is kept of it");

        let (written, sent) = ("7KQM-2XWP-9RTA-5555", "7KQM-2XWP-9RTA-6666");
        for code in [written, sent] {
            house.begin_held(code);
            house.write_all(code);
            let city = house.city.to_string();
            house.answer(code, Step::Office, &[("office", &city)]).unwrap();
        }
        house.send_held(sent).unwrap();
        let arrived = |house: &House| {
            house.as_stranger(sent, |tx, actor, held| guide::arrived(tx, actor, &Key::Held(held.clone())))
        };
        assert!(arrived(&house).is_ok_and(|arrived| !arrived.measures.is_empty()));
        house.clock.advance(SignedDuration::from_mins(61));
        assert!(matches!(arrived(&house), Err(Error::NotFound)), "the receipt is shown for an hour");
        house.sweep_after(hours(1));
        assert!(house.held(CODE).is_err(), "nothing was answered in it for two hours");
        assert!(house.held(sent).is_err() && house.held(written).is_ok());
        house.sweep_after(hours(7 * 24));
        assert!(house.held(written).is_err(), "nobody went on for a week");
    }
}

#[tokio::test]
async fn where_too_many_drafts_lie_open_nobody_is_refused_and_the_emptiest_old_ones_make_room() {
    for house in houses().await {
        let code = |number: usize| {
            let letter = |at: usize| char::from(b"23456789"[(number >> (3 * at)) & 7]);
            format!("7KQM-2XWP-9RTA-{}", (0..4).map(letter).collect::<String>())
        };
        let count = |house: &House| {
            (0..2_002).filter(|number| house.held(&code(*number)).is_ok()).collect::<Vec<_>>()
        };
        let begin = |from: usize, to: usize| {
            let all: Vec<_> = (from..to).map(|number| Held::of(&code(number))).collect();
            write(house.db(), move |tx| {
                let stranger = Actor::anonymous(None);
                all.iter().try_for_each(|held| guide::begin_held(tx, &stranger, held, false))
            });
        };
        begin(0, 25);
        house.write_all(&code(0));
        house.clock.advance(SignedDuration::from_mins(31));
        begin(25, 2_000);
        begin(2_000, 2_001);
        let left = count(&house);
        assert_eq!(left.len(), 1_981, "twenty made room for one");
        assert!(left.contains(&0), "who has answered most stays: {:?}", &left[..5]);
        assert!((25..2_001).all(|number| left.contains(&number)), "whoever has just begun stays");
    }
}

#[tokio::test]
async fn a_trial_run_without_an_account_has_a_number_of_its_own_and_alarms_nobody() {
    for house in houses().await {
        house.begin_at(CODE, true);
        house.write_all(CODE);
        house.answer(CODE, Step::Office, &[("office", "none"), ("office_name", "Nirgends")]).unwrap();
        let reference = house.send_held(CODE).unwrap();
        assert!(reference.starts_with("UE-"), "{reference}");
        let case = house.case(&reference);
        assert!(case.is_drill && case.is_unconfirmed && case.deadline_at.is_none());
        let steps: i64 = house
            .db()
            .read_now(|tx| {
                use crate::store::schema::escalation_steps;
                Ok(escalation_steps::table.count().get_result(tx.conn)?)
            })
            .unwrap();
        assert_eq!(steps, 0, "nobody waits for an answer");
        let arrived =
            house.as_stranger(CODE, |tx, actor, held| guide::arrived(tx, actor, &Key::Held(held.clone())));
        assert!(arrived.unwrap().is_drill);
        assert_eq!(house.status(&reference, &secret::receipt_of(CODE)).unwrap().status, Status::Reported);
    }
}

impl House {
    /// A report that a stranger sent about the city; its case and receipt code.
    fn loose(&self) -> (Incident, String) {
        self.begin_held(CODE);
        self.write_all(CODE);
        let city = self.city.to_string();
        self.answer(CODE, Step::Office, &[("office", &city)]).unwrap();
        let reference = self.send_held(CODE).unwrap();
        (self.case(&reference), secret::receipt_of(CODE))
    }

    fn attach(&self, who: &str, case: &Incident, to: OrgId) -> Result<usize> {
        let (reference, seen) = (case.reference.clone(), self.load(case).version);
        self.act(who, move |tx, actor| service::attach(tx, actor, &reference, seen, to))
    }

    /// The links that were mailed, by address.
    fn links(&self, case: &Incident) -> Vec<(String, String)> {
        let (id, link) = (case.id, "/bestaetigung/");
        let mails = self.db().read_now(|tx| {
            let rows = outbox::table
                .filter(outbox::dispatch_id.eq(crate::core::ids::AnyId(id.0)).assume_not_null())
                .order(outbox::id)
                .select((outbox::recipient, outbox::slots));
            Ok(rows.load::<(String, String)>(tx.conn)?)
        });
        let token = |slots: String| {
            let (_, rest) = slots.split_once(link)?;
            Some(rest.split('"').next().unwrap_or_default().to_owned())
        };
        let mails = mails.unwrap().into_iter();
        mails.filter_map(|(to, slots)| Some((to, token(slots)?))).collect()
    }

    fn by_link(&self, token: &str, is_ours: bool) -> Result<()> {
        let (token, holder) = (token.to_owned(), Actor { via: Via::Link, ..Actor::anonymous(None) });
        try_write(self.db(), move |tx| service::decide_by_link(tx, &holder, &token, is_ours))
    }
}

#[tokio::test]
async fn the_cert_attaches_it_and_the_organisation_confirms_it_by_a_link_or_signed_in() {
    for house in houses().await {
        let (case, receipt) = house.loose();
        assert_eq!(house.status_typed(&case.reference, &receipt).unwrap().reference, case.reference);
        let state = |house: &House| house.status(&case.reference, &receipt).unwrap().behalf;
        for who in ["stadt", "freigabe", "verwaltung"] {
            assert!(matches!(house.attach(who, &case, house.city), Err(Error::NotFound)), "{who}");
        }
        assert!(matches!(house.attach("revision", &case, house.city), Err(Error::Forbidden(_))));
        // To the wrong one first, which says so; then it does not see it any more.
        house.attach("analyse1", &case, house.office).unwrap();
        assert_eq!(state(&house), BehalfState::Pending);
        assert!(house.show("amt", &case).is_ok_and(|view| view.may.confirm && view.report.is_some()));
        // What may be another house's it neither adds to nor closes.
        let view = house.show("amt", &case).unwrap();
        assert!(!view.may.supplement && !view.may.withdraw);
        let words = || later(Nature::News, Inform::ByName, "Nicht von uns.");
        let not_yours = |refused: Result<()>| {
            assert!(matches!(refused, Err(Error::Conflict("incident-refused-not-yours"))), "{refused:?}");
        };
        not_yours(house.state("amt", &case, words()));
        not_yours(house.withdraw("amt", &case, house.load(&case).version).map(|_| ()));
        let wrong = house.links(&case);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        house.by_link(&wrong[0].1, false).unwrap();
        assert_eq!((state(&house), house.load(&case).organisation), (BehalfState::Refused, None));
        assert!(matches!(house.show("amt", &case), Err(Error::NotFound)));
        assert!(matches!(house.by_link(&wrong[0].1, true), Err(Error::NotFound)), "a link works once");

        house.attach("analyse1", &case, house.office).unwrap();
        house.attach("analyse2", &case, house.city).unwrap();
        assert!(matches!(house.show("amt", &case), Err(Error::NotFound)), "let go");
        let links = house.links(&case);
        let of_office = &links[1].1;
        assert!(matches!(house.by_link(of_office, true), Err(Error::NotFound)), "and not asked any more");
        let view = house.show("stadt", &case).unwrap();
        assert_eq!(view.incident.organisation, Some(house.city));
        let refusal = view.entries.iter().find(|entry| entry.kind == "report_refused");
        assert!(refusal.is_none(), "whom the CERT asked by mistake, the next one need not know: {refusal:?}");
        assert!(view.incident.is_unconfirmed && view.entries.iter().any(|entry| entry.kind == "attached"));
        let link = links.last().unwrap().1.clone();
        house.restrict("analyse1", &case, Some(vec![house.account("analyse1")])).unwrap();
        assert!(matches!(house.by_link(&link, true), Err(Error::NotFound)), "named persons alone");
        house.restrict("analyse1", &case, None).unwrap();
        let lead = house.account("stadt");
        house.act("verwaltung", move |tx, actor| people::lock(tx, actor, lead)).unwrap();
        assert!(matches!(house.by_link(&link, true), Err(Error::NotFound)), "who is not there any more");
        house.act("verwaltung", move |tx, actor| people::unlock(tx, actor, lead)).unwrap();
        house.by_link(&link, true).unwrap();
        assert_eq!(state(&house), BehalfState::Confirmed);
        let id = case.id;
        assert!(!house.load(&case).is_unconfirmed);
        house.state("stadt", &case, words()).unwrap();
        assert_eq!(house.db().read_now(|tx| service::inform(tx, id)).unwrap(), Inform::ByName);
        assert!(matches!(house.attach("analyse1", &case, house.office), Err(Error::Conflict(_))));
        assert!(matches!(
            house.act("stadt", {
                let reference = case.reference.clone();
                move |tx, actor| service::decide(tx, actor, &reference, false)
            }),
            Err(Error::Conflict(_))
        ));
    }
}
