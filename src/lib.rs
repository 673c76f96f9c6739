//! Meldekette: incident reports up the chain, signed advisories down to every administration.
//!
//! # The map
//!
//! Arrows run one way (`tests/architecture` reads them):
//!
//! ```text
//! core ← store ← queue, crypto, mail, web ← features ← desk ← routes, worker ← app ← cli ← main
//! features, each may call only those before it:
//!   audit → access → directory → incidents → correspondence → duties → escalation → advisories
//! inside a feature:  pages | api | job → service → store → model
//! ```
//!
//! | room | what is in it |
//! | --- | --- |
//! | [`core`] | words and values of every part: ids, actor, clock, errors, TLP, checked text, German times, Fluent texts |
//! | [`store`] | SQLite or PostgreSQL at run time, the transaction that services work in, migrations, leases, references; the object store for files |
//! | [`queue`] | durable jobs and timers |
//! | [`crypto`] | S/MIME identities and signatures, mail encrypted for its reader, sealing at rest of keys and of files, the signed log |
//! | [`mail`] | outbox, workers, transports; what goes out sealed, in clear or as a pointer; the receiver that speaks SMTP to the demonstration and LMTP to the inbox |
//! | [`web`] | the kit for pages: layouts, forms, tokens, errors, headers, embedded files, Markdown, who is connected for live updates; for paper: PDF; tables to take along |
//! | [`audit`] | the trail: recorded with each change, chained and signed afterwards, verified anywhere |
//! | [`access`] | accounts, roles, second factors, sessions, links, tokens, limits, and the one policy table |
//! | [`directory`] | the register: organisations, contacts, who acts for whom, who serves whom, mandates, enrolment, imports |
//! | [`incidents`] | cases: guided report, with an account and without, calls written down, later reports, papers of the house, questions to all whom a provider serves, triage, timeline, status machine, merges and links, tasks and the playbooks that make them, text blocks, what other cases look alike, lists, search, how the team works through its queue, observables found in all texts, files with their chain of custody, what stays on top of a timeline and whom a note calls, whole cases as archives, cases from other installations and ticket systems |
//! | [`correspondence`] | mail that comes in: accepted, read, brought to its case, the inbox for what nobody could place, and threads with third parties |
//! | [`duties`] | who must report a case to whom, by when: the rule sets of the law, whom they bind, their clocks |
//! | [`escalation`] | plans for which cases, office hours and holidays, who is on call, steps, durable timers, acknowledgement, what will become of a case if nobody answers |
//! | [`advisories`] | drafts, four eyes, publishing, deliveries |
//! | [`desk`] | pages that show several features at once: start, queue, incident, audit trail, queues; live updates, keys and commands |
//! | [`routes`], [`worker`], [`app`], [`cli`] | every address; what runs beside; the product put together; commands |
//!
//! # One report, from edge to disk
//!
//! A town hall answers one question after the other under `/melden` ([`incidents::guide`]); each answer is saved in its
//! draft. Then it sends the draft. [`web`] has refused foreign sites and wrong tokens; [`access::guard`] knows who comes
//! in. One transaction ([`store::Db::write`]) takes the draft, makes a report of its answers (a program's JSON is read
//! by [`incidents::input`]) and runs [`incidents::service::file`]: the policy table is asked; reference, skeleton,
//! content, report, involvement and timeline are written; [`audit::service::record`] adds the trail's row, `mail::outbox` the
//! confirmation; `IncidentFiled` is emitted, and [`escalation::service::on_event`] starts plan and timer before the
//! commit. On SQLite the commit is shared with other writers that wait; when it is on the disk, the answer leaves.
//! Later the workers send the mail ([`mail::worker`]), fire the timer ([`queue::Runner`]) and chain the trail
//! ([`audit::sequencer`]).
//!
//! # One mail that comes in
//!
//! A mail server delivers over LMTP or through a pipe ([`correspondence::intake`]), or a mailbox is emptied
//! ([`correspondence::mailbox`]). The bytes are sealed into the object store, a row is written; then the mail server is
//! told that the mail is accepted, or the mail is moved out of the way. A worker gives the bytes to a process
//! that bounds itself and says what it read; pure rules ([`correspondence::judge`]) say whether that is an answer, a
//! bounce, a machine's or a stranger's mail; one transaction carries it out: a line of the case's timeline with the files
//! as evidence, the state of the mail that came back, or an entry of the inbox that a person decides on.
//!
//! # One advisory, from draft to mailbox
//!
//! An analyst writes ([`advisories::service`]), another person approves: content, mail and recipients are frozen and
//! bound by a hash. Publishing writes one shared text and a row for each recipient into the outbox, in one
//! transaction. Workers lease rows with a fencing token, compose and sign each mail outside any transaction
//! ([`mail::message`], [`crypto::smime`]), send it over a kept connection and record the server's answer; what a crash
//! leaves unknown is sent again and marked. The delivery page joins deliveries with the outbox.

pub mod access;
pub mod advisories;
pub mod app;
pub mod audit;
pub mod cli;
pub mod config;
pub mod core;
pub mod correspondence;
pub mod crypto;
pub mod desk;
pub mod directory;
pub mod duties;
pub mod escalation;
pub mod incidents;
pub mod mail;
pub mod queue;
pub mod routes;
pub mod store;
pub mod web;
pub mod worker;
