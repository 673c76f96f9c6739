//! What authors, approvers and town halls can count on, on each engine at hand.

use diesel::prelude::*;
use jiff::Timestamp;

use super::*;
use crate::advisories::model::{Content, DeliveryState, Filter, Frame, Row};
use crate::advisories::testing::{self, House, draft, everywhere};
use crate::core::text::Block;
use crate::core::when;
use crate::store::At;
use crate::store::schema::{advisory_contents, audit_rows, deliveries as delivery_rows, outbox};

const ALL: i64 = 50;

fn names(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.reference.to_string()).collect()
}

#[test]
fn a_published_advisory_is_one_waiting_mail_for_each_enrolled_administration() {
    everywhere(|house| {
        house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        house.town("Gemeinde Altenau", &[("it@altenau.example", true), ("zweite@altenau.example", false)]);
        let version = house.published(Tlp::Green);
        assert_eq!(version.reference.as_str(), "TH-CERT-2026-0001");
        assert_eq!(version.state, State::Published);
        let mails = house.mails();
        let to: Vec<_> =
            mails.iter().map(|(to, slots, state)| (to.as_str(), slots.as_str(), state.as_str())).collect();
        assert_eq!(
            to,
            [
                ("it@altenau.example", r#"{"organisation":"Gemeinde Altenau"}"#, "queued"),
                ("it@bergrode.example", r#"{"organisation":"Stadt Bergrode"}"#, "queued"),
            ]
        );
        let trail: Vec<String> = house
            .db()
            .read_now(|tx| {
                Ok(audit_rows::table
                    .filter(audit_rows::subject_id.eq(crate::core::ids::AnyId(version.advisory.0)))
                    .order(audit_rows::id)
                    .select(audit_rows::action)
                    .load(tx.conn)?)
            })
            .expect("trail");
        for action in ["advisory.create", "advisory.submit", "advisory.approve", "advisory.publish"] {
            assert!(trail.iter().any(|done| done == action), "{action} in {trail:?}");
        }
    });
}

#[test]
fn whoever_wrote_a_part_may_not_approve_it_whatever_their_role() {
    everywhere(|house| {
        house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let version = house.draft(Tlp::Green);
        let (lead, author) = (house.lead(), house.author());
        let refused = house.write(move |tx| {
            let edited = edit(tx, &lead, &version.reference, version.lock, &draft(Tlp::Green))?;
            let review = submit(tx, &author, &edited.reference, edited.lock)?;
            approve(tx, &lead, &review.reference, review.lock, None)
        });
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let (author, version) = (house.author(), house.in_review(Tlp::Green));
        let refused = house.write(move |tx| approve(tx, &author, &version.reference, version.lock, None));
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    });
}

#[test]
fn of_two_authors_the_slower_one_is_told_and_overwrites_nothing() {
    everywhere(|house| {
        let (version, author, lead) = (house.draft(Tlp::Green), house.author(), house.lead());
        let mut other = draft(Tlp::Green);
        other.content.title = "Von der Leitung".into();
        let (reference, seen) = (version.reference.clone(), version.lock);
        house
            .write({
                let reference = reference.clone();
                move |tx| edit(tx, &lead, &reference, seen, &other)
            })
            .expect("the faster one");
        let slower = house.write({
            let (author, reference) = (author.clone(), reference.clone());
            move |tx| edit(tx, &author, &reference, seen, &draft(Tlp::Red))
        });
        assert!(matches!(slower, Err(Error::Stale)), "{slower:?}");
        let now = house.write(move |tx| show(tx, &author, &reference)).expect("shown");
        assert_eq!((now.content.title.as_str(), now.frame.tlp), ("Von der Leitung", Tlp::Green));
    });
}

#[test]
fn nothing_is_sent_that_differs_by_a_word_from_what_was_approved() {
    everywhere(|house| {
        house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let (author, version) = (house.author(), house.approved(Tlp::Green));
        let refused = house.write(move |tx| {
            diesel::update(advisory_contents::table.find(version.id))
                .set(advisory_contents::measures.eq("Nichts tun."))
                .execute(tx.conn)?;
            publish(tx, &author, &version.reference, version.lock)
        });
        assert!(
            matches!(refused, Err(Error::Conflict("advisory-refused-other-than-approved"))),
            "{refused:?}"
        );
        let (author, version) = (house.author(), house.approved(Tlp::Amber));
        let refused = house.write(move |tx| {
            diesel::update(delivery_rows::table.filter(delivery_rows::version_id.eq(version.id)))
                .set(delivery_rows::address.eq("fremd@anderswo.example"))
                .execute(tx.conn)?;
            publish(tx, &author, &version.reference, version.lock)
        });
        assert!(
            matches!(refused, Err(Error::Conflict("advisory-refused-other-than-approved"))),
            "{refused:?}"
        );
        assert_eq!(house.mails(), []);
    });
}

#[test]
fn an_approver_approves_the_recipients_they_were_shown_or_none() {
    everywhere(|house| {
        house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let (approver, version) = (house.approver(), house.in_review(Tlp::Green));
        let (reference, seen) = (version.reference.clone(), version.lock);
        let shown = house
            .write({
                let (approver, reference) = (approver.clone(), reference.clone());
                move |tx| proposal(tx, &approver, &reference)
            })
            .expect("a proposal");
        assert_eq!(shown.recipients.len(), 1);
        assert!(shown.may_approve);
        house.town("Gemeinde Altenau", &[("it@altenau.example", true)]);
        let digest = shown.digest;
        let approve_shown = move |tx: &mut Tx<'_>, approver: &Actor, reference: &Reference| {
            approve(tx, approver, reference, seen, Some(&digest))
        };
        let refused = house.write({
            let (approver, reference) = (approver.clone(), reference.clone());
            move |tx| approve_shown(tx, &approver, &reference)
        });
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
        let approved = house.write(move |tx| {
            let digest = proposal(tx, &approver, &reference)?.digest;
            approve(tx, &approver, &reference, seen, Some(&digest))
        });
        assert_eq!(approved.expect("approved").approved_name.as_deref(), Some("Freigabe 2"));
    });
}

#[test]
fn red_is_never_sent_to_a_function_and_says_who_is_left_out() {
    everywhere(|house| {
        house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let (approver, version) = (house.approver(), house.in_review(Tlp::Red));
        let refused = house.write(move |tx| approve(tx, &approver, &version.reference, version.lock, None));
        let Err(Error::Invalid(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!(faults[0].field, "audience");
        assert!(faults[0].args.contains(&("names", "Stadt Bergrode".into())), "{faults:?}");

        let altenau =
            house.town("Gemeinde Altenau", &[("it@altenau.example", true), ("meier@altenau.example", false)]);
        let (named, colleague) = (
            house.reporter(201, "meier@altenau.example", altenau),
            house.reporter(202, "it@altenau.example", altenau),
        );
        let version = house.published(Tlp::Red);
        let to: Vec<_> = house.mails().into_iter().map(|(to, ..)| to).collect();
        assert_eq!(to, ["meier@altenau.example"]);
        assert!(house.open(&named, &version.reference).is_ok());
        assert!(matches!(house.open(&colleague, &version.reference), Err(Error::NotFound)));
        let received =
            |actor: Actor| house.db().read_now(|tx| list_received(tx, &actor, None, ALL)).expect("list").rows;
        assert_eq!(names(&received(named)), [version.reference.to_string()]);
        assert_eq!(names(&received(colleague)), [] as [String; 0]);
    });
}

#[test]
fn a_town_hall_sees_what_was_sent_to_it_and_nothing_else_exists_for_it() {
    everywhere(|house| {
        let bergrode = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let altenau = house.town("Gemeinde Altenau", &[("it@altenau.example", true)]);
        let (here, there) = (
            house.reporter(201, "x@bergrode.example", bergrode),
            house.reporter(202, "x@altenau.example", altenau),
        );
        let author = house.author();
        let approver = house.approver();
        let mut to_bergrode = draft(Tlp::Amber);
        to_bergrode.frame.audience = AudienceFilter::Hand(vec![bergrode]);
        let sent = house
            .write(move |tx| {
                let version = create(tx, &author, &to_bergrode)?;
                let version = submit(tx, &author, &version.reference, version.lock)?;
                let version = approve(tx, &approver, &version.reference, version.lock, None)?;
                publish(tx, &author, &version.reference, version.lock)
            })
            .expect("published");
        let hidden = house.in_review(Tlp::Clear);
        assert_eq!(house.open(&here, &sent.reference).expect("opened").organisations, [bergrode]);
        assert!(matches!(house.open(&there, &sent.reference), Err(Error::NotFound)));
        assert!(matches!(house.open(&here, &hidden.reference), Err(Error::NotFound)));
        for actor in [here, there] {
            let (reference, lock) = (sent.reference.clone(), sent.lock);
            let refusals = house.db().read_now(|tx| {
                Ok([
                    deliveries(tx, &actor, &reference).map(drop),
                    list(tx, &actor, Filter::default(), None, ALL).map(drop),
                    policy_of(tx, &actor, &reference, lock),
                ])
            });
            for refusal in refusals.expect("read") {
                assert!(matches!(refusal, Err(Error::NotFound)), "{refusal:?}");
            }
            let rows = house.db().read_now(|tx| list_received(tx, &actor, None, ALL)).expect("list").rows;
            let is_here = actor.organisations() == [bergrode];
            assert_eq!(names(&rows), if is_here { vec![sent.reference.to_string()] } else { Vec::new() });
        }
    });
}

fn policy_of(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference, seen: i32) -> Result<()> {
    submit(tx, actor, reference, seen).map(drop)
}

#[test]
fn the_first_opening_of_a_delivery_stays() {
    everywhere(|house| {
        let bergrode = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let reporter = house.reporter(201, "x@bergrode.example", bergrode);
        let version = house.published(Tlp::Green);
        let opened = |house: &House| house.board(&version.reference).rows[0].delivery.opened_at;
        assert_eq!(opened(house), None);
        let first: Timestamp = house.db().env().now();
        house.open(&reporter, &version.reference).expect("opened");
        house.clock.advance(jiff::SignedDuration::from_hours(2));
        house.open(&reporter, &version.reference).expect("opened again");
        assert_eq!(opened(house), Some(first));
    });
}

#[test]
fn what_nobody_opened_is_unread_until_somebody_does_and_what_was_replaced_waits_for_nobody() {
    everywhere(|house| {
        let bergrode = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let altenau = house.town("Gemeinde Altenau", &[("it@altenau.example", true)]);
        let here = house.reporter(201, "x@bergrode.example", bergrode);
        let colleague = house.reporter(202, "y@bergrode.example", bergrode);
        let there = house.reporter(203, "x@altenau.example", altenau);
        // By the list's marks and by what waits on the first page, which must agree.
        let waits = |actor: &Actor| -> Vec<i32> {
            let waiting = house.db().read_now(|tx| unread(tx, actor, ALL)).expect("unread");
            let listed = house.db().read_now(|tx| {
                let rows = list_received(tx, actor, None, ALL)?.rows;
                let marked = unread_of(tx, actor, &rows)?;
                Ok(rows.into_iter().filter(|row| marked.contains(&row.version)).collect::<Vec<_>>())
            });
            let numbers = |rows: &[Row]| rows.iter().map(|row| row.number).collect();
            let waiting: Vec<i32> = numbers(&waiting);
            assert_eq!(waiting, numbers(&listed.expect("the list")) as Vec<i32>);
            waiting
        };
        let first = house.published(Tlp::Green);
        assert_eq!((waits(&here), waits(&there)), (vec![1], vec![1]));
        house.open(&colleague, &first.reference).expect("opened");
        assert_eq!(
            (waits(&here), waits(&there)),
            (vec![], vec![1]),
            "read for the whole house, not for others"
        );
        let (author, approver, reference) = (house.author(), house.approver(), first.reference.clone());
        house
            .write(move |tx| {
                let next = revise(tx, &author, &reference, first.lock)?;
                let next = submit(tx, &author, &reference, next.lock)?;
                let next = approve(tx, &approver, &reference, next.lock, None)?;
                publish(tx, &author, &reference, next.lock)
            })
            .expect("the second version");
        assert_eq!((waits(&here), waits(&there)), (vec![2], vec![2]));
        house.open(&there, &first.reference).expect("opened");
        assert_eq!(
            (waits(&here), waits(&there)),
            (vec![2], vec![]),
            "the first version does not stay for ever"
        );
    });
}

#[test]
fn giving_an_approved_version_back_ends_its_approval_and_recipient_list() {
    everywhere(|house| {
        house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let (approver, author, version) = (house.approver(), house.author(), house.approved(Tlp::Green));
        let reason = Block::parse("Schritt 2 ist unklar.").expect("text");
        let back = house
            .write(move |tx| give_back(tx, &approver, &version.reference, version.lock, &reason))
            .expect("given back");
        assert_eq!((back.state, back.return_reason.as_str()), (State::Draft, "Schritt 2 ist unklar."));
        assert_eq!((back.approved_at, back.approved_hash.clone()), (None, None));
        assert!(house.board(&back.reference).rows.is_empty());
        let refused = house.write(move |tx| publish(tx, &author, &back.reference, back.lock));
        assert!(matches!(refused, Err(Error::Conflict("advisory-refused-not-approved"))), "{refused:?}");
    });
}

#[test]
fn a_draft_that_does_not_say_what_to_do_is_not_reviewed() {
    everywhere(|house| {
        let author = house.author();
        let refused = house.write(move |tx| {
            let content = Content { measures: String::new(), ..testing::content() };
            let version = create(tx, &author, &Draft { frame: testing::frame(Tlp::Green), content })?;
            submit(tx, &author, &version.reference, version.lock)
        });
        let Err(Error::Invalid(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!(faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), ["measures"]);
    });
}

#[test]
fn whatever_the_mail_server_says_the_sum_is_the_audience_and_those_without_mail_stand_on_top() {
    everywhere(|house| {
        for (name, mail) in
            [("A-Stadt", "it@a.example"), ("B-Stadt", "it@b.example"), ("C-Stadt", "it@c.example")]
        {
            house.town(name, &[(mail, true)]);
        }
        let waiting = house.approved(Tlp::Green);
        assert_eq!(house.board(&waiting.reference).tally().count(DeliveryState::Waiting), 3);
        let author = house.author();
        let reference = waiting.reference.clone();
        house.write(move |tx| publish(tx, &author, &waiting.reference, waiting.lock)).expect("published");
        house
            .write(|tx| {
                for (mail, state, answer) in [
                    ("it@a.example", "accepted", "250 ok"),
                    ("it@c.example", "failed", "550 Postfach unbekannt"),
                ] {
                    diesel::update(outbox::table.filter(outbox::recipient.eq(mail)))
                        .set((
                            outbox::state.eq(state),
                            outbox::answer.eq(Some(answer)),
                            outbox::answered_at.eq(Some(At(tx.now()))),
                            outbox::possibly_duplicate.eq(state == "accepted"),
                        ))
                        .execute(tx.conn)?;
                }
                Ok(())
            })
            .expect("answers");
        let board = house.board(&reference);
        let tally = board.tally();
        assert_eq!(tally.total(), 3);
        let order: Vec<_> =
            board.rows.iter().map(|row| (row.delivery.name.as_str(), row.delivery.state)).collect();
        assert_eq!(
            order,
            [
                ("C-Stadt", DeliveryState::Failed),
                ("A-Stadt", DeliveryState::Accepted),
                ("B-Stadt", DeliveryState::Queued),
            ]
        );
        let call = board.to_call();
        assert_eq!((call.len(), call[0].phone.as_str()), (1, "0361 37900"));
        assert_eq!(call[0].delivery.answer.as_deref(), Some("550 Postfach unbekannt"));
        assert!(board.rows[1].delivery.possibly_duplicate);
    });
}

#[test]
fn a_next_version_supersedes_the_one_before_when_it_goes_out_and_not_sooner() {
    everywhere(|house| {
        let bergrode = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let reporter = house.reporter(201, "x@bergrode.example", bergrode);
        let (first, author, approver) = (house.published(Tlp::Green), house.author(), house.approver());
        let reference = first.reference.clone();
        let second = house
            .write({
                let author = author.clone();
                move |tx| {
                    let next = revise(tx, &author, &first.reference, first.lock)?;
                    let mut draft = draft(Tlp::Green);
                    draft.content.title = "Frist vorgezogen".into();
                    let next = edit(tx, &author, &next.reference, next.lock, &draft)?;
                    submit(tx, &author, &next.reference, next.lock)
                }
            })
            .expect("second version");
        assert_eq!(second.number, 2);
        assert_eq!(house.open(&reporter, &reference).expect("opened").version.number, 1);
        assert_eq!(house.board(&reference).version.number, 1, "what is out stays in view");
        let (shown, published) = house
            .write(move |tx| {
                let shown = proposal(tx, &approver, &second.reference)?;
                let approved = approve(tx, &approver, &second.reference, second.lock, Some(&shown.digest))?;
                Ok((shown, publish(tx, &author, &approved.reference, approved.lock)?))
            })
            .expect("published");
        let previous = shown.previous.expect("a version before");
        let changed = crate::advisories::diff::between(&previous.content, &shown.version.content);
        assert_eq!(changed.iter().map(|diff| diff.field).collect::<Vec<_>>(), ["title"]);
        assert_eq!(house.open(&reporter, &reference).expect("opened").version.number, 2);
        assert_eq!(published.number, 2);
        let superseded = audit_rows::table.filter(audit_rows::action.eq("advisory.supersede")).count();
        assert_eq!(house.db().read_now(|tx| Ok(superseded.get_result::<i64>(tx.conn)?)).expect("count"), 1);
        let states: Vec<String> = house
            .db()
            .read_now(|tx| {
                use crate::store::schema::advisory_versions as versions;
                Ok(versions::table.order(versions::number).select(versions::state).load(tx.conn)?)
            })
            .expect("states");
        assert_eq!(states, ["superseded", "published"]);
    });
}

#[test]
fn references_are_counted_by_the_year_in_thueringen() {
    everywhere(|house| {
        house.clock.set(when::parse("31.12.2026 23:59").expect("date"));
        assert_eq!(house.draft(Tlp::Green).reference.as_str(), "TH-CERT-2026-0001");
        house.clock.set(when::parse("01.01.2027 00:00").expect("date"));
        assert_eq!(house.draft(Tlp::Green).reference.as_str(), "TH-CERT-2027-0001");
        house.clock.set(when::parse("21.11.2026 10:00").expect("date"));
    });
}

#[test]
fn the_certs_list_is_cut_into_pages_that_forget_and_repeat_nothing() {
    everywhere(|house| {
        let mut made: Vec<_> = (0..5).map(|_| house.draft(Tlp::Green).reference.to_string()).collect();
        made.reverse();
        let (author, mut seen, mut after) = (house.author(), Vec::new(), None);
        loop {
            let page =
                house.db().read_now(|tx| list(tx, &author, Filter::default(), after, 2)).expect("a page");
            seen.extend(names(&page.rows));
            let Some(cursor) = page.next else { break };
            after = crate::core::page::read_cursor(&cursor).and_then(|id| id.parse().ok());
        }
        seen.sort_by(|a, b| b.cmp(a));
        assert_eq!(seen, made);
    });
}

#[test]
fn the_editor_counts_the_audience_with_names() {
    everywhere(|house| {
        house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        house.town("Gemeinde Altenau", &[("meier@altenau.example", false)]);
        let author = house.author();
        let of = |tlp| {
            let frame: Frame = testing::frame(tlp);
            house.db().read_now(|tx| audience(tx, &author, &frame)).expect("an audience")
        };
        let names =
            |resolved: &Resolved| resolved.recipients.iter().map(|r| r.name.clone()).collect::<Vec<_>>();
        assert_eq!(of(Tlp::Green).recipients.len(), 2);
        let red = of(Tlp::Red);
        assert_eq!(
            (names(&red), red.left_out),
            (vec!["Gemeinde Altenau".into()], vec!["Stadt Bergrode".into()])
        );
    });
}

#[test]
fn what_a_town_hall_has_not_opened_stays_in_sight_however_much_newer_it_has_opened() {
    everywhere(|house| {
        let bergrode = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let reporter = house.reporter(201, "x@bergrode.example", bergrode);
        let all: Vec<_> = (0..3).map(|_| house.published(Tlp::Green).reference).collect();
        let unread = || names(&house.db().read_now(|tx| unread(tx, &reporter, 2)).expect("a list"));
        assert_eq!(unread(), [all[2].to_string(), all[1].to_string()]);
        for newer in &all[1..] {
            house.open(&reporter, newer).expect("opened");
        }
        assert_eq!(unread(), [all[0].to_string()]);
    });
}
