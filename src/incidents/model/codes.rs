//! The words of cases, and the scales that triage judges by.

use crate::core::codes::codes;

codes! {
    /// How grave it is by kind: near miss, event, incident, significant incident (BSIG § 2 Nr. 1, 11, 40).
    Class {
        NearMiss = "near_miss",
        Event = "event",
        Incident = "incident",
        Significant = "significant",
    }
}

codes! {
    /// What it does to the work of the house.
    Impact {
        None = "none",
        Low = "low",
        High = "high",
        Severe = "severe",
    }
}

codes! {
    /// How far it reaches.
    Spread {
        OneDevice = "one_device",
        OneOffice = "one_office",
        WholeHouse = "whole_house",
        SeveralHouses = "several_houses",
    }
}

codes! {
    /// What the reporter sees, in everyday words; suggests a category, never replaces it.
    Observed {
        Encrypted = "encrypted",
        Mail = "mail",
        Account = "account",
        Malware = "malware",
        Outage = "outage",
        Website = "website",
        Data = "data",
        Device = "device",
        Vulnerability = "vulnerability",
        Other = "other",
    }
}

impl Observed {
    /// The category it suggests.
    #[must_use]
    pub fn suggests(self) -> Category {
        match self {
            Self::Encrypted | Self::Malware => Category::InfectedSystem,
            Self::Mail => Category::Phishing,
            Self::Account => Category::UnprivilegedAccount,
            Self::Outage => Category::Outage,
            Self::Website => Category::ApplicationCompromise,
            Self::Data => Category::DataLeak,
            Self::Device => Category::DataLoss,
            Self::Vulnerability => Category::VulnerableSystem,
            Self::Other => Category::Undetermined,
        }
    }
}

codes! {
    /// Whom the CERT may inform of it.
    Inform {
        ByName = "by_name",
        Anonymous = "anonymous",
        Nobody = "nobody",
    }
}

codes! {
    /// An organisation's part in the case.
    Part {
        Reporter = "reporter",
        Affected = "affected",
        Handler = "handler",
        Informed = "informed",
    }
}

codes! {
    /// Where a report stands that somebody else filed than the organisation itself.
    BehalfState {
        /// Filed under a mandate: it stands.
        Mandated = "mandated",
        /// Filed without an account, and attached to no organisation yet.
        Loose = "loose",
        /// Filed without a mandate: the organisation has yet to say whether it is its own.
        Pending = "pending",
        Confirmed = "confirmed",
        Refused = "refused",
    }
}

codes! {
    /// How a report came that the organisation did not file itself.
    Way {
        /// From an account of another organisation.
        House = "house",
        /// By the public form, from somebody without an account.
        Form = "form",
        Telephone = "telephone",
        Mail = "mail",
    }
}

codes! {
    /// Reference Security Incident Taxonomy (ENISA / TF-CSIRT), machine version 1003: class and type as `class/type`.
    Category {
        Spam = "abusive-content/spam",
        HarmfulSpeech = "abusive-content/harmful-speech",
        Violence = "abusive-content/violence",
        InfectedSystem = "malicious-code/infected-system",
        C2Server = "malicious-code/c2-server",
        MalwareDistribution = "malicious-code/malware-distribution",
        MalwareConfiguration = "malicious-code/malware-configuration",
        Scanner = "information-gathering/scanner",
        Sniffing = "information-gathering/sniffing",
        SocialEngineering = "information-gathering/social-engineering",
        IdsAlert = "intrusion-attempts/ids-alert",
        BruteForce = "intrusion-attempts/brute-force",
        Exploit = "intrusion-attempts/exploit",
        PrivilegedAccount = "intrusions/privileged-account-compromise",
        UnprivilegedAccount = "intrusions/unprivileged-account-compromise",
        ApplicationCompromise = "intrusions/application-compromise",
        SystemCompromise = "intrusions/system-compromise",
        Burglary = "intrusions/burglary",
        Dos = "availability/dos",
        Ddos = "availability/ddos",
        Misconfiguration = "availability/misconfiguration",
        Sabotage = "availability/sabotage",
        Outage = "availability/outage",
        UnauthorisedAccess = "information-content-security/unauthorised-information-access",
        UnauthorisedModification = "information-content-security/unauthorised-information-modification",
        DataLoss = "information-content-security/data-loss",
        DataLeak = "information-content-security/data-leak",
        UnauthorisedUse = "fraud/unauthorised-use-of-resources",
        Copyright = "fraud/copyright",
        Masquerade = "fraud/masquerade",
        Phishing = "fraud/phishing",
        WeakCrypto = "vulnerable/weak-crypto",
        DdosAmplifier = "vulnerable/ddos-amplifier",
        PotentiallyUnwanted = "vulnerable/potentially-unwanted-accessible",
        InformationDisclosure = "vulnerable/information-disclosure",
        VulnerableSystem = "vulnerable/vulnerable-system",
        Other = "other/other",
        Undetermined = "other/undetermined",
        Test = "test/test",
    }
}

impl Category {
    /// The Fluent key of its German name.
    #[must_use]
    pub fn label(self) -> String {
        format!("rsit-{}", self.code().replace('/', "-"))
    }
}

/// 1 (at once) to 4 (when there is time).
pub type Priority = i32;

/// Impact × spread → priority. The more it hurts and the further it reaches, the sooner.
#[must_use]
pub fn priority(impact: Impact, spread: Spread) -> Priority {
    use Impact::{High, Low, None, Severe};
    use Spread::{OneDevice, OneOffice, SeveralHouses, WholeHouse};
    match (impact, spread) {
        (Severe, _) | (High, WholeHouse | SeveralHouses) => 1,
        (High, _) | (Low, WholeHouse | SeveralHouses) => 2,
        (Low, _) | (None, SeveralHouses) => 3,
        (None, OneDevice | OneOffice | WholeHouse) => 4,
    }
}

codes! {
    /// What a later report is.
    Nature {
        News = "news",
        Correction = "correction",
        End = "end",
        Withdrawal = "withdrawal",
    }
}

impl Nature {
    /// The kind of report: a correction follows up, the end and a withdrawal are final.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::News | Self::Correction => "follow_up",
            Self::End | Self::Withdrawal => "final",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_impact_or_spread_never_lowers_the_priority() {
        for (i, impact) in Impact::ALL.iter().enumerate() {
            for (s, spread) in Spread::ALL.iter().enumerate() {
                let here = priority(*impact, *spread);
                assert!((1..=4).contains(&here));
                for worse in &Impact::ALL[i..] {
                    assert!(priority(*worse, *spread) <= here, "{worse:?} {spread:?}");
                }
                for wider in &Spread::ALL[s..] {
                    assert!(priority(*impact, *wider) <= here, "{impact:?} {wider:?}");
                }
            }
        }
    }
}
