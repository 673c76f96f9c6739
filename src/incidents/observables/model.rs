//! What an observable is: its kind, its normalised value, and how it is shown without doing harm.

use jiff::Timestamp;

use crate::core::codes::codes;
use crate::core::i18n::{Lang, text};
use crate::core::ids::{IncidentId, ObservableId};

codes! {
    /// What kind of trace.
    Kind {
        Ipv4 = "ipv4",
        Ipv6 = "ipv6",
        Cidr = "cidr",
        Asn = "asn",
        Domain = "domain",
        Url = "url",
        Mail = "mail",
        Md5 = "md5",
        Sha1 = "sha1",
        Sha256 = "sha256",
        Sha512 = "sha512",
        Cve = "cve",
        Bitcoin = "bitcoin",
        Monero = "monero",
        Filename = "filename",
        RegistryKey = "registry-key",
    }
}

impl Kind {
    /// The attribute type of the MISP core format.
    #[must_use]
    pub fn misp(self) -> &'static str {
        match self {
            Self::Ipv4 | Self::Ipv6 | Self::Cidr => "ip-dst",
            Self::Asn => "AS",
            Self::Domain => "domain",
            Self::Url => "url",
            Self::Mail => "email",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Cve => "vulnerability",
            Self::Bitcoin => "btc",
            Self::Monero => "xmr",
            Self::Filename => "filename",
            Self::RegistryKey => "regkey",
        }
    }
}

/// A value as it may stand on a page or in a mail: nothing links to it by itself, and copied it leads nowhere.
#[must_use]
pub fn defanged(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Ipv4 | Kind::Cidr | Kind::Domain => value.replace('.', "[.]").replace("::", "[::]"),
        Kind::Ipv6 => value.replacen(':', "[:]", 1),
        Kind::Mail => value.replace('@', "[@]").replace('.', "[.]"),
        Kind::Url => {
            let harmless = value.replacen("http", "hxxp", 1).replacen("ftp", "fxp", 1);
            let (scheme, rest) = harmless.split_once("://").unwrap_or(("", &harmless));
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (host, path) = rest.split_at(end);
            format!("{scheme}[://]{}{path}", host.replace('.', "[.]"))
        }
        _ => value.to_owned(),
    }
}

codes! {
    /// Why an observable is no trace of an attacker.
    Harmless {
        /// A network or domain of an organisation in the register.
        Own = "own",
        Known = "known",
        /// Somebody said so.
        Hand = "hand",
    }
}

/// An observable.
#[derive(Debug, Clone)]
pub struct Observable {
    pub id: ObservableId,
    pub kind: Kind,
    pub value: String,
    pub harmless: Option<Harmless>,
    /// What was said of it, by whom and when, where somebody said so.
    pub reason: String,
    pub judged_by: String,
    pub judged_at: Option<Timestamp>,
}

/// An observable of one case.
#[derive(Debug, Clone)]
pub struct Listed {
    pub observable: Observable,
    /// When the texts were written in which it stands.
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// In how many texts.
    pub sightings: usize,
    /// In how many other cases that the viewer may see; nothing is counted for what is harmless.
    pub elsewhere: i64,
}

/// Where an observable was seen, for one who may see that case.
#[derive(Debug, Clone)]
pub struct Sighting {
    pub incident: IncidentId,
    pub reference: String,
    pub title: String,
    /// Code of the text's place; `hand` for what a person added.
    pub source: String,
    pub written: String,
    pub seen_at: Timestamp,
}

/// A line of a list as pages show it.
#[derive(Debug)]
pub struct Row {
    pub id: ObservableId,
    pub kind: String,
    /// Defanged.
    pub value: String,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub sightings: usize,
    pub elsewhere: i64,
    /// Why it is harmless.
    pub harmless: Option<String>,
}

/// What kind of thing it is, in a word.
#[must_use]
pub fn kind_word(of: &Observable) -> String {
    text(Lang::De, &format!("observable-kind-{}", of.kind.code())).into_owned()
}

/// Why it is harmless, in a word.
#[must_use]
pub fn harmless_word(of: &Observable) -> Option<String> {
    of.harmless.map(|why| text(Lang::De, &format!("observable-harmless-{}", why.code())).into_owned())
}

impl From<Listed> for Row {
    fn from(listed: Listed) -> Self {
        let Listed { observable, first_seen, last_seen, sightings, elsewhere } = listed;
        Self {
            id: observable.id,
            kind: kind_word(&observable),
            value: defanged(observable.kind, &observable.value),
            first_seen,
            last_seen,
            sightings,
            elsewhere,
            harmless: harmless_word(&observable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_leads_nowhere() {
        for (kind, value, shown) in [
            (Kind::Ipv4, "192.0.2.1", "192[.]0[.]2[.]1"),
            (Kind::Ipv6, "2001:db8::1", "2001[:]db8::1"),
            (Kind::Cidr, "2001:db8::/32", "2001:db8[::]/32"),
            (Kind::Domain, "evil.example", "evil[.]example"),
            (Kind::Url, "https://evil.example/a.b?c=d.e", "hxxps[://]evil[.]example/a.b?c=d.e"),
            (Kind::Url, "ldap://192.0.2.1:1389/x", "ldap[://]192[.]0[.]2[.]1:1389/x"),
            (Kind::Mail, "a.b@evil.example", "a[.]b[@]evil[.]example"),
            (Kind::Filename, "setup.exe", "setup.exe"),
        ] {
            assert_eq!(defanged(kind, value), shown);
        }
    }
}
