//! Integration tests: the product in this process, asked as browsers, programs and mail gateways ask it.

mod canaries;
mod desk;
mod duties;
mod evidence;
mod fuzz;
mod inbound;
mod input;
mod live;
mod observables;
mod operation;
mod outbound;
mod plain;
mod policy;
mod second_factor;
mod snapshots;
mod support;
