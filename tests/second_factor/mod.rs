//! The second factor, where everybody needs one: what is closed without it, and how somebody comes through.

mod closed;
mod onboarding;
mod ways;
