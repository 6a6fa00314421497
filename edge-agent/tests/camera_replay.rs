//! Files as frames: whole, cut off, damaged, and no video at all.

use std::path::{Path, PathBuf};

use edge_agent::camera::{ReplayError, ReplayOptions, ReplaySource};
use edge_agent::frame::{Frame, TimeSource};
use gstreamer::{self as gst, prelude::*};

/// Writes a 3 s video of 25 pictures per second with GStreamer's own elements.
fn video(folder: &Path, name: &str, chain: &str) -> anyhow::Result<PathBuf> {
    gst::init()?;
    let path = folder.join(name);
    let pipeline = gst::parse::launch(&format!(
        "videotestsrc pattern=ball num-buffers=75 ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! \
         {chain} ! filesink location=\"{}\"",
        path.display()
    ))?;
    pipeline.set_state(gst::State::Playing)?;
    let bus = pipeline.bus().ok_or_else(|| anyhow::anyhow!("no bus"))?;
    let end = bus.timed_pop_filtered(
        gst::ClockTime::from_seconds(60),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    pipeline.set_state(gst::State::Null)?;
    anyhow::ensure!(
        end.is_some_and(|m| m.type_() == gst::MessageType::Eos),
        "the test video could not be made"
    );
    Ok(path)
}

const X264: &str = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25";

fn all(
    path: &Path,
    options: ReplayOptions,
) -> Result<(Vec<Frame>, Vec<ReplayError>, ReplaySource), ReplayError> {
    let mut source = ReplaySource::open(path, options)?;
    let (mut frames, mut errors) = (Vec::new(), Vec::new());
    for next in &mut source {
        match next {
            Ok(frame) => frames.push(frame),
            Err(error) => errors.push(error),
        }
    }
    Ok((frames, errors, source))
}

#[test]
fn every_frame_of_a_video_comes_once_in_order_with_its_time() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let start = jiff::Timestamp::from_second(1_795_000_000)?;
    for (name, chain) in [
        ("a.mp4", format!("{X264} ! h264parse ! mp4mux")),
        ("a.avi", format!("{X264} ! h264parse ! avimux")),
        (
            "a.mkv",
            "x265enc speed-preset=ultrafast option-string=log-level=0 ! h265parse ! matroskamux".to_owned(),
        ),
        ("a.h264", format!("{X264} ! h264parse ! video/x-h264,stream-format=byte-stream")),
        ("mjpeg.avi", "jpegenc ! avimux".to_owned()),
    ] {
        let path = video(folder.path(), name, &chain)?;
        let (frames, errors, source) =
            all(&path, ReplayOptions { start: Some(start), ..Default::default() })?;
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_eq!(frames.iter().map(|f| f.index).collect::<Vec<_>>(), (0..75).collect::<Vec<_>>(), "{name}");
        assert!(frames.windows(2).all(|w| w[1].captured.stream_s > w[0].captured.stream_s), "{name}");
        let last = frames[74].captured;
        assert!((last.stream_s - 2.96).abs() < 0.05, "{name}: {last:?}");
        assert!((last.at.duration_since(start).as_secs_f64() - last.stream_s).abs() < 0.01);
        assert_eq!(last.source, TimeSource::File);
        let stats = source.stats();
        assert_eq!((stats.decoded, stats.analysed, stats.dropped, stats.waiting), (75, 75, 0, 0), "{name}");
        assert!(stats.decode_cpu_ms > 0.0);
    }
    Ok(())
}

#[test]
fn the_analysis_rate_thins_a_video_out() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = video(folder.path(), "a.mp4", &format!("{X264} ! h264parse ! mp4mux"))?;
    let (frames, _, source) = all(&path, ReplayOptions { analysis_fps: Some(5.0), ..Default::default() })?;
    let kept = frames.len() as u64;
    assert!((15..=16).contains(&kept), "3 s at 5 per second: {kept}");
    let stats = source.stats();
    assert_eq!((stats.decoded, stats.skipped, stats.analysed), (75, 75 - kept, kept));
    assert_eq!(source.expected_frames(), Some(15));
    Ok(())
}

#[test]
fn a_video_cut_off_in_the_middle_gives_what_it_has_and_then_says_so() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for (name, chain) in [
        ("a.avi", format!("{X264} ! h264parse ! avimux")),
        ("front.mp4", format!("{X264} ! h264parse ! mp4mux faststart=true")),
    ] {
        let whole = std::fs::read(video(folder.path(), name, &chain)?)?;
        let path = folder.path().join(format!("cut-{name}"));
        std::fs::write(&path, &whole[..whole.len() / 2])?;
        let (frames, errors, _) = all(&path, ReplayOptions::default())?;
        assert!((10..75).contains(&frames.len()), "{name}: {}", frames.len());
        let [error] = errors.as_slice() else { anyhow::bail!("{name}: one error, not {errors:?}") };
        eprintln!("{name}: {error}");
        assert!(
            matches!(error, ReplayError::Truncated { .. } | ReplayError::Damaged { .. }),
            "{name}: {error}"
        );
        assert!(error.to_string().contains(name));
    }
    Ok(())
}

#[test]
fn a_video_whose_index_is_gone_is_refused_clearly() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let whole = std::fs::read(video(folder.path(), "a.mp4", &format!("{X264} ! h264parse ! mp4mux"))?)?;
    let path = folder.path().join("cut.mp4");
    std::fs::write(&path, &whole[..whole.len() / 2])?;
    let Err(error) = ReplaySource::open(&path, ReplayOptions::default()) else { anyhow::bail!("opened") };
    eprintln!("{error}");
    assert!(matches!(error, ReplayError::NotVideo { .. }), "{error:?}");
    Ok(())
}

#[test]
fn rubbish_in_a_video_does_no_harm() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let chain = format!("{X264} ! h264parse ! video/x-h264,stream-format=byte-stream");
    let mut bytes = std::fs::read(video(folder.path(), "a.h264", &chain)?)?;
    let (from, to) = (bytes.len() / 3, bytes.len() / 2);
    bytes[from..to].iter_mut().enumerate().for_each(|(i, b)| *b = (i * 167 % 251) as u8);
    let path = folder.path().join("rubbish.h264");
    std::fs::write(&path, bytes)?;
    let (frames, errors, _) = all(&path, ReplayOptions::default())?;
    eprintln!("{} frames, {errors:?}", frames.len());
    assert!(frames.len() >= 20 && errors.len() <= 1);
    Ok(())
}

#[test]
fn what_is_no_video_is_refused_with_the_reason() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = |name: &str, bytes: &[u8]| -> anyhow::Result<PathBuf> {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    };
    for path in [
        file("text.mp4", b"this is no video at all, only a line of text\n")?,
        file("empty.avi", b"")?,
        file("noise.h264", &(0..9999u32).map(|i| (i * i % 251) as u8).collect::<Vec<_>>())?,
        video(folder.path(), "sound.wav", "fakesink audiotestsrc num-buffers=20 ! wavenc")?,
    ] {
        let Err(error) = ReplaySource::open(&path, ReplayOptions::default()) else {
            anyhow::bail!("{} was opened", path.display())
        };
        eprintln!("{error}");
        assert!(matches!(error, ReplayError::NotVideo { .. }), "{error:?}");
    }
    let missing = ReplaySource::open(Path::new("/nonexistent/a.mp4"), ReplayOptions::default());
    assert!(missing.is_err_and(|e| matches!(e, ReplayError::Open { .. })));
    Ok(())
}

#[test]
fn a_folder_of_pictures_is_read_in_order_and_a_broken_one_is_named() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for (name, grey) in [("a.png", 0u8), ("c.jpg", 255)] {
        image::RgbImage::from_pixel(33, 17, image::Rgb([grey; 3])).save(folder.path().join(name))?;
    }
    std::fs::write(folder.path().join("b.jpg"), b"")?;
    std::fs::write(folder.path().join("d.jpg"), b"no picture")?;
    std::fs::write(folder.path().join("notes.txt"), b"left alone")?;
    let options = ReplayOptions { stills_fps: Some(2.0), ..Default::default() };
    let (frames, errors, source) = all(folder.path(), options.clone())?;
    assert_eq!(frames.iter().map(|f| f.index).collect::<Vec<_>>(), [0, 2]);
    assert_eq!((frames[0].picture.width, frames[0].picture.height), (32, 16));
    assert!(frames[0].picture.y()[0] < 20 && frames[1].picture.y()[0] > 230);
    assert_eq!(frames[1].captured.stream_s, 1.0);
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].to_string().contains("b.jpg") && errors[1].to_string().contains("d.jpg"));
    assert_eq!(source.stats().analysed, 2);

    let empty = tempfile::tempdir()?;
    assert!(ReplaySource::open(empty.path(), options).is_err());
    Ok(())
}
