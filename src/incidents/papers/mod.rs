//! What helps next: papers that an organisation makes of its own case. The situation on one page for whoever leads the
//! house, a notice for its website, a letter to the people whose data are affected. Each is filled from what is known,
//! changed by the organisation, and kept with the case.

mod fill;
pub mod model;
pub mod pages;
pub mod service;
mod sheet;
mod store;
#[cfg(test)]
mod tests;
