//! `make demo`: mock national services, central, cameras on loopback and an edge agent per site, started in that order
//! and stopped in the opposite one.

mod api;
mod logins;
mod own_camera;
mod programs;
mod road;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio_util::sync::CancellationToken;

use api::Api;
use logins::Logins;
use programs::{Program, run_to_end};

use crate::time_server::TimeServer;

/// Starts the whole system on invented data and prints where to look. Ctrl-C stops it and says what was kept.
#[derive(Debug, clap::Parser)]
#[command(after_help = "Example:\n  demo --camera rtsp://me:secret@192.0.2.10:554/stream1\n\n\
User name and password are taken out of the address and kept in a file that only you may read.")]
pub struct Demo {
    /// A camera of yours, besides those of the demonstration.
    #[arg(long, value_name = "URL")]
    camera: Option<String>,
    /// Folder for everything that is kept between runs.
    #[arg(long, value_name = "FOLDER", default_value = "run/demo")]
    folder: PathBuf,
    /// Take free ports instead of 8080, 1883, 9800, 8554, 8095 (barrier) and 8090 to 8092 (desks).
    #[arg(long)]
    any_ports: bool,
    /// Write address and logins as JSON to this file once everything is up (for scripts).
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

/// Name of the configuration, site, agent.
const SITES: [(&str, &str, &str); 4] = [
    ("industrial", "kcn-khanh-phu", "edge-khanh-phu"),
    ("tourist", "trang-an", "edge-trang-an"),
    ("station", "ga-ninh-binh", "edge-ga"),
    ("junction", "nga-tu-le-dai-hanh", "edge-le-dai-hanh"),
];

struct Ports {
    http: u16,
    mqtt: u16,
    mocks: u16,
    rtsp: u16,
    barrier: u16,
    /// Of the guards' desks, in the order of the first three sites.
    desks: [u16; 3],
    /// Of the time server.
    time: u16,
}

impl Ports {
    fn choose(any: bool, time: u16) -> anyhow::Result<Self> {
        let free = |wanted: u16| TcpListener::bind(("127.0.0.1", wanted)).and_then(|held| held.local_addr());
        let port = |wanted: u16| -> anyhow::Result<u16> {
            let found = free(if any { 0 } else { wanted }).or_else(|_| {
                println!("port {wanted} is taken by another program: a free one is used instead");
                free(0)
            });
            Ok(found.context("no free port on 127.0.0.1")?.port())
        };
        Ok(Self {
            http: port(8080)?,
            mqtt: port(1883)?,
            mocks: port(9800)?,
            rtsp: port(8554)?,
            barrier: port(8095)?,
            desks: [port(8090)?, port(8091)?, port(8092)?],
            time,
        })
    }
}

impl Demo {
    /// Runs the demonstration until Ctrl-C, or until a part of it stops by itself.
    ///
    /// # Errors
    /// What could not be started, or what stopped, and where its log is.
    pub fn run(self) -> anyhow::Result<()> {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(async {
            let stop = CancellationToken::new();
            let on_signal = stop.clone();
            let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
            tokio::spawn(async move {
                tokio::select! {
                    _ = tokio::signal::ctrl_c() => {}
                    _ = terminate.recv() => {}
                }
                on_signal.cancel();
            });
            self.play(stop).await
        })
    }

    async fn play(self, stop: CancellationToken) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make {}", self.folder.display()))?;
        let folder = self.folder.canonicalize()?;
        // A machine without a time daemon does not know its own time; agents measure theirs against this one.
        let time = TimeServer::start(0).context("no time server on 127.0.0.1")?;
        let ports = Ports::choose(self.any_ports, time.address().port())?;
        let mut programs = Vec::new();

        programs.push(start_mocks(&folder, &ports)?);
        wait_for_port(ports.mocks, &programs, &stop).await?;

        let central = configure(&folder, "central", &ports)?;
        let central_flag = ["--config".as_ref(), central.as_os_str()];
        run_to_end("central", [&["migrate".as_ref()][..], &central_flag].concat())?;
        let seeds =
            Path::new("seeds/data").canonicalize().context("run the demo from the project's folder")?;
        run_to_end(
            "central",
            [&["seed".as_ref(), "--from".as_ref(), seeds.as_os_str()][..], &central_flag].concat(),
        )?;
        let logins = Logins::make(&folder, &central)?;
        programs.push(Program::start(
            "central",
            "central",
            [&["serve".as_ref()][..], &central_flag].concat(),
            &folder,
        )?);
        wait_for_port(ports.http, &programs, &stop).await?;

        programs.push(start_cameras(&folder, &ports)?);
        wait_for_port(ports.rtsp, &programs, &stop).await?;
        let listen = format!("127.0.0.1:{}", ports.barrier);
        let flags = ["--listen", &listen].map(AsRef::as_ref).to_vec();
        programs.push(Program::start("barrier", "barrier", flags, &folder)?);
        for (name, site, agent) in SITES {
            let config = configure(&folder, name, &ports)?;
            programs.push(start_agent(&folder, &config, &central, site, agent)?);
        }
        if let Some(url) = &self.camera {
            let config = own_camera::configure(&folder, url, &ports.mqtt)?;
            programs.push(start_agent(&folder, &config, &central, own_camera::SITE, own_camera::AGENT)?);
        }

        let address = format!("http://127.0.0.1:{}", ports.http);
        road::prepare(&address, &logins).await?;
        let desks: Vec<String> = ports.desks.iter().map(|port| format!("http://127.0.0.1:{port}")).collect();
        println!("\nGuards' desks, with name and PIN:");
        for ((_, site, _), desk) in SITES.iter().zip(&desks) {
            println!("  {desk}  {site}");
        }
        println!(
            "\nCitizens: {address}/vi-pham, checking a paper: {address}/xac-minh. A mock VNeID signs somebody in with a token of\n  \
            curl -d '{{\"idNumber\":\"022079900113\",\"level\":2,\"ttlS\":600}}' http://127.0.0.1:{}/mock/admin/vneid-token",
            ports.mocks
        );
        println!(
            "\nVọng Gác  {address}\n\n{logins}\nLogs: {}/*.log   Ctrl-C stops everything.\n",
            folder.display()
        );
        if let Some(path) = &self.ready_file {
            let mocks = format!("http://127.0.0.1:{}/mock", ports.mocks);
            std::fs::write(path, logins.ready(&address, &desks, &mocks)?)?;
        }
        let ended = watch(&mut programs, &stop).await;
        let api = Api::sign_in(&address, &logins, "ioc").await;
        let summary = match &api {
            Ok(api) => api.summary().await.ok(),
            Err(_) => None,
        };
        stop_all(programs);
        say_what_was_kept(&folder, summary.as_deref());
        ended
    }
}

fn start_mocks(folder: &Path, ports: &Ports) -> anyhow::Result<Program> {
    let config = configure(folder, "seeds", ports)?;
    let arguments = ["serve".as_ref(), "--config".as_ref(), config.as_os_str()];
    Program::start("mock national services", "seeds", arguments.to_vec(), folder)
}

fn start_cameras(folder: &Path, ports: &Ports) -> anyhow::Result<Program> {
    let street = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
    ensure!(Path::new(street).exists(), "{street} is missing: install Debian's package opencv-doc");
    let listen = format!("127.0.0.1:{}", ports.rtsp);
    let mut arguments =
        vec!["--listen".to_owned(), listen, "--cache".to_owned(), ".cache/cameras".to_owned()];
    for (camera, clip) in [
        ("cong-chinh", street),
        ("cong-2", "tests/clips/gate.h264"),
        ("huong-bac", "tests/clips/junction.h264"),
        ("sanh-ga", street),
    ] {
        arguments.extend(["--mount".to_owned(), format!("{camera}={clip}")]);
    }
    Program::start("cameras", "cameras", arguments.iter().map(AsRef::as_ref).collect(), folder)
}

fn start_agent(
    folder: &Path,
    config: &Path,
    central: &Path,
    site: &str,
    agent: &str,
) -> anyhow::Result<Program> {
    if !folder.join(agent).join("central.pub").exists() {
        let flags = ["enrol", "--site", site, "--agent", agent, "--config"].map(AsRef::as_ref);
        let printed = run_to_end("central", [&flags[..], &[central.as_os_str()]].concat())?;
        let code = printed.split_whitespace().next().context("central enrol printed no code")?;
        logins::write_secret(&folder.join(format!("{agent}.code")), code)?;
    }
    let arguments = vec!["run".as_ref(), "--config".as_ref(), config.as_os_str()];
    Program::start(agent, "edge-agent", arguments, folder)
}

/// A copy of `configs/demo/NAME.toml` with this run's folder and ports.
fn configure(folder: &Path, name: &str, ports: &Ports) -> anyhow::Result<PathBuf> {
    let sample = Path::new("configs/demo").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&sample)
        .with_context(|| format!("{}: run the demo from the project's folder", sample.display()))?;
    let text = text
        .replace("../../run/demo", &folder.display().to_string())
        .replace(":8080", &format!(":{}", ports.http))
        .replace(":1883", &format!(":{}", ports.mqtt))
        .replace(":9800", &format!(":{}", ports.mocks))
        .replace(":8554", &format!(":{}", ports.rtsp))
        .replace(":8095", &format!(":{}", ports.barrier))
        .replace(":8123", &format!(":{}", ports.time))
        .replace(":8090", &format!(":{}", ports.desks[0]))
        .replace(":8091", &format!(":{}", ports.desks[1]))
        .replace(":8092", &format!(":{}", ports.desks[2]));
    let path = folder.join(format!("{name}.toml"));
    std::fs::write(&path, text)?;
    Ok(path)
}

async fn wait_for_port(port: u16, programs: &[Program], stop: &CancellationToken) -> anyhow::Result<()> {
    let until = Instant::now() + Duration::from_secs(120);
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        let newest = programs.last().context("nothing was started")?;
        ensure!(!stop.is_cancelled(), "stopped while {} was starting", newest.name());
        ensure!(
            newest.is_running(),
            "{} stopped at once; its log: {}",
            newest.name(),
            newest.log().display()
        );
        ensure!(
            Instant::now() < until,
            "{} does not answer on port {port}; its log: {}",
            newest.name(),
            newest.log().display()
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Until Ctrl-C (fine) or until something stops by itself (an error).
async fn watch(programs: &mut [Program], stop: &CancellationToken) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
        if let Some(dead) = programs.iter().find(|program| !program.is_running()) {
            bail!("{} stopped by itself; its log: {}", dead.name(), dead.log().display());
        }
    }
}

/// Agents first, so that what they still hold reaches central; mocks last.
fn stop_all(mut programs: Vec<Program>) {
    while let Some(program) = programs.pop() {
        println!("stopping {} …", program.name());
        program.stop(Duration::from_secs(20));
    }
}

fn say_what_was_kept(folder: &Path, summary: Option<&str>) {
    println!("\nKept in {}:", folder.display());
    if let Some(summary) = summary {
        println!("  central: {summary}");
    }
    println!(
        "  database and evidence in central/, agents' keys and outboxes in edge-*/, logins in logins.json"
    );
    for line in programs::last_lines(folder, "kept=") {
        println!("  {line}");
    }
    println!("`make demo` goes on from there; delete the folder to start anew.");
}
