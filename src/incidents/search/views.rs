//! What the page of a case says to whom: the texts that each view's words are made of.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::core::ids::OrgId;
use crate::incidents::digest::{Piece, Source};
use crate::incidents::model::{Audience, Inform, Involvement, Part, Report};

/// What of the report a view holds, as its reporter allowed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Knows {
    /// What was written to it in the case, and no word of the report.
    Entries = 0,
    /// Also what it is about.
    Title = 1,
    /// Also who reported, and the report's words.
    All = 2,
}

impl Knows {
    /// From the number in the database; the least where it is none.
    #[must_use]
    pub fn of(number: i32) -> Self {
        match number {
            2 => Self::All,
            1 => Self::Title,
            _ => Self::Entries,
        }
    }

    fn granted(inform: Option<Inform>) -> Self {
        match inform {
            Some(Inform::ByName) => Self::All,
            Some(Inform::Anonymous) => Self::Title,
            Some(Inform::Nobody) | None => Self::Entries,
        }
    }
}

/// Whose page of the case it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct View {
    /// None for the team.
    pub organisation: Option<OrgId>,
    pub knows: Knows,
}

/// Where in a case a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Reference,
    Organisation,
    Title,
    Report,
    /// Who can be called, and where.
    Contact,
    Entry,
    File,
}

impl Place {
    /// The word in the API and at the end of the Fluent key.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Organisation => "organisation",
            Self::Title => "title",
            Self::Report => "report",
            Self::Contact => "contact",
            Self::Entry => "entry",
            Self::File => "file",
        }
    }

    /// Whether words in it say what the case is about.
    #[must_use]
    pub fn is_head(self) -> bool {
        matches!(self, Self::Reference | Self::Organisation | Self::Title)
    }
}

/// A text that a view holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub place: Place,
    pub at: Timestamp,
    pub text: String,
}

/// Everything that a case says, and who may read what.
pub struct Texts<'a> {
    pub reference: &'a str,
    /// Who reported.
    pub reporter: Option<OrgId>,
    /// Their name.
    pub name: String,
    pub reported_at: Timestamp,
    pub reports: &'a [Report],
    pub pieces: &'a [Piece],
}

/// Every view of a case with these parts and reports, the team's first.
#[must_use]
pub fn views(involvements: &[Involvement], reports: &[Report]) -> Vec<View> {
    let inform = Report::standing(reports).map(|report| report.inform);
    let organisations: BTreeSet<OrgId> = involvements.iter().map(|it| it.organisation).collect();
    let mut views = vec![View { organisation: None, knows: Knows::All }];
    for org in organisations {
        let is_party = involvements
            .iter()
            .any(|it| it.organisation == org && matches!(it.part, Part::Reporter | Part::Affected));
        let knows = if is_party { Knows::All } else { Knows::granted(inform) };
        views.push(View { organisation: Some(org), knows });
    }
    views
}

impl Texts<'_> {
    /// What a view says, in the order of the page.
    #[must_use]
    pub fn said(&self, view: View) -> Vec<Said> {
        let at = self.reported_at;
        let mut said = vec![Said { place: Place::Reference, at, text: self.reference.to_owned() }];
        if view.knows == Knows::All && !self.name.is_empty() {
            said.push(Said { place: Place::Organisation, at, text: self.name.clone() });
        }
        let pieces = self.pieces.iter().filter(|piece| self.is_for(view, piece));
        said.extend(pieces.map(|piece| Said {
            place: match piece.source {
                Source::Title => Place::Title,
                Source::Report => Place::Report,
                Source::Entry => Place::Entry,
                Source::File => Place::File,
            },
            at: piece.at,
            text: piece.text.clone(),
        }));
        if view.knows == Knows::All {
            let of = |report: &&Report| {
                view.organisation.is_none()
                    || report.nature.is_none()
                    || self.is_of(view, report.organisation)
            };
            for report in self.reports.iter().filter(of) {
                let text = format!("{}\n{}", report.contact_name, report.contact_phone);
                if text.trim() != "" {
                    said.push(Said {
                        place: Place::Contact,
                        at: report.stated_at,
                        text: text.trim().to_owned(),
                    });
                }
            }
        }
        said
    }

    /// Whether a view of an organisation shows what this one stated: its own, and what who reported did.
    fn is_of(&self, view: View, owner: Option<OrgId>) -> bool {
        owner.is_some() && (owner == self.reporter || owner == view.organisation)
    }

    fn is_for(&self, view: View, piece: &Piece) -> bool {
        let Some(own) = view.organisation else { return true };
        match (piece.source, piece.audience) {
            // A party reads it whatever the reporter allowed others to be told.
            (Source::Title, _) => view.knows >= Knows::Title,
            (Source::Report, Audience::Involved) => view.knows == Knows::All,
            (Source::Report, Audience::Organisation(owner)) => {
                view.knows == Knows::All && self.is_of(view, Some(owner))
            }
            (Source::Report, Audience::Team) => false,
            (Source::Entry | Source::File, Audience::Involved) => true,
            (Source::Entry | Source::File, Audience::Organisation(to)) => to == own,
            (Source::Entry | Source::File, Audience::Team) => false,
        }
    }
}
