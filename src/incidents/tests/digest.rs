//! Whatever is written in a case is read once more, and each text keeps its audience.

use diesel::prelude::*;

use super::{House, houses};
use crate::core::ids::IncidentId;
use crate::core::text::Prose;
use crate::incidents::digest::{DigestIncident, Piece, Source, pieces};
use crate::incidents::model::{Audience, Inform};
use crate::incidents::service;
use crate::queue::Runner;
use crate::store::schema::jobs;

impl House {
    pub(super) fn pieces(&self, case: IncidentId) -> Vec<Piece> {
        self.db().read_now(|tx| pieces(tx, case)).unwrap()
    }

    fn waiting_digests(&self) -> i64 {
        let named = jobs::table.filter(jobs::name.eq("incidents.digest"));
        self.db().read_now(|tx| Ok(named.count().get_result(tx.conn)?)).unwrap()
    }

    /// Has what was written in the last moments read.
    pub(super) async fn digest(&self) {
        self.clock.advance(jiff::SignedDuration::from_secs(2));
        let round = Runner::new(self.db().clone()).register::<DigestIncident>().run_due().await.unwrap();
        assert_eq!((round.failed, round.dead), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_texts_of_a_case_come_with_their_audiences_and_are_read_once_for_a_burst() {
    for house in houses().await {
        let case = house.file("stadt", house.city, |report| {
            report.inform = Inform::Anonymous;
            report.measures = Some(Prose::parse("Netz getrennt.").unwrap());
        });
        let reference = case.reference.clone();
        house
            .act("analyse1", move |tx, actor| {
                let note = Prose::parse("Rückfrage beim Betreiber.").unwrap();
                service::message(tx, actor, &reference, Audience::Team, &note)
            })
            .unwrap();
        assert_eq!(house.waiting_digests(), 1, "one reading for all that came within a moment");
        let found: Vec<_> = house
            .pieces(case.id)
            .into_iter()
            .map(|piece| (piece.source, piece.audience, piece.text))
            .collect();
        let to_city = Audience::Organisation(house.city);
        let words = "Alle Dateien enden auf .lckd.";
        assert_eq!(
            found,
            [
                (Source::Title, Audience::Involved, "Verschlüsselte Dateien im Bauamt".to_owned()),
                (Source::Report, to_city, format!("{words}\n\nNetz getrennt.")),
                (Source::Entry, to_city, words.to_owned()),
                (Source::Entry, Audience::Team, "Rückfrage beim Betreiber.".to_owned()),
            ]
        );
        house.digest().await;
        assert_eq!(house.waiting_digests(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_report_may_be_told_decides_who_reads_its_words() {
    for house in houses().await {
        for (inform, title, words) in [
            (Inform::ByName, Audience::Involved, Audience::Involved),
            (Inform::Anonymous, Audience::Involved, Audience::Organisation(house.city)),
            (Inform::Nobody, Audience::Organisation(house.city), Audience::Organisation(house.city)),
        ] {
            let case = house.file("stadt", house.city, |report| report.inform = inform);
            let found = house.pieces(case.id);
            assert_eq!((found[0].audience, found[1].audience), (title, words), "{inform:?}");
        }
    }
}
