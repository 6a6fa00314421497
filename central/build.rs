//! Builds the program anew when the console in `ui/dist` was: the macro that embeds it is not noticed by cargo.

fn main() {
    // Cargo takes a missing path for one that changes at every build, so the folder is there, empty, before the
    // console is built. Where the sources cannot be written, nothing but time is lost.
    let _ = std::fs::create_dir_all("ui/dist");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=ui/dist");
}
