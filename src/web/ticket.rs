//! A ticket for beginning something without an account: handed out with a page, good for an hour. What is begun with
//! one depends on it alone, so that a ticket that is used twice begins one thing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;

use super::visit::Visit;
use crate::core::text::Refusal;

/// How long somebody may look at the page.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(1);

/// The clock of the process that handed it out may be so far ahead of the one that takes it.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// Second and random bytes, and their signature.
fn issue(key: &hmac::Key, now: Timestamp, random: [u8; 32]) -> String {
    let said = URL_SAFE_NO_PAD.encode([&now.as_second().to_be_bytes()[..], &random].concat());
    let signature = hmac::sign(key, format!("ticket\0{said}").as_bytes());
    format!("{said}.{}", hex::encode(signature))
}

/// Unpredictable bytes that belong to this ticket, if it is one of ours and still good.
fn redeem(key: &hmac::Key, now: Timestamp, ticket: &str) -> Result<Vec<u8>, Refusal> {
    let (said, signed) = ticket.rsplit_once('.').ok_or("web-ticket-over")?;
    let signed = hex::decode(signed).map_err(|_| "web-ticket-over")?;
    hmac::verify(key, format!("ticket\0{said}").as_bytes(), &signed).map_err(|_| "web-ticket-over")?;
    let said_bytes = URL_SAFE_NO_PAD.decode(said).map_err(|_| "web-ticket-over")?;
    let second = said_bytes.first_chunk().map(|bytes| i64::from_be_bytes(*bytes));
    let issued = second.and_then(|second| Timestamp::from_second(second).ok()).ok_or("web-ticket-over")?;
    if issued > now + AHEAD || now.duration_since(issued) > GOOD_FOR {
        return Err("web-ticket-over");
    }
    Ok(hmac::sign(key, format!("redeemed\0{said}").as_bytes()).as_ref().to_vec())
}

impl Visit {
    /// A ticket for one form of this page.
    #[must_use]
    pub fn ticket(&self) -> String {
        issue(&self.kit.form_key, self.env().now(), self.env().bytes())
    }

    /// 32 unpredictable bytes, the same each time for the same ticket.
    ///
    /// # Errors
    /// For what is no ticket of ours, or was handed out more than an hour ago.
    pub fn redeem(&self, ticket: &str) -> Result<Vec<u8>, Refusal> {
        redeem(&self.kit.form_key, self.env().now(), ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_begins_one_thing_within_an_hour_and_nobody_makes_one() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let ticket = issue(&key, now, [1; 32]);
        let later = now + SignedDuration::from_mins(59);
        assert_eq!(redeem(&key, now, &ticket), redeem(&key, later, &ticket));
        assert_eq!(redeem(&key, now, &ticket).unwrap().len(), 32);
        assert_ne!(redeem(&key, now, &ticket), redeem(&key, now, &issue(&key, now, [2; 32])));
        assert!(redeem(&key, now + SignedDuration::from_mins(61), &ticket).is_err(), "too late");
        let early = |seconds: i64| redeem(&key, now - SignedDuration::from_secs(seconds), &ticket).is_ok();
        assert!(early(60) && !early(61), "another process's clock is a minute behind at most");
        let foreign = hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]);
        for made in ["", "abc", "abc.00", &issue(&foreign, now, [1; 32])] {
            assert!(redeem(&key, now, made).is_err(), "{made}");
        }
    }
}
