//! How a mail goes out: in clear, sealed for its reader, or as a pointer without content. A pure table.

use crate::core::tlp::Tlp;
use crate::crypto::encrypt::Lack;

/// What is on file to encrypt with for one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFile {
    Nothing,
    Valid,
    Lacking(Lack),
}

/// How a mail goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Signed, not encrypted.
    Clear,
    /// Signed, and encrypted for its reader alone.
    Sealed,
    /// Without content.
    Pointer(Why),
}

/// Why a mail goes out without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// TLP:RED is for named persons; several may read a function's mailbox.
    Function,
    /// No key is on file.
    NoKey,
    /// The key on file has ended.
    Ended,
    /// The key on file is not valid yet.
    NotYet,
    /// The key on file cannot be used.
    Unusable,
    /// What was to be sealed is not kept any more.
    Erased,
}

impl Why {
    /// All reasons.
    pub const ALL: [Self; 6] =
        [Self::Function, Self::NoKey, Self::Ended, Self::NotYet, Self::Unusable, Self::Erased];

    /// The sentence for the reader. What the reader cannot mend needs none.
    #[must_use]
    pub fn told(self) -> Option<&'static str> {
        match self {
            Self::Function => Some("mail-sealed-not-function"),
            Self::NoKey => Some("mail-sealed-not-no-key"),
            Self::Ended => Some("mail-sealed-not-ended"),
            Self::NotYet => Some("mail-sealed-not-yet"),
            Self::Unusable => Some("mail-sealed-not-unusable"),
            Self::Erased => None,
        }
    }

    /// The word in the mail's row.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Function => "pointer_function",
            Self::NoKey => "pointer_no_key",
            Self::Ended => "pointer_ended",
            Self::NotYet => "pointer_not_yet",
            Self::Unusable => "pointer_unusable",
            Self::Erased => "pointer_erased",
        }
    }
}

/// How a mail under this label goes to this reader.
///
/// A valid key is used under every label. Without one, what is above GREEN goes as a pointer. TLP:RED goes to no function's
/// mailbox, with or without a key.
#[must_use]
pub fn way(tlp: Tlp, is_function: bool, key: OnFile) -> Way {
    match key {
        _ if tlp == Tlp::Red && is_function => Way::Pointer(Why::Function),
        OnFile::Valid => Way::Sealed,
        _ if tlp.may_travel_in_clear() => Way::Clear,
        OnFile::Nothing => Way::Pointer(Why::NoKey),
        OnFile::Lacking(Lack::Ended) => Way::Pointer(Why::Ended),
        OnFile::Lacking(Lack::NotYet) => Way::Pointer(Why::NotYet),
        OnFile::Lacking(Lack::Unusable) => Way::Pointer(Why::Unusable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::i18n::{Lang, text};

    const KEYS: [OnFile; 5] = [
        OnFile::Nothing,
        OnFile::Valid,
        OnFile::Lacking(Lack::Ended),
        OnFile::Lacking(Lack::NotYet),
        OnFile::Lacking(Lack::Unusable),
    ];

    #[test]
    fn each_row_of_the_table() {
        let (person, function) = (false, true);
        let [nothing, valid, ended, early, odd] = KEYS;
        for (tlp, is_function, key, goes) in [
            (Tlp::Clear, person, nothing, Way::Clear),
            (Tlp::Clear, function, valid, Way::Sealed),
            (Tlp::Green, function, ended, Way::Clear),
            (Tlp::Green, person, valid, Way::Sealed),
            (Tlp::Amber, person, valid, Way::Sealed),
            (Tlp::Amber, function, valid, Way::Sealed),
            (Tlp::Amber, person, nothing, Way::Pointer(Why::NoKey)),
            (Tlp::Amber, function, ended, Way::Pointer(Why::Ended)),
            (Tlp::AmberStrict, function, valid, Way::Sealed),
            (Tlp::AmberStrict, person, early, Way::Pointer(Why::NotYet)),
            (Tlp::AmberStrict, person, odd, Way::Pointer(Why::Unusable)),
            (Tlp::Red, person, valid, Way::Sealed),
            (Tlp::Red, person, nothing, Way::Pointer(Why::NoKey)),
            (Tlp::Red, person, ended, Way::Pointer(Why::Ended)),
            (Tlp::Red, function, valid, Way::Pointer(Why::Function)),
            (Tlp::Red, function, nothing, Way::Pointer(Why::Function)),
        ] {
            assert_eq!(way(tlp, is_function, key), goes, "{tlp} {is_function} {key:?}");
        }
    }

    #[test]
    fn nothing_above_green_goes_in_clear_and_nothing_red_to_a_function_whatever_is_on_file() {
        let mut rows = 0;
        for tlp in Tlp::ALL {
            for is_function in [false, true] {
                for key in KEYS {
                    rows += 1;
                    let goes = way(tlp, is_function, key);
                    let is_red_function = tlp == Tlp::Red && is_function;
                    assert_eq!(goes == Way::Clear, tlp <= Tlp::Green && key != OnFile::Valid);
                    assert_eq!(goes == Way::Sealed, key == OnFile::Valid && !is_red_function);
                    assert_eq!(goes == Way::Pointer(Why::Function), is_red_function);
                    assert_ne!(goes, Way::Pointer(Why::Erased), "no key can be the reason");
                }
            }
        }
        assert_eq!(rows, 50);
    }

    #[test]
    fn each_reason_that_a_reader_can_do_something_about_is_told_in_a_sentence_of_its_own() {
        let told: Vec<_> =
            Why::ALL.iter().filter_map(|why| why.told()).map(|key| text(Lang::De, key)).collect();
        let different: std::collections::BTreeSet<_> = told.iter().collect();
        assert_eq!((told.len(), different.len()), (5, 5));
    }
}
