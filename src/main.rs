//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    // One TLS stack, chosen before anything can open a connection.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("meldekette: another TLS provider is installed already");
        return ExitCode::FAILURE;
    }
    meldekette::cli::run()
}
