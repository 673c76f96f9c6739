//! A case that looks like another.

use crate::core::ids::OrgId;
use crate::incidents::model::Row;

/// Why a case is named beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// So many percent of the pairs of words are the same, estimated.
    Words { percent: u32 },
    /// Both houses are served by this provider, and the reports came within days.
    Provider(OrgId),
}

impl Reason {
    /// What it weighs beside others.
    #[must_use]
    pub fn weight(self) -> u32 {
        match self {
            Self::Words { percent } => percent,
            Self::Provider(_) => 30,
        }
    }
}

/// A case that looks like another, and why.
#[derive(Debug, Clone)]
pub struct Similar {
    pub row: Row,
    /// Never empty, the weightiest first.
    pub reasons: Vec<Reason>,
}

impl Similar {
    /// The organisations that naming it takes.
    pub fn organisations(&self) -> impl Iterator<Item = OrgId> {
        let providers = self.reasons.iter().filter_map(|reason| match reason {
            Reason::Provider(provider) => Some(*provider),
            Reason::Words { .. } => None,
        });
        self.row.organisation.into_iter().chain(providers)
    }
}
