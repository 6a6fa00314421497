//! The encoded stream of a file for the ring: its own where a clip may hold it, else one that is encoded here from the frames that
//! are analysed, and said to be so.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gstreamer as gst;
use gstreamer::prelude::*;

use super::Shared;

/// Encoders of H.264 to try, cheapest first, with their settings.
const ENCODERS: [(&str, &[(&str, &str)]); 2] = [
    (
        "x264enc",
        &[
            ("speed-preset", "ultrafast"),
            ("tune", "zerolatency"),
            ("pass", "qual"),
            ("quantizer", "20"),
            ("key-int-max", "25"),
            ("threads", "1"),
        ],
    ),
    ("openh264enc", &[("complexity", "low"), ("gop-size", "25"), ("bitrate", "6000000")]),
];

/// Whether frames must be encoded for the ring.
pub(super) fn wanted(shared: &Shared) -> bool {
    shared.ring.as_ref().is_some_and(|ring| ring.is_on()) && !shared.own_stream.load(Ordering::Relaxed)
}

/// Listens to `element` when it is the parser of a stream that a clip can hold as it is.
pub(super) fn keep_own(element: &gst::Element, shared: &Arc<Shared>) {
    let Some(ring) = &shared.ring else { return };
    let parser = element
        .factory()
        .is_some_and(|factory| ["h264parse", "h265parse"].contains(&factory.name().as_str()));
    let Some(pad) = element.static_pad("src").filter(|_| parser) else { return };
    shared.own_stream.store(true, Ordering::Relaxed);
    listen(&pad, ring, true);
}

fn listen(pad: &gst::Pad, ring: &Arc<super::Ring>, original: bool) {
    let ring = ring.clone();
    pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        match &info.data {
            Some(gst::PadProbeData::Buffer(buffer)) => ring.push(buffer),
            Some(gst::PadProbeData::Event(event)) => {
                if let gst::EventView::Caps(caps) = event.view() {
                    ring.format(caps.caps(), original);
                }
            }
            _ => {}
        }
        gst::PadProbeReturn::Ok
    });
}

/// Links `pad` to `entry`, and an encoder beside it. Without an encoder there is no clip, and everything else goes on.
pub(super) fn beside(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    entry: &gst::Pad,
    shared: &Arc<Shared>,
) -> Result<(), String> {
    let Some((encoder, ring)) = encoder().zip(shared.ring.as_ref()) else {
        tracing::warn!(
            "no H.264 encoder is installed (gstreamer1.0-plugins-ugly): there will be no clips of this file"
        );
        return pad.link(entry).map(drop).map_err(|error| error.to_string());
    };
    let text = |error: gst::glib::BoolError| error.message.into_owned();
    let make = |name: &str| gst::ElementFactory::make(name).build().map_err(text);
    let (tee, queue, convert, parse, end) =
        (make("tee")?, make("queue")?, make("videoconvert")?, make("h264parse")?, make("fakesink")?);
    queue.set_property("max-size-buffers", 4u32);
    end.set_property("sync", false);
    end.set_property("async", false);
    let chain = [&queue, &convert, &encoder, &parse, &end];
    pipeline.add(&tee).map_err(text)?;
    pipeline.add_many(chain).map_err(text)?;
    gst::Element::link_many(chain).map_err(text)?;
    tee.link(&queue).map_err(text)?;
    let out = tee.request_pad_simple("src_%u").ok_or("tee without pads")?;
    out.link(entry).map_err(|error| error.to_string())?;
    if let Some(parsed) = parse.static_pad("src") {
        listen(&parsed, ring, false);
    }
    for element in chain.into_iter().rev().chain([&tee]) {
        element.sync_state_with_parent().map_err(text)?;
    }
    let sink = tee.static_pad("sink").ok_or("tee without a sink pad")?;
    pad.link(&sink).map(drop).map_err(|error| error.to_string())
}

fn encoder() -> Option<gst::Element> {
    ENCODERS.iter().find_map(|(name, settings)| {
        let element = gst::ElementFactory::make(name).build().ok()?;
        for (key, value) in *settings {
            if element.find_property(key).is_some() {
                element.set_property_from_str(key, value);
            }
        }
        Some(element)
    })
}
