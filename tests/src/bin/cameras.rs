//! Cameras for the demo: RTSP on loopback, showing clips over and over.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use promises::cameras::{CameraServer, Challenge, Login, Mount, Scene};

/// Serves video files as RTSP cameras on loopback until Ctrl-C.
#[derive(Parser)]
#[command(after_help = "Example:\n  cameras --mount gate=street.avi --mount hall=still\n  \
                        → rtsp://127.0.0.1:8554/gate and rtsp://127.0.0.1:8554/hall")]
struct Args {
    /// Loopback address to serve on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8554")]
    listen: SocketAddr,
    /// A camera: its path in the URL, and a video file, `moving` or `still` (test patterns). Repeatable.
    #[arg(long = "mount", value_name = "NAME=SCENE", required = true, value_parser = split)]
    mounts: Vec<(String, String)>,
    /// Folder for clips made from files that cannot be looped as they are.
    #[arg(long, value_name = "FOLDER", default_value = ".cache/cameras")]
    cache: PathBuf,
    /// File with one line, user:password, that clients must know (digest).
    #[arg(long, value_name = "FILE")]
    login: Option<PathBuf>,
}

fn split(text: &str) -> Result<(String, String), String> {
    let (name, scene) = text.split_once('=').ok_or("write NAME=SCENE, for example gate=street.avi")?;
    let fits =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if fits {
        Ok((name.to_owned(), scene.to_owned()))
    } else {
        Err("NAME is made of a-z, 0-9 and -".to_owned())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut mounts = Vec::new();
    for (name, scene) in &args.mounts {
        mounts.push(Mount::new(name, prepare(scene, &args.cache)?));
    }
    let login = args.login.as_deref().map(read_login).transpose()?;
    let server = CameraServer::start(args.listen, mounts, login)?;
    for (name, scene) in &args.mounts {
        println!("{}  {scene}", server.url(name));
    }
    tokio::select! {
        stopped = tokio::signal::ctrl_c() => stopped?,
        () = terminated() => {}
    }
    Ok(())
}

/// Waits for the polite signal that a parent sends.
async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

fn prepare(scene: &str, cache: &std::path::Path) -> anyhow::Result<Scene> {
    let bar = ProgressBar::new(100);
    bar.set_style(ProgressStyle::with_template("{msg} [{bar:30}] {percent} %")?);
    bar.set_message(format!("preparing {scene}"));
    let mut told = false;
    let made = Scene::from_name(scene, cache, &mut |done| {
        if !std::mem::replace(&mut told, true) && !std::io::stderr().is_terminal() {
            eprintln!("preparing {scene}, once");
        }
        bar.set_position((done * 100.0) as u64);
    });
    bar.finish_and_clear();
    made
}

fn read_login(path: &std::path::Path) -> anyhow::Result<Login> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (user, password) = text
        .trim_end_matches(['\r', '\n'])
        .split_once(':')
        .with_context(|| format!("{} must hold user:password", path.display()))?;
    Ok(Login { user: user.to_owned(), password: password.to_owned(), challenge: Challenge::Digest })
}
