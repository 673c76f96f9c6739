//! A row of the trail as it is hashed, exported and verified: every field counts, byte for byte.

use diesel::Queryable;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::ids::{AnyId, AuditId, OrgId};
use crate::crypto::log::ChainHash;
use crate::store::At;

/// What one row says.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: AuditId,
    #[diesel(deserialize_as = At)]
    pub at: Timestamp,
    pub account_id: Option<AnyId>,
    pub actor_name: String,
    /// `session`, `token:ID`, `link`, `system:NAME` or `anonymous`.
    pub via: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Option<AnyId>,
    pub organisation_id: Option<OrgId>,
    pub ip: Option<String>,
    pub request_id: Option<AnyId>,
    /// A JSON object as it was written; a text, so that no byte of it can be reformatted unnoticed.
    pub detail: String,
}

impl Row {
    /// The bytes that the chain binds: each field as one byte for "there" or "not there", its length (64 bits, big
    /// endian) and its bytes. No two different rows are the same bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let uuid = |id: &AnyId| id.0.as_bytes().to_vec();
        let text = |text: &String| text.clone().into_bytes();
        let fields: [Option<Vec<u8>>; 12] = [
            Some(self.id.0.as_bytes().to_vec()),
            Some(self.at.as_microsecond().to_be_bytes().to_vec()),
            self.account_id.as_ref().map(uuid),
            Some(text(&self.actor_name)),
            Some(text(&self.via)),
            Some(text(&self.action)),
            Some(text(&self.subject_kind)),
            self.subject_id.as_ref().map(uuid),
            self.organisation_id.map(|id| id.0.as_bytes().to_vec()),
            self.ip.as_ref().map(text),
            self.request_id.as_ref().map(uuid),
            Some(text(&self.detail)),
        ];
        let mut bytes = Vec::with_capacity(256 + self.detail.len());
        for field in fields {
            match field {
                None => bytes.push(0),
                Some(field) => {
                    bytes.push(1);
                    bytes.extend((field.len() as u64).to_be_bytes());
                    bytes.extend(field);
                }
            }
        }
        bytes
    }
}

/// A row with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chained {
    pub seq: u64,
    #[serde(with = "as_text")]
    pub hash: ChainHash,
    pub entry: Row,
}

/// A row taken out of the trail, with the hash before it: what its own hash is computed of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    #[serde(with = "as_text")]
    pub previous: ChainHash,
    pub row: Chained,
}

/// Where the chain ends: the last number and the hash up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub seq: u64,
    pub hash: ChainHash,
}

impl Head {
    /// Before the first row.
    pub const START: Self = Self { seq: 0, hash: ChainHash::START };

    /// After one more row.
    #[must_use]
    pub fn next(self, row: &Row) -> Self {
        let seq = self.seq + 1;
        Self { seq, hash: self.hash.next(seq, &row.encode()) }
    }
}

/// Serde by `Display` and `FromStr`: what is read is typed, so that writing it again shows any other spelling.
pub(super) mod as_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
