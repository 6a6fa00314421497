//! Cameras of our own: an RTSP server on loopback that serves clips and test patterns like a camera does, and
//! misbehaves like one on command (asks for a password, freezes, dies, comes back).
//!
//! A clip is looped without a seam: raw Annex-B video without B-frames, whose time stamps the parser makes up
//! from the frame rate, runs on over the end of the file. Other files are turned into such a clip once. The parser
//! makes up decoding times only; RTP wants the time of showing, which without B-frames is the same.

mod clip;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use anyhow::{Context, ensure};
use gstreamer::{self as gst, glib, prelude::*};
use gstreamer_rtsp_server::{self as rtsp, gst_rtsp, prelude::*};

pub use clip::{Clip, Codec};

/// What a camera shows.
#[derive(Debug, Clone)]
pub enum Scene {
    /// A clip, over and over.
    Clip(Clip),
    /// A ball on noise-free ground, 25 pictures per second.
    Moving(Codec),
    /// Colour bars that never change, 25 pictures per second.
    Still(Codec),
}

/// How packets may travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transports {
    /// As the client asks.
    #[default]
    Any,
    /// Only inside the connection.
    Tcp,
    /// Only as packets of their own.
    Udp,
}

/// How a password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// In the clear.
    Basic,
    /// As a digest.
    Digest,
}

/// User, password and how they are asked for: the same for every camera of a server.
#[derive(Clone)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
    /// How it is asked for.
    pub challenge: Challenge,
}

/// One camera.
#[derive(Debug, Clone)]
pub struct Mount {
    /// Path in the URL, without a slash.
    pub name: String,
    /// What it shows.
    pub scene: Scene,
    /// How packets may travel.
    pub transports: Transports,
}

impl Mount {
    /// A camera that lets the client choose the transport.
    pub fn new(name: &str, scene: Scene) -> Self {
        Self { name: name.to_owned(), scene, transports: Transports::Any }
    }
}

/// Several cameras on one loopback port. Stops when dropped.
pub struct CameraServer {
    address: SocketAddr,
    mounts: Vec<Mount>,
    login: Option<Login>,
    frozen: HashMap<String, Arc<AtomicBool>>,
    connections: Arc<AtomicU64>,
    running: Option<Running>,
}

struct Running {
    server: rtsp::RTSPServer,
    context: glib::MainContext,
    source: Option<glib::SourceId>,
    main_loop: glib::MainLoop,
    thread: Option<JoinHandle<()>>,
}

impl CameraServer {
    /// Serves `mounts` at `listen` (a loopback address; port 0 takes a free one).
    ///
    /// # Errors
    /// When the address is not loopback or is taken, or GStreamer cannot be used.
    pub fn start(listen: SocketAddr, mounts: Vec<Mount>, login: Option<Login>) -> anyhow::Result<Self> {
        ensure!(listen.ip().is_loopback(), "{listen}: test cameras serve on loopback only");
        gst::init().context("GStreamer cannot be used")?;
        let frozen = mounts.iter().map(|m| (m.name.clone(), Arc::default())).collect();
        let mut server =
            Self { address: listen, mounts, login, frozen, connections: Arc::default(), running: None };
        server.restart()?;
        Ok(server)
    }

    /// Serves on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// As `start`.
    pub fn on_free_port(mounts: Vec<Mount>, login: Option<Login>) -> anyhow::Result<Self> {
        Self::start(SocketAddr::from(([127, 0, 0, 1], 0)), mounts, login)
    }

    /// Address of camera `name`, without credentials.
    pub fn url(&self, name: &str) -> String {
        format!("rtsp://{}/{name}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops or resumes the pictures of camera `name` while its connections stay open.
    pub fn freeze(&self, name: &str, frozen: bool) {
        if let Some(flag) = self.frozen.get(name) {
            flag.store(frozen, Ordering::Relaxed);
        }
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Drops every client and closes the port, as a power cut would.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Serves again, on the same port.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.running = None;
        let server = rtsp::RTSPServer::new();
        server.set_address(&self.address.ip().to_string());
        server.set_service(&self.address.port().to_string());
        if let Some(login) = &self.login {
            server.set_auth(Some(&auth(login)));
        }
        let paths = server.mount_points().context("the RTSP server has no mount points")?;
        for mount in &self.mounts {
            let frozen = self.frozen.get(&mount.name).cloned().unwrap_or_default();
            paths.add_factory(&format!("/{}", mount.name), factory(mount, frozen)?);
        }
        let connections = self.connections.clone();
        server.connect_client_connected(move |_, _| {
            connections.fetch_add(1, Ordering::Relaxed);
        });
        let context = glib::MainContext::new();
        let source = server
            .attach(Some(&context))
            .with_context(|| format!("cannot listen on {}; is the port taken?", self.address))?;
        self.address.set_port(u16::try_from(server.bound_port()).context("no port was bound")?);
        let main_loop = glib::MainLoop::new(Some(&context), false);
        let thread = std::thread::Builder::new().name("rtsp-server".to_owned()).spawn({
            let (context, main_loop) = (context.clone(), main_loop.clone());
            move || {
                // Nothing to do about an error: it means that this thread's context is owned by another.
                let _ = context.with_thread_default(|| main_loop.run());
            }
        })?;
        self.running =
            Some(Running { server, context, source: Some(source), main_loop, thread: Some(thread) });
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(source) = self.source.take().and_then(|id| self.context.find_source_by_id(&id)) {
            source.destroy();
        }
        self.server.client_filter(Some(&mut |_, _| rtsp::RTSPFilterResult::Remove));
        self.main_loop.quit();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

const ROLE: &str = "viewer";

fn auth(login: &Login) -> rtsp::RTSPAuth {
    let auth = rtsp::RTSPAuth::new();
    let token = rtsp::RTSPToken::builder().field(rtsp::RTSP_TOKEN_MEDIA_FACTORY_ROLE, ROLE).build();
    match login.challenge {
        Challenge::Basic => {
            auth.set_supported_methods(gst_rtsp::RTSPAuthMethod::Basic);
            auth.add_basic(&rtsp::RTSPAuth::make_basic(&login.user, &login.password), &token);
        }
        Challenge::Digest => {
            auth.set_supported_methods(gst_rtsp::RTSPAuthMethod::Digest);
            auth.add_digest(&login.user, &login.password, &token);
        }
    }
    auth
}

fn factory(mount: &Mount, frozen: Arc<AtomicBool>) -> anyhow::Result<rtsp::RTSPMediaFactory> {
    let factory = rtsp::RTSPMediaFactory::new();
    factory.set_launch(&mount.scene.launch()?);
    factory.set_shared(true);
    factory.set_protocols(match mount.transports {
        Transports::Any => gst_rtsp::RTSPLowerTrans::TCP | gst_rtsp::RTSPLowerTrans::UDP,
        Transports::Tcp => gst_rtsp::RTSPLowerTrans::TCP,
        Transports::Udp => gst_rtsp::RTSPLowerTrans::UDP,
    });
    factory.add_role_from_structure(
        &gst::Structure::builder(ROLE)
            .field(rtsp::RTSP_PERM_MEDIA_FACTORY_ACCESS, true)
            .field(rtsp::RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, true)
            .build(),
    );
    factory.connect_media_configure(move |_, media| {
        let Ok(bin) = media.element().downcast::<gst::Bin>() else { return };
        if let Some(pad) = bin.by_name("clip").and_then(|parser| parser.static_pad("src")) {
            pad.add_probe(gst::PadProbeType::BUFFER, show_when_decoded);
        }
        if let Some(pad) = bin.by_name("pay0").and_then(|payloader| payloader.static_pad("src")) {
            let frozen = frozen.clone();
            pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST, move |_, _| {
                if frozen.load(Ordering::Relaxed) {
                    gst::PadProbeReturn::Drop
                } else {
                    gst::PadProbeReturn::Ok
                }
            });
        }
    });
    Ok(factory)
}

/// Gives a picture that only knows when it is decoded the same time of showing. Without one, the payloader would
/// repeat its first RTP time for ever, and no sender report could date a picture.
fn show_when_decoded(_: &gst::Pad, info: &mut gst::PadProbeInfo) -> gst::PadProbeReturn {
    if let Some(buffer) = info.buffer_mut()
        && buffer.pts().is_none()
    {
        let decoded = buffer.dts();
        buffer.make_mut().set_pts(decoded);
    }
    gst::PadProbeReturn::Ok
}

impl Scene {
    /// The scene called `name`: `moving`, `still`, or a video file (made into a looping clip in `cache`).
    ///
    /// # Errors
    /// When the file cannot be read or turned into a clip.
    pub fn from_name(name: &str, cache: &Path, progress: &mut dyn FnMut(f64)) -> anyhow::Result<Self> {
        match name {
            "moving" => Ok(Self::Moving(Codec::H264)),
            "still" => Ok(Self::Still(Codec::H264)),
            file => Ok(Self::Clip(Clip::prepare(&PathBuf::from(file), cache, progress)?)),
        }
    }

    fn launch(&self) -> anyhow::Result<String> {
        let pattern = |pattern: &str, codec: Codec| {
            format!(
                "( videotestsrc is-live=true pattern={pattern} ! \
                 video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! {} ! {} name=pay0 pt=96 config-interval=1 )",
                codec.encode(25, false),
                codec.pay()
            )
        };
        match self {
            Self::Moving(codec) => Ok(pattern("ball", *codec)),
            Self::Still(codec) => Ok(pattern("smpte75", *codec)),
            Self::Clip(clip) => {
                let path = clip.path.to_str().context("the clip's path is not text")?;
                ensure!(!path.contains(['"', '%', '\\']), "{path}: a clip's path may hold none of \" % \\");
                Ok(format!(
                    "( multifilesrc location=\"{path}\" loop=true ! {} name=clip ! identity sync=true ! \
                     {} name=pay0 pt=96 config-interval=1 )",
                    clip.codec.parse(),
                    clip.codec.pay()
                ))
            }
        }
    }
}
