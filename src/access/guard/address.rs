//! Where a request comes from: the peer, or what a trusted proxy says.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnet::{IpNet, Ipv6Net};

/// The client's address. `X-Forwarded-For` is read from its end, and only as far as trusted proxies wrote it.
#[must_use]
pub fn client_ip(req: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let headers = req.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    forwarded(req.peer_addr().map(|peer| peer.ip()), headers.collect::<Vec<_>>().join(","), trusted)
}

fn forwarded(peer: Option<IpAddr>, header: String, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(&ip.to_canonical()));
    let mut client = peer?.to_canonical();
    for hop in header.rsplit(',') {
        if !is_trusted(&client) {
            break;
        }
        let Ok(ip) = hop.trim().parse::<IpAddr>() else { break };
        client = ip.to_canonical();
    }
    Some(client)
}

/// What limits count by: an IPv4 address, or the /64 of an IPv6 one, which is one customer.
#[must_use]
pub(super) fn limited_as(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => Ipv6Net::new(ip, 64).map_or(ip, |net| net.network()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, header: &str) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        forwarded(peer.parse().ok(), header.to_owned(), &trusted).unwrap().to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_the_address_it_comes_from() {
        assert_eq!(client("203.0.113.5", "198.51.100.1"), "203.0.113.5");
        assert_eq!(client("10.0.0.1", "198.51.100.1, 203.0.113.5"), "203.0.113.5", "the proxy's word counts");
        assert_eq!(client("10.0.0.1", "198.51.100.1, 203.0.113.5, 10.0.0.2"), "203.0.113.5", "two proxies");
        assert_eq!(client("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(client("10.0.0.1", ""), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", "2001:db8::7"), "2001:db8::7");
    }

    #[test]
    fn a_customer_with_many_addresses_is_one() {
        let of = |ip: &str| limited_as(ip.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3::4"), "2001:db8:1:2::");
        assert_eq!(of("203.0.113.5"), "203.0.113.5");
    }
}
