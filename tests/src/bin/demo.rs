//! The demonstration: everything on one machine, on invented data, until Ctrl-C.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    match promises::demo::Demo::parse().run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
