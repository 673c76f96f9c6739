//! For the tests of features: the house that runs the product, as pages and mails name it, and a browser before it.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::cookie::Cookie;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::test::{TestRequest, try_call_service};
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
        phone_second: "0171 39200 17".to_owned(),
        hours: "Tag und Nacht".to_owned(),
        mail: "cert@cert.example".to_owned(),
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

/// What came back.
pub struct Page {
    pub status: StatusCode,
    /// Where it leads, or nothing.
    pub to: String,
    pub retry_after: bool,
    pub html: String,
}

impl Page {
    /// Reads an answer to its end.
    pub async fn of(response: HttpResponse<impl MessageBody + 'static>) -> Self {
        let to = response.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let (status, to) = (response.status(), to.unwrap_or_default());
        let retry_after = response.headers().contains_key(RETRY_AFTER);
        let body = to_bytes(response.map_into_boxed_body().into_body()).await.unwrap();
        Self { status, to, retry_after, html: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// The value of the first hidden field of that name.
    pub fn hidden(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.html.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next()
    }

    /// The token of its forms.
    pub fn csrf(&self) -> &str {
        self.hidden("csrf").expect("a form")
    }
}

/// A browser: keeps cookies, and reads the token of a page's form before it posts.
pub struct Browser<'a, S, R> {
    app: &'a S,
    request: fn(TestRequest) -> R,
    pub cookies: Vec<Cookie<'static>>,
}

impl<'a, S, R> Browser<'a, S, R>
where
    S: Service<R, Response = ServiceResponse<BoxBody>, Error = actix_web::Error>,
{
    /// Before an application whose requests `request` makes: their type cannot be named.
    pub fn new(app: &'a S, request: fn(TestRequest) -> R) -> Self {
        Self { app, request, cookies: Vec::new() }
    }

    /// Sends a request with the cookies, and keeps those that come back.
    pub async fn send(&mut self, mut request: TestRequest) -> Page {
        for cookie in &self.cookies {
            request = request.cookie(cookie.clone());
        }
        let request = request.peer_addr("203.0.113.5:4711".parse().unwrap());
        let response = match try_call_service(self.app, (self.request)(request)).await {
            Ok(answer) => answer.into_parts().1,
            // As the server answers where a middleware gave up.
            Err(error) => error.error_response(),
        };
        for cookie in response.cookies() {
            self.cookies.retain(|kept| kept.name() != cookie.name());
            if !cookie.value().is_empty() {
                self.cookies.push(cookie.into_owned());
            }
        }
        Page::of(response).await
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Opens `form` for its token and posts the fields to `path`.
    pub async fn post(&mut self, form: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(form).await;
        self.post_from(&page, path, fields).await
    }

    /// The same from a page that was opened before.
    pub async fn post_from(&mut self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
        let all = [&[("csrf", page.csrf())], fields].concat();
        self.send(TestRequest::post().uri(path).set_form(all)).await
    }
}
