//! What the operator may set: how long sessions last, how often somebody may try, which proxies are believed.

use ipnet::IpNet;
use jiff::SignedDuration;

use crate::core::actor::Role;

/// How long a sign-in lasts.
#[derive(Debug, Clone, Copy)]
pub struct SessionSettings {
    /// Without any request.
    pub idle: SignedDuration,
    /// At most, whatever happens.
    pub longest: SignedDuration,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { idle: SignedDuration::from_mins(60), longest: SignedDuration::from_hours(12) }
    }
}

/// So many attempts in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub hits: u32,
    pub per: SignedDuration,
}

impl Limit {
    /// `hits` attempts within `minutes`.
    #[must_use]
    pub const fn new(hits: u32, minutes: i64) -> Self {
        Self { hits, per: SignedDuration::from_mins(minutes) }
    }
}

/// How often somebody may try. "Address" is the client's: an IPv4 address or an IPv6 /64.
#[derive(Debug, Clone)]
pub struct RateLimits {
    /// Sign-in to one account from one address: what stops guessing.
    pub sign_in: Limit,
    /// Sign-in to one account from everywhere: what stops guessing by many. High, so that it locks nobody out.
    pub sign_in_account: Limit,
    /// Sign-in from one address to any account. A whole administration may share one address.
    pub sign_in_address: Limit,
    /// Password mails to one mail address.
    pub reset_account: Limit,
    /// Password mails asked for from one address.
    pub reset_address: Limit,
    /// Single-use links opened or used from one address.
    pub link_address: Limit,
    /// Wrong API tokens from one address.
    pub token_address: Limit,
    /// Codes of the second factor for one account, from everywhere: only who has the password gets here.
    pub code_account: Limit,
    /// Reports without an account begun from one address. A whole administration may share one.
    pub begin_address: Limit,
    /// Reports without an account begun from everywhere.
    pub begin: Limit,
    /// Codes of drafts and receipts typed from one address.
    pub code_address: Limit,
    /// Coarse limit on everything that is posted from one address, per process.
    pub post_address: Limit,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            sign_in: Limit::new(10, 15),
            sign_in_account: Limit::new(100, 60),
            sign_in_address: Limit::new(100, 15),
            reset_account: Limit::new(3, 60),
            reset_address: Limit::new(20, 60),
            link_address: Limit::new(60, 15),
            token_address: Limit::new(60, 15),
            code_account: Limit::new(10, 15),
            begin_address: Limit::new(20, 60),
            begin: Limit::new(300, 60),
            code_address: Limit::new(30, 15),
            post_address: Limit::new(300, 1),
        }
    }
}

/// Who signs in with a second factor.
#[derive(Debug, Clone)]
pub struct SecondFactorSettings {
    /// Whoever holds one of these roles cannot do without. All others may set one up.
    pub required_for: Vec<Role>,
}

impl Default for SecondFactorSettings {
    fn default() -> Self {
        Self { required_for: Role::ALL.to_vec() }
    }
}

/// All of it, handed to the application as `web::Data<AccessSettings>`.
#[derive(Debug, Clone, Default)]
pub struct AccessSettings {
    pub sessions: SessionSettings,
    pub second_factor: SecondFactorSettings,
    pub limits: RateLimits,
    /// Reverse proxies whose `X-Forwarded-For` is believed; from all others the header is ignored.
    pub trusted_proxies: Vec<IpNet>,
}
