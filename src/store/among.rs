//! Many rows by their ids, in a statement that stays prepared.
//!
//! diesel writes `IN (?, ?, …)` for SQLite, another statement for each number of ids, which is parsed and planned anew
//! at each call. There the ids go as one JSON text instead, and SQLite's `json_each` makes rows of it.

use uuid::Uuid;

use super::schema::{accounts, organisations, reports};
use crate::core::ids::Id;

diesel::table! {
    /// SQLite's table-valued function: its argument is the hidden column `json`.
    json_each (key) {
        key -> Nullable<Text>,
        value -> Text,
        json -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(json_each, organisations);
diesel::allow_tables_to_appear_in_same_query!(json_each, accounts);
diesel::allow_tables_to_appear_in_same_query!(json_each, reports);

#[diesel::declare_sql_function]
extern "SQL" {
    /// The bytes of a hexadecimal text.
    #[sql_name = "unhex"]
    fn unhex_id(text: diesel::sql_types::Text) -> Id;
}

/// The ids as a JSON array of hexadecimal texts.
pub fn array<T: Into<Uuid> + Copy>(ids: &[T]) -> String {
    let mut text = String::with_capacity(2 + ids.len() * 35);
    text.push('[');
    for (at, id) in ids.iter().enumerate() {
        text.push_str(if at == 0 { "\"" } else { ",\"" });
        text.push_str((*id).into().simple().encode_lower(&mut Uuid::encode_buffer()));
        text.push('"');
    }
    text.push(']');
    text
}

/// `column IN` these ids, for SQLite.
macro_rules! among {
    ($column:expr, $ids:expr) => {{
        use $crate::store::among::{array, json_each, unhex_id};
        diesel::ExpressionMethods::eq_any(
            $column,
            diesel::QueryDsl::select(
                diesel::QueryDsl::filter(
                    json_each::table,
                    diesel::ExpressionMethods::eq(json_each::json, array($ids)),
                ),
                unhex_id(json_each::value),
            ),
        )
    }};
}
pub(crate) use among;
