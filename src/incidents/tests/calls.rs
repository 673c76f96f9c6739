//! Calls: what somebody tells on the telephone is kept from the first word on; who says the code is believed.

use super::*;
use crate::core::ids::DraftId;
use crate::core::text::{MailAddress, Name};
use crate::directory::model::{ContactInput, ContactRole, OutOfBand, Phone};
use crate::directory::service::Taken;
use crate::incidents::guide::calls;
use crate::incidents::guide::model::Measure;
use crate::incidents::guide::service::Opened;
use crate::incidents::model::{BehalfState, Way};
use crate::incidents::secret;

const TOLD: [(&str, &str); 6] = [
    ("office_name", "Stadtverwaltung Gera"),
    ("contact_name", "Hausmeisterei"),
    ("contact_phone", "030 23125 114"),
    ("observed", "encrypted"),
    ("title", "Nichts geht auf"),
    ("inform", "by_name"),
];

impl House {
    fn call(&self, who: &str) -> DraftId {
        self.act(who, calls::begin).unwrap()
    }

    fn tell(&self, who: &str, id: DraftId, told: &[(&'static str, &str)]) -> Result<Opened> {
        let typed: Vec<_> = told.iter().map(|(name, value)| (*name, vec![(*value).to_owned()])).collect();
        self.act(who, move |tx, actor| {
            let mut opened = calls::show(tx, actor, id)?;
            let seen = opened.draft.version;
            calls::save(tx, &mut opened, seen, &typed)?;
            opened.guess(tx)?;
            Ok(opened)
        })
    }

    fn take_down(&self, who: &str, id: DraftId) -> Result<(Incident, String)> {
        let draft = self.act(who, move |tx, actor| {
            let seen = calls::show(tx, actor, id)?.draft.version;
            calls::send(tx, actor, id, seen)
        })?;
        let reference = draft.reference.unwrap();
        let case = self.db().read_now(|tx| service::load_by_reference(tx, &reference))?;
        Ok((case, draft.receipt.unwrap()))
    }

    /// A call about the city, as far as the choice of what the register found.
    fn call_of_the_city(&self) -> DraftId {
        let id = self.call("analyse1");
        for one in TOLD {
            self.tell("analyse1", id, &[one]).unwrap();
        }
        let city = self.city.to_string();
        self.tell("analyse1", id, &[("office", &city)]).unwrap();
        id
    }
}

#[tokio::test]
async fn who_says_the_code_of_the_card_is_believed_and_the_report_stands() {
    for house in houses().await {
        let city = house.city;
        let code = house
            .act("stadt", move |tx, actor| directory::card(tx, actor, city, Taken::Shown))
            .unwrap()
            .code
            .to_string();
        let id = house.call_of_the_city();
        let check = |code: &str| {
            let code = code.to_owned();
            house.act("analyse1", move |tx, actor| calls::check_code(tx, actor, id, &code)).unwrap()
        };
        assert!(!check("3333-3333"));
        assert!(check(&code.to_lowercase()));
        let (case, receipt) = house.take_down("analyse1", id).unwrap();
        assert!(!case.is_unconfirmed && case.organisation == Some(city));
        let view = house.show("stadt", &case).unwrap();
        let behalf = view.behalf.unwrap();
        assert_eq!((behalf.way, behalf.state), (Way::Telephone, BehalfState::Confirmed));
        let digest = secret::fingerprint(&receipt);
        let status = house.db().read_now(|tx| service::status_by_receipt(tx, &case.reference, &digest));
        assert_eq!(status.unwrap().behalf, BehalfState::Confirmed);
    }
}

#[tokio::test]
async fn while_they_talk_the_analyst_sees_whom_to_call_back_what_helps_and_what_is_missing() {
    for house in houses().await {
        let (village, office) = (house.village, house.office);
        let contact = |role, name: &str, phone: &str, outside: Option<&str>| ContactInput {
            role,
            name: Name::parse(name).unwrap(),
            mail: Some(MailAddress::parse("stelle@amt.example").unwrap()),
            phone: Some(phone).filter(|phone| !phone.is_empty()).map(|phone| Phone::parse(phone).unwrap()),
            out_of_band: outside.map(|way| OutOfBand::parse(way).unwrap()),
            is_function: true,
            certificate: None,
            pgp: None,
        };
        for (of, new) in [
            (office, contact(ContactRole::Head, "Leitung des Amts", "030 23125 012", None)),
            (office, contact(ContactRole::Hotline, "Bereitschaft", "030 23125 013", None)),
            (village, contact(ContactRole::Head, "Bürgermeisterei", "", Some("030 23125 014"))),
            (village, contact(ContactRole::ItSecurityOfficer, "Nur mit Mail", "", None)),
        ] {
            house.act("analyse1", move |tx, actor| directory::add_contact(tx, actor, of, &new)).unwrap();
        }
        let id = house.call("analyse1");
        let look = |house: &House| {
            house
                .act("analyse1", move |tx, actor| {
                    let opened = calls::show(tx, actor, id)?;
                    let registered = calls::registered(tx, actor, &opened)?;
                    Ok((registered, calls::advice(&opened), calls::open_fields(&opened)))
                })
                .unwrap()
        };
        let (registered, advice, missing) = look(&house);
        assert!(registered.is_none() && advice.is_empty());
        for field in ["office_name", "contact_name", "contact_phone", "observed", "title", "inform"] {
            assert!(missing.contains(&field), "{field} is missing: {missing:?}");
        }
        let name = house.db().read_now(|tx| Ok(directory::load(tx, village)?.name)).unwrap();
        house.tell("analyse1", id, &[("office_name", &name), ("observed", "encrypted")]).unwrap();
        house.tell("analyse1", id, &[("office", &village.to_string()), ("danger", "people")]).unwrap();
        let (registered, advice, missing) = look(&house);
        let registered = registered.expect("what the register says");
        assert_eq!(registered.organisation.id, village);
        assert!(registered.administered_by.is_some(), "another one runs its administration");
        let names: Vec<_> = registered.contacts.iter().map(|contact| contact.name.as_str()).collect();
        assert_eq!(names.first(), Some(&"Bürgermeisterei"), "its own first, by whatever way: {names:?}");
        let at = |name| names.iter().position(|other| *other == name);
        assert!(at("Bereitschaft").is_some() && at("Bereitschaft") < at("Leitung des Amts"), "{names:?}");
        assert_eq!(at("Nur mit Mail"), None, "nobody calls a mailbox");
        assert!(advice.contains(&Measure::Disconnect) && advice.contains(&Measure::Police));
        assert!(!advice.contains(&Measure::CallUs), "they are on the telephone");
        assert!(!missing.contains(&"office") && !missing.contains(&"observed") && missing.contains(&"title"));
    }
}

#[tokio::test]
async fn a_code_counts_for_the_house_it_was_said_for_alone() {
    for house in houses().await {
        let (city, office) = (house.city, house.office.to_string());
        let code = house
            .act("stadt", move |tx, actor| directory::card(tx, actor, city, Taken::Shown))
            .unwrap()
            .code
            .to_string();
        let id = house.call_of_the_city();
        assert!(house.act("analyse1", move |tx, actor| calls::check_code(tx, actor, id, &code)).unwrap());
        house.tell("analyse1", id, &[("office_name", "Leinetal"), ("office", &office)]).unwrap();
        let (case, _) = house.take_down("analyse1", id).unwrap();
        assert!(case.is_unconfirmed && case.organisation == Some(house.office), "the office is asked");
        assert!(house.show("amt", &case).unwrap().may.confirm);
    }
}

#[tokio::test]
async fn a_call_about_nobody_known_is_kept_and_nobody_else_reads_it_before() {
    for house in houses().await {
        let id = house.call("analyse1");
        house.tell("analyse1", id, &TOLD).unwrap();
        for who in ["analyse2", "stadt", "verwaltung"] {
            let opened = house.act(who, move |tx, actor| calls::show(tx, actor, id));
            assert!(matches!(opened, Err(Error::NotFound)), "{who}");
        }
        let unsaid = house.take_down("analyse1", id).unwrap_err();
        assert!(matches!(unsaid, Error::Invalid(_)), "the register found the city: {unsaid:?}");
        house.tell("analyse1", id, &[("office", "none")]).unwrap();
        let (case, _) = house.take_down("analyse1", id).unwrap();
        assert!(case.is_unconfirmed && case.organisation.is_none());
        assert!(house.show("analyse2", &case).unwrap().may.attach);
    }
}
