//! `[faces]`: off unless a site switches it on, and then only with everything that the law asks for.
//!
//! Face vectors are sensitive personal data (Law 91/2025, Art. 31; Decree 356/2025). Whoever switches this on answers for purpose and
//! legal basis, has the site's approval, tells people with a notice, and offers another way in. All of that stands in the
//! configuration, so that a check of the file is a check of the duty; none of it is judged here.

use jiff::civil::Date;
use serde::Deserialize;

use crate::vision::FaceReaderConfig;
use crate::vision::face::TrackFacesConfig;

/// Whether and why faces are read at this site.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FacesConfig {
    /// Nothing of faces is loaded or run while this is false. A camera must say `faces = true` besides.
    pub enabled: bool,
    /// What it is for, in the words of the notice.
    pub purpose: Option<String>,
    /// The law, contract or consent that allows it.
    pub legal_basis: Option<String>,
    /// Number and issuer of the site's approval.
    pub approval: Option<String>,
    /// Last day of the approval. From the day after, faces are off, and everything else goes on.
    pub approved_until: Option<Date>,
    /// Whom people ask: name, telephone or address of the data protection contact.
    pub dpo_contact: Option<String>,
    /// A notice hangs where people see it before the camera sees them.
    pub notice_posted: bool,
    /// The way in without a face.
    pub alternative: Option<String>,
    /// How faces are found and judged.
    pub reader: FaceReaderConfig,
    /// When a person is looked at, and how long a look may stay in memory.
    pub track: TrackFacesConfig,
}

/// Longest time that a look may stay in memory, seconds: faces that match nobody are not kept.
const MOST_KEPT_S: f64 = 10.0;

impl FacesConfig {
    /// Whether faces may be read on this day.
    pub fn on(&self, today: Date) -> bool {
        self.enabled && self.approved_until.is_some_and(|last| today <= last)
    }

    /// What is missing or cannot be.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.enabled {
            let words = [
                ("purpose", &self.purpose),
                ("legal_basis", &self.legal_basis),
                ("approval", &self.approval),
                ("dpo_contact", &self.dpo_contact),
                ("alternative", &self.alternative),
            ];
            for (key, value) in words {
                if value.as_deref().is_none_or(|text| text.trim().is_empty()) {
                    problems.push(format!("faces.enabled needs faces.{key}"));
                }
            }
            if self.approved_until.is_none() {
                problems.push(
                    "faces.enabled needs faces.approved_until (a date such as \"2027-06-30\")".to_owned(),
                );
            }
            if !self.notice_posted {
                problems
                    .push("faces.enabled needs faces.notice_posted = true: post the notice first".to_owned());
            }
        }
        problems.extend(self.reader.problems().into_iter().map(|problem| format!("faces.reader.{problem}")));
        problems.extend(self.track_problems());
        problems
    }

    fn track_problems(&self) -> Vec<String> {
        let track = &self.track;
        let mut problems = Vec::new();
        if !(track.keep_s > 0.0 && track.keep_s <= MOST_KEPT_S) {
            problems.push(format!("faces.track.keep_s must be above 0 and at most {MOST_KEPT_S}"));
        }
        if !(0.05..=MOST_KEPT_S).contains(&track.look_every_s) {
            problems.push(format!("faces.track.look_every_s must be 0.05 to {MOST_KEPT_S}"));
        }
        if !(0.0..=1.0).contains(&track.enough) || !(-1.0..=1.0).contains(&track.same_person) {
            problems.push("faces.track.enough must be 0 to 1, faces.track.same_person -1 to 1".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        enabled = true
        purpose = "Đối chiếu người vào khu vực kho với thẻ"
        legal_basis = "Đồng ý bằng văn bản"
        approval = "12/QĐ-KCN"
        approved_until = "2027-06-30"
        dpo_contact = "0229 000 000"
        notice_posted = true
        alternative = "Thẻ từ và bảo vệ"
    "#;

    fn config(text: &str) -> FacesConfig {
        toml::from_str(text).expect("parses")
    }

    #[test]
    fn faces_are_off_unless_switched_on() {
        let default = FacesConfig::default();
        assert!(!default.enabled && !default.on("2026-11-21".parse().expect("a date")));
        assert_eq!(default.problems(), Vec::<String>::new());
    }

    #[test]
    fn switched_on_without_its_grounds_every_missing_one_is_told() {
        let problems = config("enabled = true").problems();
        for key in [
            "purpose",
            "legal_basis",
            "approval",
            "approved_until",
            "dpo_contact",
            "notice_posted",
            "alternative",
        ] {
            assert_eq!(
                problems.iter().filter(|p| p.contains(&format!("faces.{key}"))).count(),
                1,
                "{key}: {problems:?}"
            );
        }
        assert_eq!(config(&WHOLE.replace("12/QĐ-KCN", "  ")).problems().len(), 1);
    }

    #[test]
    fn an_approval_that_has_run_out_switches_faces_off() {
        let config = config(WHOLE);
        assert_eq!(config.problems(), Vec::<String>::new());
        assert!(config.on("2027-06-30".parse().expect("a date")));
        assert!(!config.on("2027-07-01".parse().expect("a date")));
    }

    #[test]
    fn no_setting_keeps_a_face_longer_than_ten_seconds() {
        let long = format!("{WHOLE}\n[track]\nkeep_s = 60.0");
        assert_eq!(config(&long).problems().len(), 1);
        let upside_down = format!("{WHOLE}\n[reader.quality]\neye_px = [45.0, 16.0]");
        assert_eq!(config(&upside_down).problems().len(), 1);
    }
}
