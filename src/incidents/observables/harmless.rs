//! What is no trace of an attacker: networks and domains of the organisations in the register, and well-known names.

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

use super::extract;
use super::model::{Harmless, Kind};
use crate::core::error::Result;
use crate::directory::model::AssetKind;
use crate::directory::service as directory;
use crate::store::Tx;

/// Domains with everything below them, networks, numbers of networks and names of files.
#[derive(Debug, Default)]
struct Names {
    domains: Vec<String>,
    networks: Vec<IpNet>,
    systems: Vec<String>,
    files: Vec<String>,
}

impl Names {
    /// Whether the value is one of them, or within one.
    fn hold(&self, kind: Kind, value: &str) -> bool {
        match kind {
            Kind::Ipv4 | Kind::Ipv6 => self.hold_address(value),
            Kind::Cidr => {
                value.parse().is_ok_and(|net: IpNet| self.networks.iter().any(|own| own.contains(&net)))
            }
            Kind::Asn => self.systems.iter().any(|own| own == value),
            Kind::Domain => self.hold_domain(value),
            Kind::Mail => value.rsplit_once('@').is_some_and(|(_, domain)| self.hold_domain(domain)),
            Kind::Url => extract::host(value).is_some_and(|host| {
                self.hold_domain(&host) || self.hold_address(host.trim_matches(['[', ']']))
            }),
            Kind::Filename => self.files.iter().any(|file| file.eq_ignore_ascii_case(value)),
            _ => false,
        }
    }

    fn hold_address(&self, value: &str) -> bool {
        value.parse().is_ok_and(|address: IpAddr| self.networks.iter().any(|net| net.contains(&address)))
    }

    fn hold_domain(&self, value: &str) -> bool {
        let is_within = |own: &String| {
            value.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.domains.iter().any(is_within)
    }
}

/// `config/known-names.txt`.
static KNOWN: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names::default();
    for line in include_str!("../../../config/known-names.txt").lines() {
        match line.split_once(' ') {
            Some(("domain", name)) => names.domains.push(name.to_owned()),
            Some(("network", net)) => names.networks.extend(net.parse::<IpNet>()),
            Some(("file", name)) => names.files.push(name.to_owned()),
            _ => {}
        }
    }
    names
});

/// Tells own and well-known things from others.
pub struct Judge {
    own: Names,
}

impl Judge {
    /// With the register as it is now.
    ///
    /// # Errors
    /// The database's.
    pub fn of_today(tx: &mut Tx<'_>) -> Result<Self> {
        let mut own = Names::default();
        for (kind, value) in directory::all_assets(tx)? {
            match kind {
                AssetKind::Cidr => own.networks.extend(value.parse::<IpNet>()),
                AssetKind::Asn => own.systems.push(format!("AS{}", value.trim_start_matches("AS"))),
                AssetKind::MailDomain => own.domains.push(value),
            }
        }
        Ok(Self { own })
    }

    /// Why it is harmless; none where nothing says so.
    pub fn judge(&self, kind: Kind, value: &str) -> Option<Harmless> {
        if self.own.hold(kind, value) {
            return Some(Harmless::Own);
        }
        KNOWN.hold(kind, value).then_some(Harmless::Known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_names_hold_for_everything_below_them_and_for_nothing_beside() {
        for (kind, value, is_known) in [
            (Kind::Domain, "download.microsoft.com", true),
            (Kind::Domain, "microsoft.com", true),
            (Kind::Domain, "notmicrosoft.com", false),
            (Kind::Domain, "microsoft.com.evil.example", false),
            (Kind::Url, "https://login.microsoftonline.com/x", true),
            (Kind::Url, "https://evil.example/microsoft.com", false),
            (Kind::Mail, "noreply@github.com", true),
            (Kind::Ipv4, "192.168.1.7", true),
            (Kind::Ipv4, "192.0.2.7", false),
            (Kind::Cidr, "10.30.0.0/16", true),
            (Kind::Cidr, "0.0.0.0/0", false),
            (Kind::Ipv6, "fe80::1", true),
            (Kind::Filename, "PowerShell.exe", true),
            (Kind::Filename, "powershell2.exe", false),
        ] {
            assert_eq!(KNOWN.hold(kind, value), is_known, "{value}");
        }
        assert!(KNOWN.domains.len() > 10 && KNOWN.networks.len() == 10 && KNOWN.files.len() > 5);
    }
}
