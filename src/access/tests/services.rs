//! What the services allow and refuse.

use super::*;
use crate::access::model::{AccountState, Origin, Purpose};
use crate::access::service::people::Invitation;
use crate::access::service::tokens::NewToken;
use crate::access::service::{
    job, limits, links as link_service, passwords, roster, sessions, sessions::Since, sweep, tokens,
};
use crate::access::settings::{Limit, SessionSettings};
use crate::access::store::accounts;
use crate::core::actor::Scope;
use crate::core::error::Error;
use crate::core::ids::{AnyId, GrantId};
use crate::queue::Job as _;
use crate::store::schema::{audit_rows, mail_bodies};

fn invite(db: &Db, actor: &Actor, address: &str, organisation: OrgId, role: Role) -> Result<()> {
    let (actor, mail) = (actor.clone(), mail(address));
    db.write_now(move |tx| {
        let invitation = Invitation { mail: mail.clone(), name: name("Neue Person"), organisation, role };
        people::invite(tx, &actor, &invitation)
    })
}

fn accept(db: &Db, link: &str, hash: Option<&str>) -> Result<AccountId> {
    let (token, hash) = (token_of(link), hash.map(str::to_owned));
    db.write_now(move |tx| people::accept(tx, &Actor::anonymous(None), &token, hash.as_deref()))
}

fn open_grant(db: &Db, account: AccountId, role: Role) -> GrantId {
    let grants = db.read_now(|tx| crate::access::store::grants::list_open_of(tx, account)).unwrap();
    grants.into_iter().find(|grant| grant.role == role).unwrap().id
}

#[test]
fn the_first_start_makes_two_administrators_and_no_third() {
    for test in house().dbs {
        let db = &test.db;
        let stranger = db.write_now(|tx| first::first_administrators(tx, &Actor::anonymous(None), CERT));
        assert!(matches!(stranger, Err(Error::Forbidden(_))));
        let printed =
            db.write_now(|tx| first::first_administrators(tx, &Actor::system("test"), CERT)).unwrap();
        assert_eq!(printed.len(), 2);
        let actors = administrators(db);
        assert!(actors.iter().all(|actor| actor.has(Role::Administrator)));
        let old = printed[0].clone();
        let reused = db.read_now(|tx| first::peek_first(tx, &old));
        assert!(matches!(reused, Err(Error::NotFound)), "links of an earlier start no longer hold");
        let again = db.write_now(|tx| first::first_administrators(tx, &Actor::system("test"), CERT)).unwrap();
        assert!(again.is_empty());
    }
}

#[test]
fn an_analyst_counts_only_after_a_second_administrator_confirmed() {
    for test in house().dbs {
        let db = &test.db;
        let [a, b] = administrators(db);
        let analyst = account(db, "analyse@cert.example", &[]);
        let granter = a.clone();
        let grant =
            db.write_now(move |tx| people::grant_role(tx, &granter, analyst, CERT, Role::Analyst)).unwrap();
        assert!(actor(db, analyst).unwrap().roles.is_empty(), "not yet");
        let confirm = |who: &Actor| {
            let who = who.clone();
            db.write_now(move |tx| people::confirm_grant(tx, &who, grant))
        };
        assert!(matches!(confirm(&a), Err(Error::Forbidden(_))), "not by who gave it");
        assert!(matches!(confirm(&actor(db, analyst).unwrap()), Err(Error::NotFound)), "not by who gets it");
        confirm(&b).unwrap();
        assert_eq!(actor(db, analyst).unwrap().roles, [(CERT, Role::Analyst)]);
        assert!(matches!(confirm(&b), Err(Error::Conflict(_))), "once");
    }
}

#[test]
fn nobody_gives_a_role_to_themself() {
    for test in house().dbs {
        let [a, _] = administrators(&test.db);
        let own = a.account.unwrap();
        let refused = test.db.write_now(move |tx| people::grant_role(tx, &a, own, BERGRODE, Role::Reporter));
        assert!(matches!(refused, Err(Error::Forbidden("access-error-own-role"))));
    }
}

#[test]
fn two_administrators_always_remain() {
    for test in house().dbs {
        let db = &test.db;
        let [a, b] = administrators(db);
        let other = b.account.unwrap();
        let grant = open_grant(db, other, Role::Administrator);
        let (locker, ender) = (a.clone(), a);
        let locked = db.write_now(move |tx| people::lock(tx, &locker, other));
        let ended = db.write_now(move |tx| people::end_grant(tx, &ender, grant));
        for refused in [locked, ended] {
            assert!(matches!(refused, Err(Error::Conflict("access-error-last-administrators"))));
        }
        db.write_now(move |tx| people::lock(tx, &Actor::system("cli"), other)).unwrap();
        assert!(actor(db, other).is_none(), "the operator may");
    }
}

#[test]
fn an_invited_person_accepts_once_and_then_reports_for_the_town() {
    for test in house().dbs {
        let db = &test.db;
        let lead = actor(db, account(db, "leitung@bergrode.example", &[(BERGRODE, Role::OrgLead)])).unwrap();
        invite(db, &lead, "neu@bergrode.example", BERGRODE, Role::Reporter).unwrap();
        let link = links(db, "neu@bergrode.example").remove(0);
        assert!(link.starts_with("https://meldekette.example/einladung/"), "{link}");
        assert!(!may_sign_in(db, "neu@bergrode.example"));
        assert!(matches!(accept(db, &link, None), Err(Error::Invalid(_))), "a password is needed");
        let accepted = accept(db, &link, Some("hash")).unwrap();
        assert!(may_sign_in(db, "neu@bergrode.example"));
        assert_eq!(actor(db, accepted).unwrap().roles, [(BERGRODE, Role::Reporter)]);
        assert!(matches!(accept(db, &link, Some("other")), Err(Error::NotFound)), "once");
    }
}

#[test]
fn an_organisation_lead_cannot_tell_whether_an_address_has_an_account() {
    for test in house().dbs {
        let db = &test.db;
        let lead = actor(db, account(db, "leitung@bergrode.example", &[(BERGRODE, Role::OrgLead)])).unwrap();
        let known = account(db, "bekannt@talhausen.example", &[(TALHAUSEN, Role::Reporter)]);
        invite(db, &lead, "bekannt@talhausen.example", BERGRODE, Role::Reporter).unwrap();
        let is_member = || {
            let members = db.read_now(|tx| crate::access::service::members(tx, BERGRODE)).unwrap();
            members.iter().any(|(account, _)| *account == known)
        };
        assert!(!is_member(), "no mail of the town goes to somebody who was only invited");
        invite(db, &lead, "unbekannt@talhausen.example", BERGRODE, Role::Reporter).unwrap();
        let seen = db.read_now(|tx| roster::list(tx, &lead)).unwrap();
        let waiting: Vec<_> = seen.iter().filter(|person| !person.grants[0].grant.counts()).collect();
        assert_eq!(waiting.len(), 2);
        for person in waiting {
            assert_eq!(person.account.name, person.account.mail);
            assert_eq!(person.account.state, AccountState::Active);
            assert_eq!(person.grants.len(), 1, "nothing of other organisations");
        }
        assert_eq!(actor(db, known).unwrap().roles, [(TALHAUSEN, Role::Reporter)], "not without consent");
        accept(db, &links(db, "bekannt@talhausen.example")[0], None).unwrap();
        assert_eq!(actor(db, known).unwrap().roles.len(), 2);
        assert!(is_member());
    }
}

#[test]
fn an_organisation_lead_reaches_no_other_organisation_and_no_role_of_the_cert() {
    for test in house().dbs {
        let db = &test.db;
        let lead = actor(db, account(db, "leitung@bergrode.example", &[(BERGRODE, Role::OrgLead)])).unwrap();
        let foreign = account(db, "person@talhausen.example", &[(TALHAUSEN, Role::Reporter)]);
        for (org, role) in
            [(TALHAUSEN, Role::Reporter), (BERGRODE, Role::Analyst), (CERT, Role::Administrator)]
        {
            let refused = invite(db, &lead, "x@bergrode.example", org, role);
            assert!(matches!(refused, Err(Error::NotFound)), "{role:?}");
        }
        let grant = open_grant(db, foreign, Role::Reporter);
        let ender = lead.clone();
        let ended = db.write_now(move |tx| people::end_grant(tx, &ender, grant));
        assert!(matches!(ended, Err(Error::NotFound)));
        let seen = db.read_now(|tx| roster::list(tx, &lead)).unwrap();
        assert!(seen.iter().all(|person| person.account.id != foreign));
        let locked = db.write_now(move |tx| people::lock(tx, &lead, foreign));
        assert!(matches!(locked, Err(Error::NotFound)));
    }
}

#[test]
fn a_locked_account_is_out_at_once_and_comes_back_as_it_was() {
    for test in house().dbs {
        let db = &test.db;
        let [a, _] = administrators(db);
        let person = account(db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let me = actor(db, person).unwrap();
        let token = NewToken {
            name: name("Test"),
            scopes: vec![Scope::IncidentsRead],
            valid_for: SignedDuration::from_hours(24),
        };
        let token = db.write_now(move |tx| tokens::issue(tx, &me, person, &token)).unwrap();
        let session = move |tx: &mut Tx<'_>| {
            sessions::save(
                tx,
                "key",
                person,
                "{}",
                &Origin::default(),
                Since::default(),
                &SessionSettings::default(),
            )
        };
        db.write_now(session).unwrap();
        let inside = |db: &Db| {
            db.read_now(|tx| Ok((sessions::load(tx, "key")?.is_some(), tokens::load(tx, &token)?.is_some())))
                .unwrap()
        };
        assert_eq!(inside(db), (true, true));
        let (locker, opener) = (a.clone(), a);
        db.write_now(move |tx| people::lock(tx, &locker, person)).unwrap();
        assert_eq!(inside(db), (false, false));
        assert!(!may_sign_in(db, "person@bergrode.example"));
        db.write_now(move |tx| people::unlock(tx, &opener, person)).unwrap();
        assert_eq!(inside(db), (false, true), "the session is gone for good");
        assert_eq!(actor(db, person).unwrap().roles, [(BERGRODE, Role::Reporter)]);
    }
}

#[test]
fn a_session_ends_after_idle_time_and_at_its_absolute_end() {
    let house = house();
    let settings =
        SessionSettings { idle: SignedDuration::from_mins(30), longest: SignedDuration::from_hours(2) };
    for test in &house.dbs {
        let db = &test.db;
        let person = account(db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let load = || db.read_now(|tx| sessions::load(tx, "key")).unwrap();
        let begin = || {
            db.write_now(move |tx| {
                sessions::delete(tx, "key")?;
                sessions::save(tx, "key", person, "{}", &Origin::default(), Since::default(), &settings)
            })
            .unwrap();
        };
        begin();
        house.wait(SignedDuration::from_mins(31));
        assert!(load().is_none(), "idle");
        begin();
        for _ in 0..5 {
            house.wait(SignedDuration::from_mins(23));
            let session = load().expect("in use");
            assert!(sessions::wants_touch(&session, db.env().now()));
            db.write_now(move |tx| sessions::touch(tx, &session, &settings)).unwrap();
        }
        house.wait(SignedDuration::from_mins(6));
        assert!(load().is_none(), "two hours are over, however busy");
        assert_eq!(db.write_now(sweep).unwrap(), 1, "and its row goes");
    }
}

#[test]
fn a_new_password_ends_all_other_sessions() {
    for test in house().dbs {
        let db = &test.db;
        let person = account(db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let me = actor(db, person).unwrap();
        let begin = |key: &'static str| {
            let save = move |tx: &mut Tx<'_>| {
                sessions::save(
                    tx,
                    key,
                    person,
                    "{}",
                    &Origin::default(),
                    Since::default(),
                    &SessionSettings::default(),
                )
            };
            db.write_now(save).unwrap();
        };
        begin("here");
        begin("elsewhere");
        let here = db.read_now(|tx| sessions::load(tx, "here")).unwrap().unwrap().id;
        let seen =
            db.read_now(|tx| sign_in::candidate(tx, &mail("person@bergrode.example"))).unwrap().unwrap().hash;
        let (stale, who) = (me.clone(), me.clone());
        let refused = db.write_now(move |tx| passwords::change(tx, &stale, "another", "new", Some(here)));
        assert!(matches!(refused, Err(Error::Stale)), "somebody changed it in between");
        db.write_now(move |tx| passwords::change(tx, &who, &seen, "new", Some(here))).unwrap();
        let left = db.read_now(|tx| sessions::list(tx, &me, person)).unwrap();
        assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [here]);
    }
}

#[test]
fn a_forgotten_password_is_replaced_by_the_last_link_only() {
    let house = house();
    for test in &house.dbs {
        let db = &test.db;
        account(db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        for address in ["person@bergrode.example", "niemand@bergrode.example", "person@bergrode.example"] {
            let job = move |tx: &mut Tx<'_>| job::SendReset { mail: address.to_owned() }.run(tx);
            db.write_now(job).unwrap();
            house.wait(SignedDuration::from_secs(1));
        }
        assert!(links(db, "niemand@bergrode.example").is_empty(), "nothing for nobody");
        let links = links(db, "person@bergrode.example");
        assert_eq!(links.len(), 2);
        let reset = |link: &str| {
            let token = token_of(link);
            db.write_now(move |tx| passwords::reset(tx, &Actor::anonymous(None), &token, "new"))
        };
        assert!(matches!(reset(&links[0]), Err(Error::NotFound)), "the second mail replaced it");
        house.wait(SignedDuration::from_mins(119));
        reset(&links[1]).unwrap();
        assert!(matches!(reset(&links[1]), Err(Error::NotFound)), "once");
    }
}

#[test]
fn a_link_is_for_one_purpose_one_use_and_its_time() {
    let house = house();
    for test in &house.dbs {
        let db = &test.db;
        let step = AnyId(db.env().uuid());
        let make = move |tx: &mut Tx<'_>| {
            link_service::create_link(tx, Purpose::Step, None, Some(step), SignedDuration::from_hours(1))
        };
        let (one, two) = (db.write_now(make).unwrap(), db.write_now(make).unwrap());
        let peek =
            |purpose: Purpose, token: &str| db.read_now(|tx| link_service::peek_link(tx, purpose, token));
        assert!(matches!(peek(Purpose::Reset, &one), Err(Error::NotFound)));
        assert_eq!(peek(Purpose::Step, &one).unwrap().subject, Some(step));
        assert!(peek(Purpose::Step, &one).is_ok(), "looking uses nothing up");
        let token = one.clone();
        db.write_now(move |tx| link_service::use_link(tx, Purpose::Step, &token)).unwrap();
        assert!(matches!(peek(Purpose::Step, &one), Err(Error::NotFound)));
        house.wait(SignedDuration::from_mins(61));
        assert!(matches!(peek(Purpose::Step, &two), Err(Error::NotFound)), "too late");
    }
}

#[test]
fn of_two_who_use_one_link_at_once_one_succeeds() {
    for test in house().dbs {
        let db = &test.db;
        let make = |tx: &mut Tx<'_>| {
            link_service::create_link(tx, Purpose::Step, None, None, SignedDuration::from_hours(1))
        };
        let token = db.write_now(make).unwrap();
        let used: Vec<bool> = std::thread::scope(|scope| {
            let both: Vec<_> = (0..4)
                .map(|_| {
                    let (db, token) = (db.clone(), token.clone());
                    scope.spawn(move || {
                        db.write_now(move |tx| link_service::use_link(tx, Purpose::Step, &token)).is_ok()
                    })
                })
                .collect();
            both.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(used.into_iter().filter(|used| *used).count(), 1);
    }
}

#[test]
fn a_token_is_scoped_expires_and_is_its_owners_alone() {
    let house = house();
    for test in &house.dbs {
        let db = &test.db;
        let [administrator, _] = administrators(db);
        let person = account(db, "person@bergrode.example", &[(BERGRODE, Role::Reporter)]);
        let me = actor(db, person).unwrap();
        let new = |days: i64, scopes: &[Scope]| NewToken {
            name: name("Test"),
            scopes: scopes.to_vec(),
            valid_for: SignedDuration::from_hours(24 * days),
        };
        let issue = |who: &Actor, new: NewToken| {
            let who = who.clone();
            db.write_now(move |tx| tokens::issue(tx, &who, person, &new))
        };
        assert!(matches!(issue(&me, new(366, &[Scope::IncidentsRead])), Err(Error::Invalid(_))));
        assert!(matches!(issue(&me, new(1, &[])), Err(Error::Invalid(_))));
        let foreign = issue(&administrator, new(1, &[Scope::IncidentsRead]));
        assert!(matches!(foreign, Err(Error::NotFound)), "not even an administrator");
        let token = issue(&me, new(1, &[Scope::IncidentsRead])).unwrap();
        assert!(token.starts_with("mk_"));
        let loaded = db.read_now(|tx| tokens::load(tx, &token)).unwrap().unwrap();
        assert_eq!(loaded.scopes, [Scope::IncidentsRead]);
        assert_eq!(loaded.roles, [(BERGRODE, Role::Reporter)]);
        house.wait(SignedDuration::from_hours(25));
        assert!(db.read_now(|tx| tokens::load(tx, &token)).unwrap().is_none());
        let cli = issue(&Actor::system("cli"), new(1, &[Scope::IncidentsRead])).unwrap();
        let id = db.read_now(|tx| tokens::load(tx, &cli)).unwrap().unwrap().id;
        db.write_now(move |tx| tokens::revoke(tx, &me, person, id)).unwrap();
        assert!(db.read_now(|tx| tokens::load(tx, &cli)).unwrap().is_none());
    }
}

#[test]
fn attempts_are_counted_for_all_processes_and_forgotten_after_success() {
    let house = house();
    for test in &house.dbs {
        let db = &test.db;
        let guess = limits::Attempt::new("sign_in", "x", Limit::new(3, 15));
        let attempt = || {
            let guess = guess.clone();
            db.write_now(move |tx| limits::attempt(tx, std::slice::from_ref(&guess))).unwrap()
        };
        assert_eq!([attempt(), attempt(), attempt()], [None; 3]);
        let wait = attempt().expect("a wait");
        house.wait(SignedDuration::from_secs(wait.into()));
        assert_eq!(attempt(), None, "after waiting as told");
        let forgotten = guess.clone();
        db.write_now(move |tx| limits::forget(tx, &forgotten)).unwrap();
        assert_eq!([attempt(), attempt(), attempt()], [None; 3]);
    }
}

#[test]
fn of_many_at_the_same_moment_no_more_come_through_than_are_allowed() {
    let house = house();
    for test in &house.dbs {
        let db = &test.db;
        let tries = ["address", "account"].map(|kind| limits::Attempt::new(kind, "y", Limit::new(5, 60)));
        let (through, waited) = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8)
                .map(|at| {
                    let mut tries = tries.to_vec();
                    // In whatever order they are asked for.
                    tries.rotate_left(at % 2);
                    scope.spawn(move || {
                        let once = |_| {
                            let tries = tries.clone();
                            db.write_now(move |tx| limits::attempt(tx, &tries)).unwrap()
                        };
                        (0..5).map(once).filter(Option::is_none).count()
                    })
                })
                .collect();
            let through: usize = all.into_iter().map(|one| one.join().unwrap()).sum();
            (through, 40 - through)
        });
        assert_eq!((through, waited), (5, 35));
    }
}

#[test]
fn mails_say_who_writes_what_the_link_is_for_and_until_when() {
    let house = house();
    let db = &house.dbs[0].db;
    let lead = actor(db, account(db, "leitung@bergrode.example", &[(BERGRODE, Role::OrgLead)])).unwrap();
    invite(db, &lead, "neu@bergrode.example", BERGRODE, Role::Reporter).unwrap();
    house.wait(SignedDuration::from_secs(1));
    let reset = |tx: &mut Tx<'_>| job::SendReset { mail: "leitung@bergrode.example".to_owned() }.run(tx);
    db.write_now(reset).unwrap();
    let mails: Vec<(String, String)> = db
        .read_now(|tx| {
            let all = mail_bodies::table.order(mail_bodies::created_at);
            Ok(all.select((mail_bodies::subject, mail_bodies::body)).load(tx.conn)?)
        })
        .unwrap();
    let text: Vec<_> = mails.iter().map(|(subject, body)| format!("{subject}\n\n{body}\n")).collect();
    insta::assert_snapshot!(text.join("\n---\n\n").replace('\u{1}', "|"));
}

#[test]
fn two_at_once_who_create_the_same_account_are_told_so_like_two_one_after_the_other() {
    let house = house();
    // On SQLite there is one writer: nobody can be at once.
    for test in house.dbs.iter().filter(|test| !test.db.is_sqlite()) {
        let both = std::sync::Arc::new(std::sync::Barrier::new(2));
        let create = |_| {
            let (db, both) = (test.db.clone(), both.clone());
            std::thread::spawn(move || {
                let mut is_first_try = true;
                db.write_now(move |tx| {
                    let (mail, name) = (mail("new@bergrode.example"), name("Neu"));
                    if std::mem::take(&mut is_first_try) {
                        assert!(accounts::lookup_by_mail(tx, mail.as_str())?.is_none());
                        both.wait();
                        return accounts::add(tx, mail.as_str(), name.as_str());
                    }
                    people::create_account(tx, &Actor::system("cli"), &mail, &name, None)
                })
            })
        };
        let outcomes: Vec<_> = [0, 1].map(create).into_iter().map(|it| it.join().unwrap()).collect();
        let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
        assert!(matches!(refused[..], [Error::Invalid(_)]), "{outcomes:?}");
    }
}

#[test]
fn each_invitation_and_each_role_that_the_command_line_confirms_is_in_the_trail() {
    for test in house().dbs {
        let db = &test.db;
        let lead = actor(db, account(db, "leitung@bergrode.example", &[(BERGRODE, Role::OrgLead)])).unwrap();
        for _ in 0..2 {
            invite(db, &lead, "neu@bergrode.example", BERGRODE, Role::Reporter).unwrap();
        }
        let trail = db.write_now(|tx| {
            let account = accounts::lookup_by_mail(tx, "neu@bergrode.example")?.unwrap().id;
            people::grant_role(tx, &Actor::system("cli"), account, BERGRODE, Role::Reporter)?;
            let of_account = audit_rows::subject_id.eq(AnyId(account.0));
            let rows = audit_rows::table.filter(of_account).order(audit_rows::id).select(audit_rows::action);
            Ok(rows.load::<String>(tx.conn)?)
        });
        let expected = ["account.create", "grant.add", "account.invite", "account.invite", "grant.confirm"];
        assert_eq!(trail.unwrap(), expected);
    }
}
