//! For the tests of features: the house that runs the product, as pages and mails name it.

use actix_web::web::{Data, ServiceConfig};
use url::Url;

use super::layout::{Hotline, Kit};
use super::site::{Settings, Site};
use crate::store::Db;

/// What the house is called and how it is reached.
pub fn settings() -> Settings {
    Settings {
        public_url: "https://meldekette.example".to_owned(),
        cert_name: "ThüringenCERT".to_owned(),
        phone: "030 23125 001".to_owned(),
        phone_dial: "+493023125001".to_owned(),
        is_demonstration: false,
    }
}

/// Gives an application what every page takes: the kit, and this database with the house's settings.
pub fn house(db: &Db) -> impl FnOnce(&mut ServiceConfig) {
    let settings = settings();
    let hotline = Hotline {
        name: settings.cert_name.clone(),
        phone: settings.phone.clone(),
        dial: settings.phone_dial.clone(),
    };
    let url = Url::parse(&settings.public_url).unwrap();
    let kit = Kit::new(db.env().clone(), url, hotline, &[1; 32]);
    let site = Site { db: db.clone(), settings };
    move |config| {
        config.app_data(Data::new(kit)).app_data(Data::new(site));
    }
}
