//! The closed lists of cases as columns hold them.

use crate::core::tlp::Tlp;
use crate::incidents::linking::LinkKind;
use crate::incidents::model::{
    BehalfState, Category, Class, Impact, Inform, Nature, Observed, Part, Spread, Way,
};
use crate::incidents::status::{CloseReason, Status};
use crate::store::Word;

macro_rules! words {
    ($($name:ident),+) => {$(
        impl Word for $name {
            fn read(word: &str) -> Option<Self> {
                Self::parse(word)
            }
        }
    )+};
}
words!(
    BehalfState,
    Category,
    Class,
    CloseReason,
    Impact,
    Inform,
    LinkKind,
    Nature,
    Observed,
    Part,
    Spread,
    Status,
    Tlp,
    Way
);
