//! The command line.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A page is thousands of small allocations, made and freed on several threads at once: this allocator is made for that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // One TLS stack, chosen before anything can open a connection.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("meldekette: another TLS provider is installed already");
        return ExitCode::FAILURE;
    }
    meldekette::cli::run()
}
