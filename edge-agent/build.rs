//! Builds the program anew when the desk's page in `central/ui/dist-desk` was: the macro that embeds it is not noticed by cargo.

fn main() {
    // Cargo takes a missing path for one that changes at every build, so the folder is there, empty, before the page is built.
    // Where the sources cannot be written, nothing but time is lost.
    let _ = std::fs::create_dir_all("../central/ui/dist-desk");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../central/ui/dist-desk");
}
