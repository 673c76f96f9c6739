//! Who comes in: from a request's cookie, token and address to an actor. Pages take [`Visitor`], the API [`Bearer`].
//!
//! The application wraps, from the inside: [`enter`], [`sessions`], [`tell_trouble`], [`limit_posts`], and the kit's
//! middleware. It hands in `web::Data` of [`Site`](crate::web::site::Site),
//! [`AccessSettings`](super::settings::AccessSettings) and [`Crowd`].

mod address;
mod bearer;
mod crowd;
mod enter;
mod held;
mod nav;
mod session;
mod tries;
mod visitor;

pub use address::client_ip;
pub use bearer::Bearer;
pub use crowd::{Crowd, limit_posts};
#[cfg(test)]
pub use enter::arrive;
pub use enter::enter;
pub use held::Held;
pub use session::{Sessions, sessions, tell_trouble};
pub(super) use tries::count;
pub use tries::{Try, count_try, nowhere};
pub use visitor::{Visitor, local_path};
