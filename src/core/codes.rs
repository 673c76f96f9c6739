//! Closed lists of words: one enum for each, with its code in database and API.

/// An enum whose variants have a code each: `codes! { /// Doc. Name { Variant = "code" } }`.
///
/// Gives `ALL` in the order people choose from, `code()` and `parse()`.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// All, in the order people choose from.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// The word in the database, the API and the end of the Fluent key.
            #[must_use]
            pub fn code(self) -> &'static str { match self { $(Self::$variant => $code),+ } }
            /// Reads the word.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.code() == code) }
        }
    };
}
pub(crate) use codes;
