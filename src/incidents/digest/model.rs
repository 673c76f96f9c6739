//! One text of a case.

use jiff::Timestamp;
use uuid::Uuid;

use crate::core::codes::codes;
use crate::incidents::model::Audience;

codes! {
    /// Where a text of a case stands.
    Source {
        Title = "title",
        /// What an organisation stated, first or later: description and measures.
        Report = "report",
        /// What somebody wrote to the timeline.
        Entry = "entry",
        /// A file's name.
        File = "file",
    }
}

/// One text of a case, with whom it may be shown to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub source: Source,
    /// The report, the entry or the file; for the title the case itself.
    pub id: Uuid,
    /// Everybody in it may read the text on the case's page. Where an audience cannot say exactly who may, it is the
    /// narrower one.
    pub audience: Audience,
    /// When it was written.
    pub at: Timestamp,
    /// Never empty.
    pub text: String,
}
