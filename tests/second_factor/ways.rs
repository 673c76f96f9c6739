//! Setting up, signing in, losing the telephone: each as its pages are used.

use diesel::prelude::*;
use jiff::SignedDuration;
use meldekette::store::schema::{recovery_codes, second_factors};

use crate::support::app::House;
use crate::support::authenticator::Authenticator;
use crate::support::cast::{Cast, PASSWORD};
use crate::support::client::{Door, Reply, Visitor};

/// A browser that keeps what it is given.
pub struct Browser<'a> {
    door: &'a Door,
    visitor: Visitor,
}

impl<'a> Browser<'a> {
    pub fn of(door: &'a Door, visitor: Visitor) -> Self {
        Self { door, visitor }
    }

    pub async fn signed_in(door: &'a Door, mail: &str) -> Self {
        let mut browser = Self::of(door, door.stranger().await);
        let typed = [("mail", mail), ("password", PASSWORD), ("weiter", "/konto")];
        let reply = browser.post("/anmelden", "/anmelden", &typed).await;
        assert_eq!(reply.to.as_deref(), Some("/konto"), "{}", reply.text());
        browser
    }

    fn keep(&mut self, reply: Reply) -> Reply {
        for cookie in &reply.cookies {
            self.visitor.cookies.retain(|kept| kept.name() != cookie.name());
            self.visitor.cookies.push(cookie.clone());
        }
        reply
    }

    /// Opens a page, and follows where it leads.
    pub async fn open(&mut self, path: &str) -> (String, Reply) {
        let mut path = path.to_owned();
        loop {
            let reply = self.door.get(&self.visitor, &path).await;
            let reply = self.keep(reply);
            match &reply.to {
                Some(to) => path.clone_from(to),
                None => return (path, reply),
            }
        }
    }

    pub async fn post(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        let (_, shown) = self.open(page).await;
        self.visitor.csrf = shown.csrf().expect("a form");
        let reply = self.door.post(&self.visitor, path, fields).await;
        self.keep(reply)
    }

    /// Sets a second factor up: the app, and the recovery codes.
    pub async fn set_up(&mut self, house: &House) -> (Authenticator, Vec<String>) {
        let page = "/konto/zweiter-faktor";
        self.post(page, "/konto/zweiter-faktor/beginnen", &[("weiter", "/konto")]).await;
        let app = Authenticator::read(&self.open(page).await.1.text());
        let code = app.code(house.app.env.now());
        let done = self.post(page, page, &[("code", &code), ("weiter", "/konto")]).await;
        let text = done.text();
        let codes: Vec<_> = text
            .split("<li class=\"mk-code\">")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect();
        assert_eq!((done.status.as_u16(), codes.len()), (200, 10), "{text}");
        (app, codes)
    }

    async fn code(&mut self, code: &str) -> Reply {
        self.post("/anmelden/code", "/anmelden/code", &[("code", code), ("weiter", "/konto")]).await
    }

    async fn reaches(&mut self, path: &str) -> bool {
        self.open(path).await.0 == path
    }
}

pub async fn stage() -> (House, Door, Cast) {
    let house = House::empty();
    let cast = Cast::play(&house, &house.door().await).await;
    let door = house.guarded_door().await;
    house.work().await;
    let _ = house.mails.take();
    (house, door, cast)
}

fn next_step(house: &House) {
    house.clock.advance(SignedDuration::from_secs(30));
}

/// How many mails with these words in the subject were sent to an address.
async fn mails(house: &House, to: &str, words: &str) -> usize {
    house.work().await;
    let sent = house.mails.take();
    let is = |mail: &[u8]| {
        let message = mail_parser::MessageParser::default().parse(mail).expect("a mail");
        message.subject().is_some_and(|subject| subject.contains(words))
    };
    sent.iter().filter(|(envelope, mail)| envelope.to.as_str() == to && is(mail)).count()
}

#[actix_web::test]
async fn whoever_signs_in_first_sets_it_up_and_then_reads() {
    let (house, door, cast) = stage().await;
    for (who, reads) in [("reporter", "/vorgaenge"), ("analyst", "/eingang"), ("administrator", "/konten")] {
        let mail = &cast.person(who).mail;
        let mut browser = Browser::signed_in(&door, mail).await;
        assert_eq!(
            browser.open(reads).await.0,
            format!("/konto/zweiter-faktor?weiter={}", reads.replace('/', "%2F"))
        );
        let (app, _) = browser.set_up(&house).await;
        assert!(browser.reaches(reads).await, "{who} reads {reads}");
        assert_eq!(mails(&house, mail, "eingerichtet").await, 1, "{who} is told");

        let mut again = Browser::signed_in(&door, mail).await;
        assert!(again.open(reads).await.0.starts_with("/anmelden/code?"), "{who} is asked");
        let used = again.code(&app.code(house.app.env.now())).await;
        assert!(used.text().contains("schon benutzt"), "the code that set it up: {}", used.text());
        next_step(&house);
        let wrong = again.code("000000").await;
        assert!(wrong.status.as_u16() == 422 && wrong.text().contains("passt nicht"), "{}", wrong.text());
        let key = again.visitor.cookies.clone();
        let right = again.code(&app.code(house.app.env.now())).await;
        assert_eq!(right.to.as_deref(), Some("/konto"), "{}", right.text());
        assert!(again.reaches(reads).await);
        let mut stolen = Browser::of(&door, Visitor { cookies: key, ..Visitor::default() });
        assert!(!stolen.reaches(reads).await, "the session has a new key");
        let mut third = Browser::signed_in(&door, mail).await;
        let replayed = third.code(&app.code(house.app.env.now())).await;
        assert!(replayed.text().contains("schon benutzt"), "a code is taken once");
        next_step(&house);
    }
    house.work().await;
}

#[actix_web::test]
async fn a_recovery_code_opens_once_and_its_owner_is_told() {
    let (house, door, cast) = stage().await;
    let mail = &cast.person("reporter").mail;
    let (_, codes) = Browser::signed_in(&door, mail).await.set_up(&house).await;
    let mut browser = Browser::signed_in(&door, mail).await;
    let typed = codes[0].to_lowercase().replace('-', " ");
    assert_eq!(browser.code(&typed).await.to.as_deref(), Some("/konto"), "as it is typed");
    assert_eq!(mails(&house, mail, "Wiederherstellungs-Code benutzt").await, 1);
    let mut again = Browser::signed_in(&door, mail).await;
    assert!(again.code(&codes[0]).await.text().contains("schon benutzt"));
    let strangers = "AAAA-BBBB-CCCC-DDDD";
    assert_eq!(again.code(strangers).await.status.as_u16(), 422);
    // New codes take the place of the old ones, for whoever proves the second factor.
    let path = "/konto/zweiter-faktor/codes";
    let renewed = browser.post(path, path, &[("code", &codes[1])]).await;
    assert!(renewed.status.is_success() && !renewed.text().contains(&codes[2]), "{}", renewed.text());
    assert_eq!(again.code(&codes[2]).await.status.as_u16(), 422, "an old code");
    assert_eq!(mails(&house, mail, "Neue Wiederherstellungs-Codes").await, 1);
}

#[actix_web::test]
async fn a_lost_telephone_is_mended_by_an_administrator_and_a_new_one_by_oneself() {
    let (house, door, cast) = stage().await;
    let (reporter, administrator) = (cast.person("reporter"), cast.person("administrator"));
    Browser::signed_in(&door, &administrator.mail).await.set_up(&house).await;
    let mut browser = Browser::signed_in(&door, &reporter.mail).await;
    let (app, codes) = browser.set_up(&house).await;
    // Oneself: password and code, both right.
    let path = "/konto/zweiter-faktor/entfernen";
    next_step(&house);
    let code = app.code(house.app.env.now());
    let refused = browser.post(path, path, &[("present_password", "falsch"), ("code", "")]).await.text();
    assert!(
        refused.contains("nicht Ihr jetziges Passwort") && refused.contains("geben Sie den Code ein"),
        "{refused}"
    );
    let mut other = Browser::signed_in(&door, &reporter.mail).await;
    assert_eq!(other.code(&codes[0]).await.to.as_deref(), Some("/konto"));
    let off = browser.post(path, path, &[("present_password", PASSWORD), ("code", &code)]).await;
    assert_eq!(off.to.as_deref(), Some("/konto/zweiter-faktor"), "{}", off.text());
    assert!(!browser.reaches("/vorgaenge").await, "reading takes a new one");
    assert!(other.open("/vorgaenge").await.0.starts_with("/anmelden?"), "all other sessions ended");
    assert_eq!(mails(&house, &reporter.mail, "Zweiter Faktor entfernt").await, 1);
    // An administrator, for somebody who lost everything.
    browser.set_up(&house).await;
    let plain = house.door().await;
    let reset = format!("/konten/{}/zweiter-faktor", reporter.account);
    let own = format!("/konten/{}/zweiter-faktor", administrator.account);
    assert_eq!(
        plain.post(&administrator.visitor, &own, &[("", ""); 0]).await.status.as_u16(),
        401,
        "not without the code"
    );
    let mut desk = Browser::signed_in(&door, &cast.person("administrator2").mail).await;
    desk.set_up(&house).await;
    let page = format!("/konten/{}", reporter.account);
    assert_eq!(
        desk.post(&page, &own, &[]).await.to.as_deref(),
        Some(own.trim_end_matches("/zweiter-faktor"))
    );
    assert_eq!(desk.post(&page, &reset, &[]).await.to.as_deref(), Some(page.as_str()));
    assert_eq!(mails(&house, &reporter.mail, "zurückgesetzt").await, 1);
    let mut fresh = Browser::signed_in(&door, &reporter.mail).await;
    assert!(fresh.open("/vorgaenge").await.0.starts_with("/konto/zweiter-faktor?"), "a new one is set up");
}

#[actix_web::test]
async fn whoever_has_the_password_and_guesses_codes_waits() {
    let (house, _, cast) = stage().await;
    let open = house.guarded_door().await;
    let mail = &cast.person("reporter").mail;
    let (app, _) = Browser::signed_in(&open, mail).await.set_up(&house).await;
    let door = house.limited_door().await;
    let mut browser = Browser::signed_in(&door, mail).await;
    next_step(&house);
    for guess in 0..10 {
        assert_eq!(browser.code(&format!("{guess:06}")).await.status.as_u16(), 422);
    }
    assert_eq!(browser.code("000011").await.status.as_u16(), 429);
    let right = app.code(house.app.env.now());
    assert_eq!(browser.code(&right).await.status.as_u16(), 429, "the right one waits, too");
    house.work().await;
}

#[actix_web::test]
async fn a_secret_is_shown_and_confirmed_where_it_was_begun_and_nowhere_else() {
    let (house, door, cast) = stage().await;
    let mail = &cast.person("reporter").mail;
    let page = "/konto/zweiter-faktor";
    let begin = "/konto/zweiter-faktor/beginnen";
    // Somebody who has the password begins one and waits for its owner to take it.
    let mut thief = Browser::signed_in(&door, mail).await;
    thief.post(page, begin, &[("weiter", "/konto")]).await;
    let planted = Authenticator::read(&thief.open(page).await.1.text());
    let mut owner = Browser::signed_in(&door, mail).await;
    let shown = owner.open(page).await.1.text();
    assert!(!shown.contains("id=\"schluessel\"") && shown.contains(begin), "{shown}");
    let code = planted.code(house.app.env.now());
    let refused = owner.post(page, page, &[("code", &code), ("weiter", "/konto")]).await;
    assert_eq!(refused.status.as_u16(), 409, "{}", refused.text());
    // The owner begins their own, which only this browser sees.
    owner.post(page, begin, &[("weiter", "/konto")]).await;
    let app = Authenticator::read(&owner.open(page).await.1.text());
    assert!(app.key() != planted.key());
    let peeked = thief.open(page).await.1.text();
    assert!(!peeked.contains("id=\"schluessel\""), "{peeked}");
    let code = app.code(house.app.env.now());
    let late = thief.post(page, page, &[("code", &code), ("weiter", "/konto")]).await;
    assert_eq!(late.status.as_u16(), 409, "{}", late.text());
    let done = owner.post(page, page, &[("code", &code), ("weiter", "/konto")]).await;
    assert!(done.status.is_success() && done.text().contains("mk-code"), "{}", done.text());
    assert!(thief.open("/vorgaenge").await.0.starts_with("/anmelden/code?"), "the thief is asked for a code");
    house.work().await;
}

#[actix_web::test]
async fn a_copy_of_the_database_makes_no_codes() {
    let (house, door, cast) = stage().await;
    let (app, codes) = Browser::signed_in(&door, &cast.person("reporter").mail).await.set_up(&house).await;
    house.work().await;
    let (secrets, hashes) = house
        .app
        .db
        .read_now(|tx| {
            let secrets: Vec<Vec<u8>> = second_factors::table.select(second_factors::secret).load(tx.conn)?;
            let hashes: Vec<Vec<u8>> =
                recovery_codes::table.select(recovery_codes::code_hash).load(tx.conn)?;
            Ok((secrets, hashes))
        })
        .unwrap();
    assert_eq!((secrets.len(), hashes.len()), (1, 10));
    let holds = |row: &[u8], secret: &[u8]| row.windows(secret.len()).any(|bytes| bytes == secret);
    assert!(!holds(&secrets[0], app.key()), "sealed");
    let letters = codes[0].replace('-', "");
    assert!(!hashes.iter().any(|hash| holds(hash, letters.as_bytes())), "hashed");
}
