//! Decoded GStreamer buffers as [`I420`], without copying: the mapped buffer itself is what the frame holds.

use std::sync::Arc;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::{AppSink, AppSinkCallbacks};
use gstreamer_video as gst_video;

use super::decoder;
use crate::frame::I420;

/// The planes of a sample; `None` when it is no whole I420 picture.
pub(super) fn from_sample(sample: &gst::Sample) -> Option<I420> {
    let info = gst_video::VideoInfo::from_caps(sample.caps()?).ok()?;
    if info.format() != gst_video::VideoFormat::I420 {
        return None;
    }
    let buffer = sample.buffer_owned()?;
    // A decoder that pads its rows says so in the buffer's meta, not in the caps.
    let (offsets, strides) = match buffer.meta::<gst_video::VideoMeta>() {
        Some(meta) => (<[usize; 3]>::try_from(meta.offset()).ok()?, meta.stride().to_vec()),
        None => (<[usize; 3]>::try_from(info.offset()).ok()?, info.stride().to_vec()),
    };
    let mut rows = [0usize; 3];
    for (row, stride) in rows.iter_mut().zip(strides) {
        *row = usize::try_from(stride).ok()?;
    }
    let data = buffer.into_mapped_buffer_readable().ok()?;
    // An odd last row or column is left out: chroma is halved, and everything after counts on even sizes.
    let picture = I420 {
        width: info.width() & !1,
        height: info.height() & !1,
        strides: rows,
        offsets,
        data: Arc::new(data),
    };
    fits(&picture).then_some(picture)
}

fn fits(picture: &I420) -> bool {
    let size = (*picture.data).as_ref().len();
    let (w, h) = (picture.width as usize, picture.height as usize);
    let planes = [(w, h), (w / 2, h / 2), (w / 2, h / 2)];
    w > 0
        && h > 0
        && planes
            .iter()
            .zip(picture.strides)
            .zip(picture.offsets)
            .all(|(((pw, ph), stride), offset)| *pw <= stride && offset + stride * (ph - 1) + pw <= size)
}

/// The end of every pipeline: a converter that lets I420 pass untouched, and a sink that hands samples to
/// `callbacks`. `queue` is how many pictures may wait; `newest_wins` drops the oldest instead of blocking.
pub(super) fn tail(
    callbacks: AppSinkCallbacks,
    queue: u32,
    newest_wins: bool,
) -> Result<(gst::Element, AppSink), gst::glib::BoolError> {
    // Passes buffers through by reference when the decoder gives I420 already (nearly every camera does).
    let convert = gst::ElementFactory::make("videoconvert").build()?;
    decoder::single_threaded(&convert);
    let sink = AppSink::builder()
        .sync(false)
        .max_buffers(queue)
        .drop(newest_wins)
        .enable_last_sample(false)
        .qos(false)
        .caps(&gst_video::VideoCapsBuilder::new().format(gst_video::VideoFormat::I420).build())
        .callbacks(callbacks)
        .build();
    if let Some(pad) = sink.static_pad("sink") {
        // Says that padded rows are welcome; otherwise libav copies every picture to close them up.
        pad.add_probe(gst::PadProbeType::QUERY_DOWNSTREAM, |_, info| {
            if let Some(query) = info.query_mut()
                && let gst::QueryViewMut::Allocation(query) = query.view_mut()
            {
                query.add_allocation_meta::<gst_video::VideoMeta>(None);
                return gst::PadProbeReturn::Handled;
            }
            gst::PadProbeReturn::Ok
        });
    }
    Ok((convert, sink))
}
