//! Which GStreamer elements turn a codec into pictures.

use gstreamer as gst;
use gstreamer::prelude::*;

/// A codec that cameras speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// AVC.
    H264,
    /// HEVC.
    H265,
}

impl Codec {
    /// By the `encoding-name` of RTP caps.
    pub(super) fn from_encoding_name(name: &str) -> Option<Self> {
        match name {
            "H264" => Some(Self::H264),
            "H265" => Some(Self::H265),
            _ => None,
        }
    }

    /// Name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::H265 => "H.265",
        }
    }

    pub(super) fn depay(self) -> &'static str {
        match self {
            Self::H264 => "rtph264depay",
            Self::H265 => "rtph265depay",
        }
    }

    pub(super) fn parse(self) -> &'static str {
        match self {
            Self::H264 => "h264parse",
            Self::H265 => "h265parse",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::H264 => "video/x-h264",
            Self::H265 => "video/x-h265",
        }
    }

    /// Software decoders, cheapest first.
    fn software(self) -> [&'static str; 2] {
        match self {
            Self::H264 => ["avdec_h264", "openh264dec"],
            Self::H265 => ["avdec_h265", "libde265dec"],
        }
    }
}

/// Name of the first decoder of `preferred`, then of the software ones, that is installed and takes `codec`.
pub(super) fn choose(codec: Codec, preferred: &[String]) -> Option<String> {
    let caps = gst::Caps::new_empty_simple(codec.media_type());
    preferred.iter().map(String::as_str).chain(codec.software()).find_map(|name| {
        let factory = gst::ElementFactory::find(name)?;
        let fits = factory.has_type(gst::ElementFactoryType::DECODER) && factory.can_sink_any_caps(&caps);
        fits.then(|| name.to_owned())
    })
}

/// One thread per decoder: many cameras share the cores better than many threads share a camera.
pub(super) fn single_threaded(element: &gst::Element) {
    for name in ["max-threads", "n-threads"] {
        let Some(spec) = element.find_property(name) else { continue };
        if spec.value_type() == i32::static_type() {
            element.set_property(name, 1i32);
        } else if spec.value_type() == u32::static_type() {
            element.set_property(name, 1u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preferred_decoder_is_used_only_if_it_exists_and_takes_the_codec() -> Result<(), gst::glib::Error> {
        gst::init()?;
        let preferred = ["nosuchdec".to_owned(), "avdec_h265".to_owned(), "openh264dec".to_owned()];
        assert_eq!(choose(Codec::H264, &preferred).as_deref(), Some("openh264dec"));
        assert_eq!(choose(Codec::H265, &preferred).as_deref(), Some("avdec_h265"));
        assert_eq!(choose(Codec::H264, &[]).as_deref(), Some("avdec_h264"));
        assert_eq!(choose(Codec::H264, &["fakesink".to_owned()]).as_deref(), Some("avdec_h264"));
        Ok(())
    }
}
