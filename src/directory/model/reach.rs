//! How an organisation is reached and recognised: telephone numbers, networks, mail domains.

use std::net::IpAddr;

use ipnet::IpNet;

use super::keys::checked;
use crate::core::text::{MailAddress, Refusal};

/// A telephone number, kept as it was written; at least three digits, at most fifteen (ITU-T E.164).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Checks a number.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let body = text.strip_prefix('+').unwrap_or(&text);
        let plain = body.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '/' | '-' | '(' | ')'));
        if (3..=15).contains(&digits) && plain && text.len() <= 30 {
            Ok(Self(text))
        } else {
            Err("directory-error-phone")
        }
    }

    /// The number for a `tel:` link (RFC 3966): global where it begins with `0` or `+`, as dialled where it is short.
    #[must_use]
    pub fn dial(&self) -> String {
        // "+49 (0) 361" is written by many; that zero is never dialled from abroad.
        let written = self.0.replace("(0)", if self.0.starts_with('+') { "" } else { "0" });
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        match (written.starts_with('+'), digits.strip_prefix("00"), digits.strip_prefix('0')) {
            (true, ..) => format!("+{digits}"),
            (_, Some(abroad), _) => format!("+{abroad}"),
            (_, _, Some(national)) => format!("+49{national}"),
            _ => digits,
        }
    }
}

/// A part of the internet that belongs to an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// An address block, in canonical form: no bits set behind the prefix.
    Cidr(IpNet),
    /// An autonomous system.
    Asn(u32),
}

impl Network {
    /// Reads `192.0.2.0/24`, `2001:db8::/32`, a single address, or `AS64500`.
    ///
    /// # Errors
    /// The Fluent key of the reason: not a network, bits behind the prefix, or wider than any administration's.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if let Some((prefix, number)) = text.split_at_checked(2)
            && prefix.eq_ignore_ascii_case("as")
        {
            return Self::asn(number.trim());
        }
        let net = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse::<IpNet>().map_err(|_| "directory-error-network")?,
        };
        let widest = if net.addr().is_ipv4() { 8 } else { 16 };
        if net.trunc() != net {
            Err("directory-error-network-bits")
        } else if net.prefix_len() < widest {
            Err("directory-error-network-wide")
        } else {
            Ok(Self::Cidr(net))
        }
    }

    /// Reserved numbers are nobody's: 0 (RFC 7607), 23456 (RFC 6793), 65535 and 4294967295 (RFC 7300).
    fn asn(digits: &str) -> Result<Self, Refusal> {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse::<u32>() {
            Ok(number) if plain && !matches!(number, 0 | 23_456 | 65_535 | u32::MAX) => Ok(Self::Asn(number)),
            _ => Err("directory-error-network"),
        }
    }

    /// Whether an address lies in the block. An autonomous system's addresses are not known here.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        matches!(self, Self::Cidr(net) if net.contains(&address))
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cidr(net) => net.fmt(f),
            Self::Asn(number) => write!(f, "AS{number}"),
        }
    }
}

/// A domain from which an organisation writes mail: lower case, international names as A-labels (RFC 5890).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailDomain(String);

impl MailDomain {
    /// Checks a domain; a leading `@` is taken off.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let domain = match url::Host::parse(text.strip_prefix('@').unwrap_or(text)) {
            Ok(url::Host::Domain(domain)) => domain,
            _ => return Err("directory-error-domain"),
        };
        let label = |label: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            (1..=63).contains(&label.len())
                && label.bytes().all(plain)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label) {
            Ok(Self(domain))
        } else {
            Err("directory-error-domain")
        }
    }

    /// Whether the address is in this domain or below it.
    #[must_use]
    pub fn covers(&self, address: &MailAddress) -> bool {
        let domain = address.domain();
        domain.strip_suffix(&self.0).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

checked!(Phone, MailDomain);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_analyst_can_dial_what_a_town_hall_wrote() {
        for (written, dialled) in [
            ("0361 37900", "+4936137900"),
            ("+49 361 37900", "+4936137900"),
            ("+49 (0) 361 / 379-00", "+4936137900"),
            ("0049 361 37900", "+4936137900"),
            ("(0)361 37900", "+4936137900"),
            ("110", "110"),
        ] {
            assert_eq!(Phone::parse(written).map(|phone| phone.dial()), Ok(dialled.to_owned()), "{written}");
        }
        for bad in ["", "12", "anrufen", "0361;37900", "+49+361", "1234567890123456"] {
            assert_eq!(Phone::parse(bad), Err("directory-error-phone"), "{bad}");
        }
    }

    #[test]
    fn a_network_is_a_block_a_single_address_or_an_autonomous_system() {
        for (written, shown) in [
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("2001:DB8::/32", "2001:db8::/32"),
            ("as64500", "AS64500"),
        ] {
            assert_eq!(Network::parse(written).map(|network| network.to_string()), Ok(shown.to_owned()));
        }
        assert_eq!(Network::parse("192.0.2.7/24"), Err("directory-error-network-bits"));
        assert_eq!(Network::parse("0.0.0.0/0"), Err("directory-error-network-wide"));
        for bad in ["", "AS", "AS0", "AS23456", "AS+5", "AS4294967296", "192.0.2.0/33", "netz", "ä"] {
            assert_eq!(Network::parse(bad), Err("directory-error-network"), "{bad}");
        }
    }

    #[test]
    fn an_address_is_recognised_by_its_network() {
        let network = Network::parse("192.0.2.0/24").expect("a network");
        assert!(network.contains("192.0.2.200".parse().expect("an address")));
        assert!(!network.contains("192.0.3.1".parse().expect("an address")));
    }

    #[test]
    fn mail_is_recognised_by_its_domain_but_not_by_a_lookalike() {
        let domain = MailDomain::parse("@Stadt.Example").expect("a domain");
        let covers = |address: &str| domain.covers(&MailAddress::parse(address).expect("an address"));
        assert!(covers("it@stadt.example") && covers("it@amt.stadt.example"));
        assert!(!covers("it@nichtstadt.example") && !covers("it@stadt.example.org"));
        assert_eq!(
            MailDomain::parse("mühlhausen.example").map(|d| d.to_string()),
            Ok("xn--mhlhausen-q9a.example".into())
        );
        for bad in [
            "",
            "example",
            "192.0.2.1",
            "a b.example",
            "-a.example",
            "a..example",
            "a_b.example",
            "a.example/x",
        ] {
            assert_eq!(MailDomain::parse(bad), Err("directory-error-domain"), "{bad}");
        }
    }
}
