//! What can be asked of the register and done to it. Each file is one matter; callers see one list of functions.

mod acting;
mod assets;
mod audience;
mod behalf;
mod book;
mod card;
mod confirmations;
mod contacts;
mod endings;
mod enrolment;
mod importing;
mod keys;
mod lapses;
mod lookup;
mod mandate_letters;
mod mandates;
mod offline;
mod organisations;
mod relations;

pub use acting::{acting_for, administration_of, administrations_of, org_facts};
pub use assets::{add_asset, all_assets, mail_domains, remove_asset};
pub use audience::{Audience, audience};
pub use behalf::{Authority, OnBehalf, Reportable, held_mandates, report_facts, reportable};
pub use book::Book;
pub use card::{Taken, card, cards, check_contact_code, houses_with_card, may_print_cards};
pub use confirmations::{House, ToConfirm, confirm, confirm_card, own_houses, to_confirm};
pub use contacts::{
    add_contact, change_contact, contacts_of, end_contact, load_contact, phones, speakers_at, stand_ins_of,
};
pub use endings::{ENDS_SOON, announce_endings};
pub use enrolment::{ToCall, enrolment_steps, note_call, set_enrolment, to_be_called};
pub use importing::{File, ImportOptions, Imported, ImportedChange, apply, import, known_keys, read_file};
pub use keys::KeyRing;
pub use lapses::{Silent, ask, confirm_contact, peek_contact, silent};
pub use lookup::{
    NameMemo, abroad, cert, districts, ensure_cert, exactly, guess, in_district, load, load_all, lookup,
    lookup_by_key, matching, named, names, order_of, recent_names, state_leadership,
};
pub use mandate_letters::people_of;
pub use mandates::{
    MandateView, Mandates, WarnMandate, grant_mandate, lay_down_mandate, mandate_choices, mandates,
    revoke_mandate,
};
pub use offline::{
    Marked, Mistrusted, Offline, Preview, Reached, SignIn, is_any_marked, lift_offline, mark_offline,
    marked_among, offline, release_sign_in,
};
pub use organisations::{
    Listed, OrganisationView, ServiceView, add_organisation, change_organisation, districts_for_form,
    form_for, list, load_for_change, may_edit, view,
};
pub use relations::{add_relation, customers, end_relation, providers, providers_of, served_by, services_of};
