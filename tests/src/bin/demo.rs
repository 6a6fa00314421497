//! The demonstration: everything on one machine, on invented data, until Ctrl-C.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    // The HTTP client wants one even for plain HTTP; there cannot be a second one yet.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match promises::demo::Demo::parse().run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
