//! Devices as approved for use: what their papers say. A record is proposed by one account and approved by another; the version that
//! was valid at the moment of an act decides whether the act can be shown at all.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::gates::document::Trouble;

/// What the papers of a device say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceRecord {
    /// Serial number.
    pub serial: String,
    /// Kind of device, a row of `data/cases/device_types.csv`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Maker and model.
    pub model: String,
    /// Item of the list of devices in annex I.
    pub annex_item: String,
    /// The decision or plan by which it may be used.
    pub approval_decision: Approval,
    /// Where it may be used.
    pub approved_position: Position,
    /// Inspection or calibration, where the kind needs one.
    #[serde(default)]
    pub calibration: Option<Calibration>,
    /// Largest offset of the clock, uncertainty included, milliseconds.
    pub max_clock_offset_ms: u32,
    /// Accounts of people who were trained to use it.
    pub trained_users: Vec<String>,
    /// The sign that tells people of the camera.
    #[serde(default)]
    pub sign_installed: Option<Sign>,
    /// `in_use`, `suspended` or `retired`.
    pub status: String,
}

/// A decision or plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Its number.
    pub no: String,
    /// Day of signature.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// Who signed: office, not person.
    pub by: String,
    /// First day in force.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day in force; open when none.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// A place with its allowance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Latitude, degrees WGS 84.
    pub lat: f64,
    /// Longitude.
    pub lon: f64,
    /// How far from it the device may stand, metres.
    pub radius_m: f64,
    /// In words, Vietnamese.
    pub vi: String,
}

/// A certificate of inspection or calibration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Number of the certificate.
    pub cert_no: String,
    /// Who issued it.
    pub agency: String,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

/// The sign beside the road.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// Day on which it was put up.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// SHA-256 of a photograph of it.
    #[serde(default)]
    pub photo_sha256: Option<String>,
}

/// A kind of device.
#[derive(Debug, Clone, Deserialize)]
pub struct DeviceType {
    /// The word.
    #[serde(rename = "type")]
    pub kind: String,
    /// Item of the list.
    pub annex_item: String,
    /// Whether it is nothing without a valid certificate.
    pub needs_calibration: bool,
    /// Name, Vietnamese.
    pub title_vi: String,
    /// Name, English.
    pub title_en: String,
}

/// Every kind of device.
pub fn types() -> &'static [DeviceType] {
    static TYPES: OnceLock<Vec<DeviceType>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let text = include_str!("../../data/cases/device_types.csv");
        let mut rows = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        // The file is part of the program, and a test reads it.
        rows.deserialize().filter_map(Result::ok).collect()
    })
}

/// The kind of this word.
pub fn type_of(kind: &str) -> Option<&'static DeviceType> {
    types().iter().find(|one| one.kind == kind)
}

impl DeviceRecord {
    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<Trouble> {
        let mut problems = Vec::new();
        let mut bad = |condition: bool, path: &str, vi: &str, en: &str| {
            if condition {
                problems.push(Trouble {
                    path: path.to_owned(),
                    code: "bad_field",
                    vi: vi.to_owned(),
                    en: en.to_owned(),
                });
            }
        };
        let text = |text: &str| !text.trim().is_empty() && text.chars().count() <= 200;
        bad(!text(&self.serial), "serial", "số máy: 1 đến 200 ký tự", "1 to 200 characters");
        bad(!text(&self.model), "model", "kiểu máy: 1 đến 200 ký tự", "1 to 200 characters");
        bad(
            type_of(&self.kind).is_none_or(|known| known.annex_item != self.annex_item),
            "type",
            "loại thiết bị không có trong danh mục, hoặc không khớp mục của phụ lục",
            "not a kind of device of the list, or not of this item of the annex",
        );
        let approval = &self.approval_decision;
        bad(
            !text(&approval.no) || !text(&approval.by),
            "approval_decision",
            "cần số và người ký",
            "needs number and signer",
        );
        bad(
            approval.to.is_some_and(|to| to < approval.from),
            "approval_decision.to",
            "trước ngày bắt đầu",
            "before its first day",
        );
        let place = &self.approved_position;
        bad(
            !(-90.0..=90.0).contains(&place.lat) || !(-180.0..=180.0).contains(&place.lon),
            "approved_position",
            "toạ độ không hợp lệ",
            "no coordinates",
        );
        bad(
            !(1.0..=2000.0).contains(&place.radius_m),
            "approved_position.radius_m",
            "từ 1 đến 2000 mét",
            "1 to 2000 metres",
        );
        if let Some(calibration) = &self.calibration {
            bad(
                !text(&calibration.cert_no)
                    || !text(&calibration.agency)
                    || calibration.to < calibration.from,
                "calibration",
                "cần số giấy, cơ quan và thời hạn đúng",
                "needs number, agency and a window",
            );
        }
        bad(
            !(1..=60_000).contains(&self.max_clock_offset_ms),
            "max_clock_offset_ms",
            "từ 1 đến 60000",
            "1 to 60000",
        );
        bad(
            self.trained_users.len() > 200
                || self.trained_users.iter().any(|user| user.is_empty() || user.len() > 64),
            "trained_users",
            "tối đa 200 tài khoản",
            "at most 200 accounts",
        );
        let photo = self.sign_installed.as_ref().and_then(|sign| sign.photo_sha256.as_deref());
        bad(
            photo.is_some_and(|photo| wire::Digest::from_hex(photo).is_none()),
            "sign_installed.photo_sha256",
            "không phải SHA-256",
            "not a SHA-256",
        );
        bad(
            !["in_use", "suspended", "retired"].contains(&self.status.as_str()),
            "status",
            "in_use, suspended hoặc retired",
            "in_use, suspended or retired",
        );
        problems
    }
}

/// Metres between two places, along the earth.
pub fn metres_between(a: [f64; 2], b: [f64; 2]) -> f64 {
    const RADIUS_M: f64 = 6_371_000.0;
    let [lat_a, lon_a, lat_b, lon_b] = [a[0], a[1], b[0], b[1]].map(f64::to_radians);
    let (north, east) = ((lat_b - lat_a) / 2.0, (lon_b - lon_a) / 2.0);
    let h = north.sin().powi(2) + lat_a.cos() * lat_b.cos() * east.sin().powi(2);
    2.0 * RADIUS_M * h.sqrt().clamp(0.0, 1.0).asin()
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A record by which everything of `place` in 2026 is admissible.
    pub fn record(lat: f64, lon: f64) -> DeviceRecord {
        serde_json::from_value(serde_json::json!({
            "serial": "SN-1", "type": "traffic_camera", "model": "Thí dụ 1", "annex_item": "21",
            "approval_decision": {"no": "12/QĐ-PC08", "on": "2025-12-20", "by": "Trưởng phòng PC08", "from": "2026-01-01", "to": "2026-12-31"},
            "approved_position": {"lat": lat, "lon": lon, "radius_m": 50.0, "vi": "Ngã tư thí dụ"},
            "calibration": null, "max_clock_offset_ms": 1000, "trained_users": ["csgt.an"],
            "sign_installed": {"on": "2025-12-25", "photo_sha256": null}, "status": "in_use",
        }))
        .unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_device_is_read_and_a_speed_meter_needs_its_certificate() {
        assert_eq!(types().len(), 6);
        assert!(type_of("speed_camera").unwrap().needs_calibration);
        assert!(!type_of("traffic_camera").unwrap().needs_calibration);
    }

    #[test]
    fn a_record_with_mistakes_names_each() {
        let mut record = testing::record(21.0, 105.8);
        assert!(record.problems().is_empty(), "{:?}", record.problems());
        record.annex_item = "3".into();
        record.approval_decision.to = Some("2025-01-01".parse().unwrap());
        record.status = "fine".into();
        record.max_clock_offset_ms = 0;
        let paths: Vec<_> = record.problems().into_iter().map(|one| one.path).collect();
        assert_eq!(paths, ["type", "approval_decision.to", "max_clock_offset_ms", "status"]);
    }

    #[test]
    fn distances_are_those_of_the_earth() {
        let hanoi = [21.0285, 105.8542];
        assert!(metres_between(hanoi, hanoi) < 0.001);
        let km = metres_between(hanoi, [10.7769, 106.7009]) / 1000.0;
        assert!((1130.0..1160.0).contains(&km), "{km}");
    }
}
