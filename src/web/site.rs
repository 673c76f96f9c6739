//! What every handler is given: the database and what the operator configured for pages and mails.

use crate::store::Db;

/// What pages and mails say about the house that runs the product.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the product is reached, without a trailing slash: `https://meldekette.example`.
    pub public_url: String,
    /// The CERT's name, as people say it.
    pub cert_name: String,
    /// The CERT's telephone number as it is read, and as it is dialled (`+49…`).
    pub phone: String,
    pub phone_dial: String,
    /// A number outside the CERT's own telephone exchange; empty where there is none.
    pub phone_second: String,
    /// When somebody answers, as people say it; empty: not said.
    pub hours: String,
    /// The address that people write to.
    pub mail: String,
    /// Whether this is the demonstration with example data.
    pub is_demonstration: bool,
}

/// Shared by all handlers as `web::Data<Site>`.
#[derive(Clone)]
pub struct Site {
    pub db: Db,
    pub settings: Settings,
}
