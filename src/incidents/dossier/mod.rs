//! A whole case as an archive that anybody can check: its words, files and trail, with a signed manifest.
//!
//! A ZIP without compression. `case.json` ([`model::Dossier`]) holds everything that is written, `files/NNNN` the files
//! in their order there (a suspected sample encrypted, as everywhere), `audit.jsonl` what the audit trail says of the
//! case, where whoever exports may read it. `manifest.json` ([`model::Manifest`]) comes last and holds the SHA-256 of
//! every member; `manifest.sig` is a checkpoint of the log's key over the SHA-256 of `manifest.json`.
//!
//! What other cases it has to do with stays out of it.
//!
//! An archive of another installation is brought in by [`service::import`], once.

mod arrive;
mod check;
mod foreign;
pub mod model;
mod pack;
pub mod service;
