//! The completeness gate: what the law asks for before anybody may call something a violation, and what of it is missing. Pure.
//!
//! Two lists. What is **missing** of the evidence, as the kind of violation needs it ([`wire::violation::missing`], over what is really
//! stored). And **conditions** at the moment of the act: approval, calibration, position, people, clock, sign. One that fails makes
//! the case inadmissible for good; each says what it found, in both languages.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::violation::{Kind, KindFacts, Need, Violation};
use wire::{EvidenceRef, TimeSource};

use super::device::{self, DeviceRecord};
use crate::law::day_of;

/// The condition that files of evidence are what they were.
pub const UNALTERED: &str = "evidence_unaltered";
/// What a clip may lack, milliseconds: it begins and ends with a frame.
const SHORT_MS: i64 = 500;
/// How far what a clip says may be from what was said of it, milliseconds: the last frame's own length, and frames dated a little otherwise.
const CLIP_SLACK_MS: i64 = 1_000;

/// Something that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Missing {
    /// Word of [`Need`].
    pub need: String,
    /// What it is, Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A condition and whether it was met at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Condition {
    /// Stable word.
    pub code: String,
    /// Whether it was met.
    pub ok: bool,
    /// What was found, Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// What the gate found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GateReport {
    /// Whether nothing is missing and every condition was met.
    pub admissible: bool,
    /// What is missing of the evidence.
    pub missing: Vec<Missing>,
    /// Every condition.
    pub conditions: Vec<Condition>,
}

/// What the gate judges.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The violation.
    pub violation: &'a Violation,
    /// When it happened.
    pub at: Timestamp,
    /// Half-width of the interval that holds the true moment, milliseconds.
    pub uncertainty_ms: u32,
    /// How the time was found.
    pub time_source: TimeSource,
    /// Evidence that is really stored, and is what it was.
    pub kept: &'a [EvidenceRef],
    /// Files that are stored and are not what they were.
    pub altered: usize,
    /// How long the stored clip plays, milliseconds.
    pub clip_ms: Option<i64>,
    /// Models that were named.
    pub models: usize,
    /// The decision behind sign or marking, as the scene's version or the third party names it.
    pub sign_decision: Option<&'a str>,
    /// The record of the device that was valid then.
    pub device: Option<&'a DeviceRecord>,
    /// The behaviour that the law fines, when it knows one.
    pub behaviour: Option<&'a str>,
}

/// Judges.
pub fn judge(facts: &Facts) -> GateReport {
    let kind = Kind::parse(&facts.violation.violation).and_then(Kind::facts);
    let mut conditions = vec![
        condition(
            "kind_known",
            kind.is_some(),
            ("Loại vi phạm có trong danh mục", "The kind of violation is known"),
            ("Loại vi phạm không có trong danh mục", "The kind of violation is not known to this version"),
        ),
        condition(
            "kind_is_evidence",
            kind.is_some_and(|kind| kind.evidence),
            ("Loại này được dùng làm chứng cứ", "This kind may be evidence"),
            (
                "Không phải thiết bị đo đã kiểm định: chỉ dùng cho thống kê",
                "Not a type-approved meter: for statistics only",
            ),
        ),
        condition(
            "law_article",
            facts.behaviour.is_some(),
            ("Có điều khoản xử phạt tại thời điểm đó", "An article fines it on that day"),
            (
                "Không có điều khoản xử phạt cho loại xe và ngày đó",
                "No article is known that fines it for this vehicle on that day",
            ),
        ),
    ];
    conditions.push(unaltered(facts.altered == 0));
    conditions.extend(device_conditions(facts));
    let mut needs = wire::violation::missing(
        facts.violation,
        facts.kept,
        facts.time_source,
        facts.models,
        facts.sign_decision.is_some_and(|decision| !decision.trim().is_empty()),
    );
    if let Some(kind) = kind.filter(|kind| kind.needs.contains(&Need::Clip))
        && !needs.contains(&Need::Clip)
        && !clip_shows_the_act(facts, kind)
    {
        needs.push(Need::Clip);
    }
    let missing: Vec<Missing> = needs.into_iter().map(|need| missing(need, facts.violation)).collect();
    let admissible = missing.is_empty() && conditions.iter().all(|condition| condition.ok);
    GateReport { admissible, missing, conditions }
}

/// Whether files are what they were when they came.
pub fn unaltered(ok: bool) -> Condition {
    condition(
        UNALTERED,
        ok,
        ("Các tệp chứng cứ đúng mã băm", "The files of evidence have their digests"),
        (
            "Tệp chứng cứ đã bị thay đổi hoặc mất: vụ việc bị khóa",
            "A file of evidence was altered or is gone: the case is locked",
        ),
    )
}

/// Whether the clip is as long as it must be and as it was said to be, and the act lies within it. What was said alone proves nothing.
fn clip_shows_the_act(facts: &Facts, kind: &KindFacts) -> bool {
    let (Some(plays_ms), Some(span)) = (facts.clip_ms, &facts.violation.clip) else { return false };
    let said_ms = span.to.as_millisecond().saturating_sub(span.from.as_millisecond());
    plays_ms >= i64::from(kind.clip_s) * 1000 - SHORT_MS
        && (plays_ms - said_ms).abs() <= CLIP_SLACK_MS
        && (span.from..=span.to).contains(&facts.at)
}

/// What is missing, in words that say what to do where somebody can do something.
fn missing(need: Need, violation: &Violation) -> Missing {
    let (vi, en) = words(need);
    let (vi, en) = match need {
        Need::Sign if violation.source == "own" && violation.scene.version == 0 => (
            format!(
                "{vi}: cảnh nằm trong tệp của thiết bị (phiên bản 0), trung tâm không biết quyết định nào; hãy vẽ và công bố cảnh tại trung tâm"
            ),
            format!(
                "{en}: the scene is a file on the device (version 0), of which central knows no decision; draw and publish the scene at central"
            ),
        ),
        Need::Sign if violation.source == "own" => (
            format!(
                "{vi}: phiên bản {} của cảnh không ghi quyết định cho luật {}",
                violation.scene.version, violation.rule
            ),
            format!(
                "{en}: version {} of the scene names none for rule {}",
                violation.scene.version, violation.rule
            ),
        ),
        _ => (vi.to_owned(), en.to_owned()),
    };
    Missing { need: need.as_str().to_owned(), vi, en }
}

type Words<'a> = (&'a str, &'a str);

fn condition(code: &str, ok: bool, met: Words, failed: Words) -> Condition {
    let (vi, en) = if ok { met } else { failed };
    Condition { code: code.to_owned(), ok, vi: vi.to_owned(), en: en.to_owned() }
}

/// What hangs on the device. Without a record everything of it is unknown, and that is said once.
fn device_conditions(facts: &Facts) -> Vec<Condition> {
    let recorded = condition(
        "device_approved",
        facts.device.is_some(),
        ("Thiết bị có hồ sơ được duyệt", "The device has an approved record"),
        (
            "Thiết bị chưa có hồ sơ được duyệt tại thời điểm đó",
            "The device had no approved record at that moment",
        ),
    );
    let Some(device) = facts.device else { return vec![recorded] };
    let day = day_of(facts.at);
    let approval = &device.approval_decision;
    let in_force = approval.from <= day && approval.to.is_none_or(|to| day <= to);
    let trained = !device.trained_users.is_empty();
    let sign = device.sign_installed.as_ref().is_some_and(|sign| sign.on <= day);
    vec![
        recorded,
        condition(
            "approval_in_force",
            in_force,
            ("Quyết định sử dụng còn hiệu lực", "The decision on its use was in force"),
            ("Quyết định sử dụng chưa hoặc hết hiệu lực", "The decision on its use was not in force"),
        ),
        calibration(device, day),
        position(facts, device),
        condition(
            "trained_users",
            trained,
            ("Có người sử dụng đã được tập huấn", "Trained users are named"),
            ("Không có người sử dụng đã được tập huấn", "No trained user is named"),
        ),
        condition(
            "device_status",
            device.status == "in_use",
            ("Thiết bị đang hoạt động", "The device was in use"),
            ("Thiết bị đang tạm dừng hoặc đã thôi sử dụng", "The device was suspended or retired"),
        ),
        clock(facts, device),
        condition(
            "sign_installed",
            sign,
            ("Có biển báo về camera", "The notice sign was up"),
            ("Chưa có biển báo về camera", "The notice sign was not up"),
        ),
    ]
}

fn calibration(device: &DeviceRecord, day: jiff::civil::Date) -> Condition {
    let needed = device::type_of(&device.kind).is_none_or(|kind| kind.needs_calibration);
    let (ok, vi, en) = match &device.calibration {
        Some(paper) if paper.from <= day && day <= paper.to => (
            true,
            "Kiểm định, hiệu chuẩn còn hiệu lực".to_owned(),
            "Inspection or calibration was valid".to_owned(),
        ),
        // A paper that has run out counts, whether the kind needs one or not: somebody thought that it did.
        Some(paper) => (
            false,
            format!(
                "Kiểm định, hiệu chuẩn có giá trị từ {} đến {}, không gồm ngày vi phạm",
                paper.from, paper.to
            ),
            format!("Inspection or calibration is good from {} to {}, not on that day", paper.from, paper.to),
        ),
        None if needed => (
            false,
            "Loại thiết bị này phải kiểm định, chưa có giấy".to_owned(),
            "This kind of device needs a certificate, and has none".to_owned(),
        ),
        None => (
            true,
            "Loại thiết bị này không phải kiểm định".to_owned(),
            "This kind of device needs no certificate".to_owned(),
        ),
    };
    Condition { code: "calibration_valid".to_owned(), ok, vi, en }
}

fn position(facts: &Facts, device: &DeviceRecord) -> Condition {
    let approved = &device.approved_position;
    let (ok, vi, en) = match facts.violation.place.at {
        None => (
            false,
            "Không biết toạ độ của camera".to_owned(),
            "The camera's position is not known".to_owned(),
        ),
        Some(at) => {
            let metres = device::metres_between(at, [approved.lat, approved.lon]);
            (
                metres <= approved.radius_m,
                format!("Cách vị trí được duyệt {metres:.0} m (cho phép {:.0} m)", approved.radius_m),
                format!("{metres:.0} m from the approved position ({:.0} m allowed)", approved.radius_m),
            )
        }
    };
    Condition { code: "position_approved".to_owned(), ok, vi, en }
}

fn clock(facts: &Facts, device: &DeviceRecord) -> Condition {
    let (clock, limit) = (&facts.violation.clock, i64::from(device.max_clock_offset_ms));
    let (ok, vi, en) = match clock.offset_ms {
        None => (
            false,
            "Không biết độ lệch đồng hồ".to_owned(),
            "The offset of the clock is not known".to_owned(),
        ),
        Some(offset) => {
            // The camera's own clock counts where the time was taken from it.
            let camera = match facts.time_source {
                TimeSource::Rtcp => clock.camera_offset_ms.unwrap_or(0),
                _ => 0,
            };
            let worst = offset
                .saturating_abs()
                .saturating_add(camera.saturating_abs())
                .saturating_add(i64::from(facts.uncertainty_ms));
            (
                worst <= limit,
                format!("Đồng hồ lệch tối đa {worst} ms (cho phép {limit} ms)"),
                format!("The clock was off by {worst} ms at most ({limit} ms allowed)"),
            )
        }
    };
    Condition { code: "clock_offset".to_owned(), ok, vi, en }
}

/// What a need is, in words.
pub fn words(need: Need) -> (&'static str, &'static str) {
    match need {
        Need::Overview => {
            ("Ảnh toàn cảnh có đèn hoặc biển báo", "Picture of the whole scene with lamp or sign")
        }
        Need::Act => ("Ảnh từng thời điểm của hành vi", "A picture of each moment of the act"),
        Need::Plate => ("Ảnh cắt biển số", "Picture of the plate"),
        Need::Clip => ("Đoạn phim đủ thời lượng", "Clip of full length"),
        Need::Overlay => ("Lớp vệt di chuyển", "Layer of tracks"),
        Need::SignalTimeline => {
            ("Diễn biến đèn tín hiệu tại mọi thời điểm", "What the signal showed at every moment")
        }
        Need::Moments => ("Đủ các thời điểm của hành vi", "All moments of the act"),
        Need::Reading => ("Biển số đọc được và hợp lệ", "A plate that was read and can be issued"),
        Need::Time => ("Thời gian có nguồn tin cậy", "A capture time of a source that counts"),
        Need::Clock => ("Đồng hồ đã đồng bộ", "A synchronised clock"),
        Need::Place => ("Địa điểm", "The place"),
        Need::Models => ("Mô hình đã dùng", "The models that took part"),
        Need::Ground => ("Mặt đường đã đo", "Measured ground"),
        Need::Sign => ("Quyết định lắp đặt biển báo, vạch kẻ", "The decision behind the sign or marking"),
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
