//! Integration tests: the product in this process, asked as browsers, programs and mail gateways ask it.

mod canaries;
mod desk;
mod evidence;
mod input;
mod operation;
mod plain;
mod policy;
mod second_factor;
mod snapshots;
mod support;
