//! MOTChallenge text: one box per line, `frame,id,x,y,w,h,conf,…`, frames counted from 1, pixels.

use std::fmt::Write as _;

use super::track::TrackView;
use crate::detection::{Detection, ObjectClass};
use crate::geometry::BBox;

/// A line that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {reason}; expected frame,id,x,y,w,h,conf with numbers only")]
pub struct MotError {
    /// Number of the line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// Largest frame number that is believed: a day at 30 frames a second. A wild number would otherwise mean a
/// wild amount of work.
const LAST_FRAME: u32 = 24 * 3600 * 30;

/// Detections by frame: entry 0 is frame 1. Frames that the text skips are empty; empty lines are ignored;
/// lines may come in any order.
///
/// # Errors
/// The first line that is not MOTChallenge text, by its number.
pub fn parse_detections(text: &str) -> Result<Vec<Vec<Detection>>, MotError> {
    let mut frames: Vec<Vec<Detection>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let (frame, detection) = parse_line(line).map_err(|reason| MotError { line: index + 1, reason })?;
        if frames.len() < frame as usize {
            frames.resize_with(frame as usize, Vec::new);
        }
        frames[frame as usize - 1].push(detection);
    }
    Ok(frames)
}

fn parse_line(line: &str) -> Result<(u32, Detection), String> {
    let mut fields = line.split(',').map(str::trim);
    let mut number = |name: &str| -> Result<f32, String> {
        let field = fields.next().filter(|f| !f.is_empty()).ok_or_else(|| format!("{name} is missing"))?;
        match field.parse::<f32>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(format!("{name} {field:?} is not a number")),
        }
    };
    let frame = number("frame")?;
    if frame.fract() != 0.0 || frame < 1.0 || frame > LAST_FRAME as f32 {
        return Err(format!("frame {frame} is not a whole number from 1 to {LAST_FRAME}"));
    }
    number("id")?;
    let bbox = BBox { x: number("x")?, y: number("y")?, w: number("w")?, h: number("h")? };
    if bbox.w < 0.0 || bbox.h < 0.0 {
        return Err(format!("width {} and height {} must not be below 0", bbox.w, bbox.h));
    }
    let score = number("conf")?;
    if !(0.0..=1.0).contains(&score) {
        return Err(format!("conf {score} is not between 0 and 1"));
    }
    Ok((frame as u32, Detection { bbox, score, class: ObjectClass::Person }))
}

/// Appends one result line: `frame,id,x,y,w,h,conf,-1,-1,-1`.
pub fn write_line(out: &mut String, frame: usize, track: &TrackView) {
    let b = &track.bbox;
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{frame},{},{:.2},{:.2},{:.2},{:.2},{:.3},-1,-1,-1",
        track.id, b.x, b.y, b.w, b.h, track.score
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(line: &str) -> String {
        parse_detections(line).expect_err("bad line").to_string()
    }

    #[test]
    fn frames_may_come_in_any_order_and_leave_gaps() {
        let frames = parse_detections("3,-1,1,2,3,4,0.5,-1,-1,-1\r\n\n1,-1,5,6,7,8,1\n").expect("valid");
        let counts: Vec<usize> = frames.iter().map(Vec::len).collect();
        assert_eq!(counts, [1, 0, 1]);
        assert_eq!(frames[2][0].bbox, BBox { x: 1.0, y: 2.0, w: 3.0, h: 4.0 });
    }

    #[test]
    fn every_bad_line_says_what_is_wrong() {
        for (line, reason) in [
            ("hello", "frame \"hello\" is not a number"),
            ("1,1,2,3,4", "h is missing"),
            ("1,1,2,3,4,5", "conf is missing"),
            ("0,1,2,3,4,5,0.9", "frame 0 is not a whole number"),
            ("1.5,1,2,3,4,5,0.9", "frame 1.5 is not a whole number"),
            ("99999999999,1,2,3,4,5,0.9", "is not a whole number from 1"),
            ("1,1,2,3,-4,5,0.9", "must not be below 0"),
            ("1,1,NaN,3,4,5,0.9", "is not a number"),
            ("1,1,2,3,4,5,1.5", "conf 1.5 is not between 0 and 1"),
        ] {
            let error = error_of(line);
            assert!(error.starts_with("line 1: ") && error.contains(reason), "{line}: {error}");
        }
    }
}
