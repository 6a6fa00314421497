//! What a third party's system says of a violation, turned into the same facts that an agent of our own sends. Pure but for the hashing.
//!
//! Nothing is believed for its name: a picture is one by its bytes, a time is refused when it lies ahead, and whether it is admissible
//! the same gate decides as for everybody. `docs/adapter.md` has a whole example.

mod message;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use wire::payload::{Attribute, PlateReading, TrackRef};
use wire::plate::{Hint, PlateColour, normalise, parse};
use wire::scene::SceneRef;
use wire::violation::{ClipSpan, Kind, Moment, Overlay, Violation, check_violation};
use wire::{Digest, EvidenceRef, EvidenceRole, Name, TimeSource};

pub use message::{ThirdClip, ThirdMoment, ThirdParty, ThirdPlate};

use super::owner::vehicle_group;
use crate::gates::document::Trouble;

/// How far a message's time may be from central's, seconds.
pub const WINDOW_S: i64 = 300;
/// How far ahead of central's clock an act may lie, seconds: clocks differ a little.
const AHEAD_S: i64 = 60;
/// Older acts are over the statute of limitation.
const OLDEST_S: i64 = 366 * 86_400;
/// Most files of one message.
pub const MAX_FILES: usize = 16;
/// Most bytes of one message.
pub const MAX_BYTES: usize = 24 * 1024 * 1024;

/// A file of the message.
#[derive(Debug, Clone)]
pub struct File {
    /// What it shows.
    pub role: EvidenceRole,
    /// Its name, by which moments speak of it.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A message that can be taken.
#[derive(Debug)]
pub struct Taken {
    /// The violation.
    pub violation: Violation,
    /// Its files.
    pub evidence: Vec<EvidenceRef>,
    /// How the time was found.
    pub time_source: TimeSource,
    /// Digest of everything it says: the same message again has the same.
    pub digest: Digest,
}

/// Whether `signature` (hex) is HMAC-SHA256 over the timestamp as sent followed by the SHA-256 (hex) of the body. In constant time.
pub fn signed(secret: &[u8], timestamp: &str, body: Digest, signature: &str) -> bool {
    let bytes: Option<Vec<u8>> = (signature.len() == 64 && signature.is_ascii())
        .then(|| (0..32).map(|n| u8::from_str_radix(&signature[2 * n..2 * n + 2], 16).ok()).collect())
        .flatten();
    let Some(bytes) = bytes else { return false };
    mac(secret, timestamp, body).verify_slice(&bytes).is_ok()
}

/// The signature of a message, hex: for the example, and for tests.
pub fn signature(secret: &[u8], timestamp: &str, body: Digest) -> String {
    mac(secret, timestamp, body).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mac(secret: &[u8], timestamp: &str, body: Digest) -> Hmac<Sha256> {
    // HMAC takes a key of any length, so this cannot fail.
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes any key");
    mac.update(timestamp.as_bytes());
    mac.update(body.to_string().as_bytes());
    mac
}

/// Reads a message of `source`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(source: &str, said: &ThirdParty, files: &[File], now: Timestamp) -> Result<Taken, Vec<Trouble>> {
    let mut wrong = Wrong::default();
    check_fields(said, now, &mut wrong);
    let evidence = check_files(files, &mut wrong);
    let overview = files.iter().position(|file| file.role == EvidenceRole::Overview);
    let picture = overview.and_then(|at| evidence.get(at)).map(|one| [one.width, one.height]);
    if picture.is_none() {
        wrong.add("overview", "no_overview", "cần một ảnh toàn cảnh", "one overview picture is needed");
    }
    let named =
        |name: &str| files.iter().position(|file| file.role == EvidenceRole::Act && file.name == name);
    let mut moments = Vec::new();
    for (n, moment) in said.moments.iter().enumerate() {
        let file = named(&moment.file);
        if file.is_none() {
            wrong.add(
                &format!("moments[{n}].file"),
                "no_such_file",
                "không có tệp act với tên này",
                "there is no act file of this name",
            );
        }
        let stream_s = said
            .clip
            .as_ref()
            .map_or(0.0, |clip| (moment.at.as_millisecond() - clip.from.as_millisecond()) as f64 / 1000.0);
        moments.push(Moment {
            what: moment.what.clone(),
            at: moment.at,
            stream_s,
            frame: None,
            bbox: moment.bbox,
            signal: moment.signal.clone(),
            evidence: file.and_then(|at| evidence.get(at)).map(|one| one.sha256),
        });
    }
    if !wrong.0.is_empty() {
        return Err(wrong.0);
    }
    let violation =
        violation(source, said, moments, picture.unwrap_or_default()).map_err(|trouble| vec![trouble])?;
    if let Err(error) = check_violation(&violation) {
        wrong.add(error.field, "out_of_bounds", error.expected, error.expected);
        return Err(wrong.0);
    }
    let mut whole = serde_json::to_vec(said).unwrap_or_default();
    for one in &evidence {
        whole.extend_from_slice(one.sha256.as_bytes());
    }
    let time_source = if said.time_source == "camera" { TimeSource::Rtcp } else { TimeSource::Arrival };
    Ok(Taken { violation, evidence, time_source, digest: Digest::of(&whole) })
}

#[derive(Default)]
struct Wrong(Vec<Trouble>);

impl Wrong {
    fn add(&mut self, path: &str, code: &'static str, vi: &str, en: &str) {
        self.0.push(Trouble { path: path.to_owned(), code, vi: vi.to_owned(), en: en.to_owned() });
    }
}

fn check_fields(said: &ThirdParty, now: Timestamp, wrong: &mut Wrong) {
    let id_fits = (1..=64).contains(&said.external_id.len())
        && said.external_id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !id_fits {
        wrong.add("external_id", "bad_external_id", "1 đến 64 ký tự A-Za-z0-9._-", "1 to 64 of A-Za-z0-9._-");
    }
    if Kind::parse(&said.kind).is_none() {
        wrong.add(
            "kind",
            "unknown_kind",
            "loại vi phạm không có trong danh mục",
            "not a kind of violation, see GET /api/v1/violation-kinds",
        );
    }
    let ahead_s = said.at.as_second() - now.as_second();
    if ahead_s > AHEAD_S {
        wrong.add(
            "at",
            "in_the_future",
            "thời điểm ở tương lai",
            "this moment has not come yet: check the clock",
        );
    }
    if -ahead_s > OLDEST_S {
        wrong.add("at", "too_old", "đã quá thời hiệu", "older than the statute of limitation");
    }
    if !["camera", "server"].contains(&said.time_source.as_str()) {
        wrong.add("time_source", "bad_time_source", "camera hoặc server", "camera or server");
    }
    if vehicle_group(&said.class).is_none() && said.class != "bicycle" {
        wrong.add(
            "class",
            "bad_class",
            "car, motorcycle, bus, truck hoặc bicycle",
            "car, motorcycle, bus, truck or bicycle",
        );
    }
    if said.sign_decision.as_ref().is_some_and(|text| text.len() > 200) {
        wrong.add("sign_decision", "bad_sign_decision", "tối đa 200 byte", "at most 200 bytes");
    }
    if said.plate.as_ref().is_some_and(|plate| {
        plate.text.len() > 20 || ![1, 2].contains(&plate.lines) || !(0.0..=1.0).contains(&plate.score)
    }) {
        wrong.add(
            "plate",
            "bad_plate",
            "biển số, số dòng (1, 2) hoặc điểm (0 đến 1) không đúng",
            "text, lines (1 or 2) or score (0 to 1) is wrong",
        );
    }
}

/// Each file must be by its bytes what its role promises.
fn check_files(files: &[File], wrong: &mut Wrong) -> Vec<EvidenceRef> {
    let mut evidence = Vec::new();
    if files.len() > MAX_FILES {
        wrong.add("files", "too_many_files", "tối đa 16 tệp", "at most 16 files");
        return evidence;
    }
    for file in files {
        let path = format!("{}:{}", file.role.extension(), file.name);
        if file.bytes.len() > file.role.max_bytes() {
            wrong.add(&path, "file_too_large", "tệp quá lớn", "the file is too large for its role");
            continue;
        }
        let size = match file.role.media_type() {
            "image/jpeg" => jpeg_size(&file.bytes),
            "video/mp4" => is_mp4(&file.bytes).then_some([0, 0]),
            _ => serde_json::from_slice::<Overlay>(&file.bytes).is_ok().then_some([0, 0]),
        };
        let Some([width, height]) = size else {
            wrong.add(
                &path,
                "wrong_type",
                "nội dung tệp không đúng loại",
                "the bytes are not what this role must be",
            );
            continue;
        };
        evidence.push(EvidenceRef {
            sha256: Digest::of(&file.bytes),
            role: file.role,
            media_type: file.role.media_type().to_owned(),
            bytes: u32::try_from(file.bytes.len()).unwrap_or(u32::MAX),
            width,
            height,
        });
    }
    // A clip and its overlay have the size of the overview.
    let size =
        evidence.iter().find(|one| one.role == EvidenceRole::Overview).map(|one| (one.width, one.height));
    for one in evidence.iter_mut().filter(|one| one.width == 0) {
        (one.width, one.height) = size.unwrap_or((0, 0));
    }
    evidence
}

fn jpeg_size(bytes: &[u8]) -> Option<[u32; 2]> {
    if infer::get(bytes)?.mime_type() != "image/jpeg" {
        return None;
    }
    let reader = image::ImageReader::with_format(std::io::Cursor::new(bytes), image::ImageFormat::Jpeg);
    let (width, height) = reader.into_dimensions().ok()?;
    (width > 0 && height > 0).then_some([width, height])
}

fn is_mp4(bytes: &[u8]) -> bool {
    infer::get(bytes).is_some_and(|kind| matches!(kind.mime_type(), "video/mp4" | "video/x-m4v"))
}

fn violation(
    source: &str,
    said: &ThirdParty,
    mut moments: Vec<Moment>,
    picture: [u32; 2],
) -> Result<Violation, Trouble> {
    let name = |path: &str, text: &str| {
        Name::new(text).map_err(|error| Trouble {
            path: path.to_owned(),
            code: "bad_name",
            vi: error.to_string(),
            en: error.to_string(),
        })
    };
    moments.sort_by_key(|moment| moment.at);
    let first = moments.first().map_or(said.at, |moment| moment.at);
    Ok(Violation {
        violation: said.kind.clone(),
        rule: name("source", source)?,
        scene: SceneRef {
            camera: name("camera", &said.camera)?,
            version: 0,
            sha256: Digest::ZERO,
            since: None,
        },
        place: said.place.clone(),
        lane: said.lane.as_deref().map(|lane| name("lane", lane)).transpose()?,
        class: said.class.clone(),
        class_score: said.class_score,
        bbox: said.bbox,
        picture,
        score: said.score,
        moments,
        timeline: said.timeline.clone(),
        reading: said.plate.as_ref().map(|plate| reading(plate, &said.class)),
        no_reading: None,
        plate_finding: None,
        track: TrackRef { id: 0, frames: 0, first, last: said.at },
        measured: None,
        doubts: said.doubts.clone(),
        clock: said.clock,
        ground: None,
        clip: said.clip.as_ref().map(|clip| ClipSpan {
            from: clip.from,
            to: clip.to,
            codec: clip.codec.clone(),
            stream_s: 0.0,
            original: clip.original,
        }),
        missing: Vec::new(),
        made_by: said.made_by.clone(),
        source: source.to_owned(),
    })
}

/// The third party's characters, understood by our own grammar.
fn reading(plate: &ThirdPlate, class: &str) -> PlateReading {
    let text = normalise(&plate.text);
    let colour = plate.colour.as_deref().and_then(PlateColour::from_word);
    let hint = Hint { lines: Some(plate.lines), vehicle: vehicle_group(class), colour, ..Hint::default() };
    let parsed = parse(&text, &hint);
    let best = parsed.best();
    PlateReading {
        display: best.map_or_else(|| text.clone(), |best| best.display()),
        raw: plate.text.clone(),
        valid: parsed.is_valid(),
        kind: best.map(|best| best.kind.as_str().to_owned()),
        lines: plate.lines,
        score: plate.score,
        votes: 1,
        reads: 1,
        candidates: Vec::new(),
        edits: Vec::new(),
        ambiguous: parsed.candidates.iter().skip(1).map(|other| other.kind.as_str().to_owned()).collect(),
        bbox: plate.bbox,
        colour: colour.map(|colour| Attribute { value: colour.as_str().to_owned(), score: plate.score }),
        class: best.and_then(|best| best.class()).map(|class| class.as_str().to_owned()),
        country: None,
        text,
    }
}
