//! What a house makes of its own case: it, and nobody else, reads, changes and keeps it.

use diesel::prelude::*;

use super::*;
use crate::audit;
use crate::incidents::papers::model::{Opened, Paper, Text};
use crate::incidents::papers::service::{self as papers, Taken};
use crate::store::schema::paper_contents;

fn open(house: &House, who: &str, case: &Incident, paper: Paper) -> Result<Opened> {
    let reference = case.reference.clone();
    house.act(who, move |tx, actor| papers::open(tx, actor, &reference, paper, &settings(), Taken::Shown))
}

fn save(house: &House, who: &str, case: &Incident, paper: Paper, seen: i32, said: &str) -> Result<()> {
    let reference = case.reference.clone();
    let text = Text::read(paper, |_| said).unwrap();
    house.act(who, move |tx, actor| papers::save(tx, actor, &reference, paper, seen, &text))
}

#[actix_web::test]
async fn a_house_changes_its_paper_and_a_slower_colleague_overwrites_nothing() {
    for house in houses().await {
        let case = house.file("amt", house.village, |_| {});
        let first = open(&house, "amt", &case, Paper::Situation).unwrap();
        assert!(
            first.saved.is_none() && first.text.get("happened").contains("Verschlüsselte Dateien im Bauamt")
        );
        assert_eq!(first.head.house, "Gemeinde Berga");
        save(&house, "amt", &case, Paper::Situation, 0, "Das Bauamt steht still.").unwrap();
        house.clock.advance(SignedDuration::from_mins(5));
        assert!(matches!(save(&house, "amt", &case, Paper::Situation, 0, "Anders."), Err(Error::Stale)));
        save(&house, "amt", &case, Paper::Situation, 1, "Das Bauamt arbeitet wieder.").unwrap();
        assert!(matches!(save(&house, "amt", &case, Paper::Situation, 1, "Anders."), Err(Error::Stale)));
        assert!(matches!(save(&house, "amt", &case, Paper::Notice, 7, "Anders."), Err(Error::Stale)));
        let shown = open(&house, "amt", &case, Paper::Situation).unwrap();
        let saved = shown.saved.unwrap();
        assert_eq!((saved.version, saved.author.as_str()), (2, "amt"));
        assert_eq!(shown.text.get("works"), "Das Bauamt arbeitet wieder.");
        assert_eq!(shown.head.at, saved.at, "a paper is of when it was saved");
        let kept: Vec<(i32, String)> = house
            .db()
            .read_now(|tx| {
                let all = paper_contents::table.order(paper_contents::version);
                Ok(all.select((paper_contents::version, paper_contents::parts)).load(tx.conn)?)
            })
            .unwrap();
        assert_eq!(kept.len(), 2, "both versions are kept");
        assert!(kept[0].1.contains("steht still") && kept[1].1.contains("arbeitet wieder"));
        assert!(open(&house, "amt", &case, Paper::Notice).unwrap().saved.is_none(), "each paper by itself");
    }
}

#[actix_web::test]
async fn only_the_house_that_reported_reads_and_writes_papers_and_the_trail_says_who_did_without_a_word() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |_| {});
        save(&house, "stadt", &case, Paper::Notice, 0, "KNRpapier").unwrap();
        for who in ["analyse1", "leitung", "revision"] {
            assert!(matches!(open(&house, who, &case, Paper::Notice), Err(Error::Forbidden(_))), "{who}");
        }
        for who in ["amt", "dienst", "freigabe", "verwaltung"] {
            assert!(matches!(open(&house, who, &case, Paper::Notice), Err(Error::NotFound)), "{who}");
            let saved = save(&house, who, &case, Paper::Notice, 1, "Anders.");
            assert!(matches!(saved, Err(Error::NotFound)), "{who}");
        }
        let offered = |who: &str| house.show(who, &case).unwrap().papers;
        assert_eq!(offered("stadt"), [Paper::Situation, Paper::Notice]);
        assert!(offered("analyse1").is_empty());
        house.restrict("analyse1", &case, Some(vec![house.account("analyse1")])).unwrap();
        assert!(matches!(open(&house, "stadt", &case, Paper::Notice), Err(Error::NotFound)), "not named");
        let trail = house
            .db()
            .read_now(|tx| audit::service::list(tx, &audit::service::Filter::default(), None, 500))
            .unwrap();
        let told: Vec<_> =
            trail.rows.iter().filter(|it| it.row.action.starts_with("incident.paper_")).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        let detail = told[0].row.detail.to_string();
        assert!(detail.contains("hinweis") && !detail.contains("KNR"), "{detail}");
    }
}

#[actix_web::test]
async fn people_are_written_to_where_data_about_them_are_affected_and_only_there() {
    for house in houses().await {
        let without = house.file("stadt", house.city, |_| {});
        assert!(matches!(open(&house, "stadt", &without, Paper::Letter), Err(Error::NotFound)));
        assert!(matches!(save(&house, "stadt", &without, Paper::Letter, 0, "Text"), Err(Error::NotFound)));
        let with = house.file("stadt", house.city, |report| report.flags.personal_data = true);
        assert!(open(&house, "stadt", &with, Paper::Letter).is_ok());
        let offered = [Paper::Situation, Paper::Notice, Paper::Letter];
        assert_eq!(house.show("stadt", &with).unwrap().papers, offered);
    }
}

#[actix_web::test]
async fn the_mayor_of_each_member_that_it_concerns_gets_a_letter() {
    for house in houses().await {
        let alone = house.file("amt", house.office, |_| {});
        assert!(matches!(open(&house, "amt", &alone, Paper::Members), Err(Error::NotFound)));
        let village = house.village;
        let case = house.file("amt", house.office, |report| report.affected = vec![village, village]);
        assert!(house.show("amt", &case).unwrap().papers.contains(&Paper::Members));
        let letters = open(&house, "amt", &case, Paper::Members).unwrap();
        assert_eq!(letters.head.members, ["Gemeinde Berga"]);
        assert!(!letters.text.get("happened").contains("lckd"), "the reporter's words were for the CERT");
        save(&house, "amt", &case, Paper::Members, 0, "Das Bauamt steht still.").unwrap();
        assert_eq!(open(&house, "amt", &case, Paper::Members).unwrap().saved.unwrap().version, 1);
        assert!(matches!(open(&house, "stadt", &case, Paper::Members), Err(Error::NotFound)));
    }
}

#[actix_web::test]
async fn nobody_draws_a_house_into_a_case_that_speaks_for_itself() {
    for house in houses().await {
        let (city, office) = (house.city, house.office);
        let asked = [
            ("amt", office, city),
            ("stadt", city, office),
            ("dienst", house.provider, city),
            ("analyse1", city, office),
        ];
        for (who, for_whom, other) in asked {
            let mut report = report(for_whom);
            report.affected = vec![other];
            let refused = house.act(who, move |tx, actor| service::file(tx, actor, &report)).map(|_| ());
            let Err(Error::Invalid(errors)) = refused else { panic!("{who}: {refused:?}") };
            assert_eq!(errors[0].field, "affected", "{who}");
        }
    }
}
