//! What can go wrong in a service, by cause. The HTTP status and the sentence for people are decided in `web::error`.

use std::fmt;

/// One refused input: the field's name, the Fluent key of the reason, and the reason's arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The name of the input in the form or the JSON body.
    pub field: &'static str,
    /// Fluent key, `error-…`.
    pub reason: &'static str,
    /// Arguments of the reason, by name.
    pub args: Vec<(&'static str, String)>,
}

impl FieldError {
    /// A reason without arguments.
    #[must_use]
    pub fn new(field: &'static str, reason: &'static str) -> Self {
        Self { field, reason, args: Vec::new() }
    }

    /// With one more argument of the reason.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// Why a service refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Does not exist, or not for this actor: the two are the same to the outside.
    #[error("not found")]
    NotFound,
    /// Exists for this actor, who may not do this with it. The Fluent key says why.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// Nobody is signed in and the action needs somebody.
    #[error("not signed in")]
    SignInNeeded,
    /// Input refused at the edge, field by field.
    #[error("invalid input: {0:?}")]
    Invalid(Vec<FieldError>),
    /// The present state does not allow it. The Fluent key says why.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Somebody else changed it since it was read.
    #[error("stale: changed in between")]
    Stale,
    /// Too many attempts; try again after so many seconds.
    #[error("rate limited for {retry_after_s} s")]
    RateLimited { retry_after_s: u32 },
    /// The database refused or is not reachable.
    #[error("database: {0}")]
    Database(#[source] diesel::result::Error),
    /// No connection, no writer, or no answer within the bound.
    #[error("storage unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours. The text is for the log, never for an answer.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        if is_passing(&error) {
            Self::Unavailable(format!("database: {error}"))
        } else {
            Self::Database(error)
        }
    }
}

/// Whether the database itself is in trouble that passes without a change of ours: held by somebody else, without
/// room, or gone. Both engines tell these apart by words alone.
fn is_passing(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind::ClosedConnection;
    const WORDS: [&str; 10] = [
        "database is locked",
        "database table is locked",
        "database or disk is full",
        "disk I/O error",
        "unable to open database file",
        "due to lock timeout",
        "due to statement timeout",
        "No space left on device",
        "the database system is",
        "terminating connection",
    ];
    match error {
        diesel::result::Error::DatabaseError(ClosedConnection, _) => true,
        diesel::result::Error::DatabaseError(_, info) => {
            WORDS.iter().any(|words| info.message().contains(words))
        }
        _ => false,
    }
}

impl From<Vec<FieldError>> for Error {
    fn from(fields: Vec<FieldError>) -> Self {
        Self::Invalid(fields)
    }
}

impl From<FieldError> for Error {
    fn from(field: FieldError) -> Self {
        Self::Invalid(vec![field])
    }
}

/// What a service returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A write that must have changed exactly one row. Zero rows mean that somebody was faster.
///
/// # Errors
/// [`Error::Stale`] when no row changed, [`Error::Internal`] when several did.
pub fn one_row(changed: usize) -> Result<()> {
    match changed {
        1 => Ok(()),
        0 => Err(Error::Stale),
        n => Err(Error::Internal(format!("one row expected, {n} changed"))),
    }
}
