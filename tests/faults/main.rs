//! Faults: real processes of the product are killed, stopped, put to sleep, locked out of their database and left
//! without disk or mail server. Afterwards nothing is lost, nothing is half written, and every state is true.
//!
//! The numbers that each test found are printed. `MELDEKETTE_TEST_FULL=1` repeats the kills often enough to be sure.

mod audit_trail;
mod commands;
mod database;
mod demonstration;
mod dispatch;
mod drafts;
mod fanout;
mod filing;
mod flood;
mod house;
mod mail_in;
mod mail_server;
mod mails;
mod process;
mod run;
mod sink;
mod storage;
mod town;
mod two_workers;
mod upload;
