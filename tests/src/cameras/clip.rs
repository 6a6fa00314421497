//! Video files as clips that loop without a seam.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, bail, ensure};
use gstreamer::{self as gst, prelude::*};
use sha2::{Digest, Sha256};

/// How a clip is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// AVC.
    H264,
    /// HEVC.
    H265,
}

impl Codec {
    pub(super) fn parse(self) -> &'static str {
        match self {
            Self::H264 => "h264parse",
            Self::H265 => "h265parse",
        }
    }

    pub(super) fn pay(self) -> &'static str {
        match self {
            Self::H264 => "rtph264pay",
            Self::H265 => "rtph265pay",
        }
    }

    /// An encoder without B-frames, a key frame every `key` pictures; `fine` spends more time and bits.
    pub(super) fn encode(self, key: u32, fine: bool) -> String {
        match (self, fine) {
            (Self::H264, true) => format!(
                "x264enc bframes=0 key-int-max={key} speed-preset=veryfast pass=qual quantizer=20 rc-lookahead=0 ! \
                 video/x-h264,profile=main"
            ),
            (Self::H264, false) => {
                format!("x264enc tune=zerolatency speed-preset=ultrafast threads=1 key-int-max={key}")
            }
            (Self::H265, true) => {
                format!(
                    "x265enc key-int-max={key} speed-preset=superfast option-string=bframes=0:log-level=0"
                )
            }
            (Self::H265, false) => format!(
                "x265enc tune=zerolatency speed-preset=ultrafast key-int-max={key} \
                 option-string=pools=1:frame-threads=1:log-level=0"
            ),
        }
    }

    fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "h264" | "264" | "avc" => Some(Self::H264),
            "h265" | "265" | "hevc" => Some(Self::H265),
            _ => None,
        }
    }
}

/// Raw Annex-B video without B-frames.
#[derive(Debug, Clone)]
pub struct Clip {
    pub(super) path: PathBuf,
    pub(super) codec: Codec,
}

impl Clip {
    /// `file` itself when its name says that it is raw H.264 or H.265, else a copy in `cache`, made on first use
    /// (`progress` hears how far, 0 to 1).
    ///
    /// # Errors
    /// When the file is missing or is no video.
    pub fn prepare(file: &Path, cache: &Path, progress: &mut dyn FnMut(f64)) -> anyhow::Result<Self> {
        let meta =
            std::fs::metadata(file).with_context(|| format!("cannot open the clip {}", file.display()))?;
        let path = file.canonicalize()?;
        if let Some(codec) = Codec::of_name(file) {
            return Ok(Self { path, codec });
        }
        let age = meta.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let key = Sha256::digest(format!("1 {} {} {age}", path.display(), meta.len()));
        let key: String = key.iter().take(8).map(|b| format!("{b:02x}")).collect();
        std::fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
        let name = file.file_stem().and_then(|s| s.to_str()).unwrap_or("clip");
        let made = cache.canonicalize()?.join(format!("{name}-{key}.h264"));
        if !made.exists() {
            encode(&path, &made, progress)
                .with_context(|| format!("cannot make a clip of {}", file.display()))?;
        }
        Ok(Self { path: made, codec: Codec::H264 })
    }

    /// `seconds` of a moving test pattern as a clip in `folder`.
    ///
    /// # Errors
    /// When the encoder is missing or the folder cannot be written.
    pub fn pattern(codec: Codec, seconds: u32, folder: &Path) -> anyhow::Result<Self> {
        gst::init()?;
        let (name, kind) = match codec {
            Codec::H264 => ("pattern.h264", "video/x-h264"),
            Codec::H265 => ("pattern.h265", "video/x-h265"),
        };
        let path = folder.join(name);
        let (frames, encode) = (seconds * 25, codec.encode(25, false));
        let text = format!(
            "videotestsrc pattern=ball num-buffers={frames} ! \
             video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! {encode} ! {} ! \
             {kind},stream-format=byte-stream,alignment=au ! filesink name=out",
            codec.parse()
        );
        run(&text, None, &path, &mut |_| {})?;
        Ok(Self { path, codec })
    }

    /// The file that is looped.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn encode(from: &Path, to: &Path, progress: &mut dyn FnMut(f64)) -> anyhow::Result<()> {
    gst::init()?;
    let text = format!(
        "filesrc name=in ! decodebin ! videoconvert ! video/x-raw,format=I420 ! {} ! h264parse ! \
         video/x-h264,stream-format=byte-stream,alignment=au ! filesink name=out",
        Codec::H264.encode(50, true)
    );
    // Under another name until it is whole: an interrupted run must not leave half a clip.
    let part = to.with_extension(format!("part{}", std::process::id()));
    let result = run(&text, Some(from), &part, progress);
    if result.is_ok() {
        std::fs::rename(&part, to)?;
    } else {
        let _ = std::fs::remove_file(&part);
    }
    result
}

fn run(text: &str, from: Option<&Path>, to: &Path, progress: &mut dyn FnMut(f64)) -> anyhow::Result<()> {
    let pipeline = gst::parse::launch(text)?
        .downcast::<gst::Pipeline>()
        .map_err(|_| anyhow::anyhow!("not a pipeline"))?;
    let locate = |name: &str, path: &Path| {
        if let Some(element) = pipeline.by_name(name) {
            element.set_property("location", path);
        }
    };
    if let Some(from) = from {
        locate("in", from);
    }
    locate("out", to);
    let bus = pipeline.bus().context("no bus")?;
    pipeline.set_state(gst::State::Playing)?;
    let ended = loop {
        let message = bus.timed_pop_filtered(
            gst::ClockTime::from_mseconds(200),
            &[gst::MessageType::Error, gst::MessageType::Eos],
        );
        match message.as_ref().map(|m| m.view()) {
            Some(gst::MessageView::Eos(_)) => break Ok(()),
            Some(gst::MessageView::Error(error)) => break Err(error.error().message().to_owned()),
            _ => {
                let position = pipeline.query_position::<gst::ClockTime>();
                let length = pipeline.query_duration::<gst::ClockTime>();
                if let (Some(position), Some(length)) = (position, length.filter(|l| !l.is_zero())) {
                    progress(position.nseconds() as f64 / length.nseconds() as f64);
                }
            }
        }
    };
    pipeline.set_state(gst::State::Null)?;
    if let Err(reason) = ended {
        bail!("{reason}");
    }
    ensure!(std::fs::metadata(to)?.len() > 0, "the video holds no picture");
    progress(1.0);
    Ok(())
}
