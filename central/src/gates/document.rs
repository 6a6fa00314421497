//! What a site asks at its gates, as people edit it: the policy document. Pure.
//!
//! Groups and members are not in it: they have resources of their own. Every problem of a document is found at once, with its
//! path, before anything of it is used.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wire::Name;
use wire::gate::{Clock, FaceUse, Gate, GateList, Group, Holiday, Lane, Policy, Schedule, Verdict};

/// Everything that a site asks at its gates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Minutes that the site's clock is ahead of UTC.
    #[serde(default = "vietnam")]
    pub utc_offset_minutes: i32,
    /// Holidays and working days that make up for them.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Named hours.
    #[serde(default)]
    pub schedules: Vec<Schedule>,
    /// Gates, their lanes, and what each asks.
    pub gates: Vec<Gate>,
    /// Counting lines of cameras that lead into a gate's area, for gates at which people are counted and not decided about.
    #[serde(default)]
    pub counting: Vec<CountingLine>,
    /// The approval under which faces may be used; none: they may not.
    #[serde(default)]
    pub faces: Option<FaceApproval>,
    /// Number of the paper form for outages.
    #[serde(default)]
    pub paper_form: Option<String>,
}

/// A line that people cross to get into a gate's area: `in` (and `forward`) leads inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountingLine {
    /// Camera.
    pub camera: Name,
    /// Line of it; all of its lines if none.
    #[serde(default)]
    pub line: Option<Name>,
    /// The gate it counts for.
    pub gate: Name,
}

/// A written approval for faces at this site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaceApproval {
    /// Who gave it.
    pub authority: String,
    /// Its number.
    pub number: String,
    /// First moment that it no longer covers.
    pub until: Timestamp,
}

/// Something in a document that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Trouble {
    /// Where: `gates[cong-2].lanes[lan-1].policy.rules[cong-nhan].schedule`.
    pub path: String,
    /// Stable word.
    pub code: &'static str,
    /// What is wrong and what to do, Vietnamese.
    pub vi: String,
    /// The same, English.
    pub en: String,
}

fn vietnam() -> i32 {
    420
}

impl Document {
    /// The site's wall clock.
    pub fn clock(&self) -> Clock {
        Clock { utc_offset_minutes: self.utc_offset_minutes }
    }

    /// Every lane with its gate.
    pub fn lanes(&self) -> impl Iterator<Item = (&Gate, &Lane)> {
        self.gates.iter().flat_map(|gate| gate.lanes.iter().map(move |lane| (gate, lane)))
    }

    /// The gate whose area a counting line leads into.
    pub fn counted_at(&self, camera: &Name, line: &Name) -> Option<&Gate> {
        let own = |of: &&CountingLine| &of.camera == camera && of.line.as_ref().is_none_or(|l| l == line);
        let gate = &self.counting.iter().find(own)?.gate;
        self.gates.iter().find(|other| &other.id == gate)
    }

    /// Everything that is wrong with it. `groups` are the ids of the site's groups.
    pub fn problems(&self, groups: &BTreeSet<String>, now: Timestamp) -> Vec<Trouble> {
        let mut found = Found { troubles: Vec::new() };
        if !(-14 * 60..=14 * 60).contains(&self.utc_offset_minutes) {
            found.add("utc_offset_minutes", "range", "lệch giờ phải trong 14 giờ", "must be within 14 hours");
        }
        found.twice("schedules", self.schedules.iter().map(|schedule| schedule.id.as_str()));
        found.twice("gates", self.gates.iter().map(|gate| gate.id.as_str()));
        found.twice("lanes", self.lanes().map(|(_, lane)| lane.id.as_str()));
        let dates: Vec<String> = self.holidays.iter().map(|holiday| holiday.date.to_string()).collect();
        found.twice("holidays", dates.iter().map(String::as_str));
        for schedule in &self.schedules {
            let path = format!("schedules[{}]", schedule.id);
            found.named(&path, &schedule.name_vi, &schedule.name_en);
            if schedule.windows.iter().any(|window| window.days.is_empty()) {
                let (vi, en) = ("khung giờ phải có ít nhất một ngày", "a window needs at least one day");
                found.add(format!("{path}.windows"), "empty", vi, en);
            }
        }
        for gate in &self.gates {
            found.named(&format!("gates[{}]", gate.id), &gate.name_vi, &gate.name_en);
            if gate.lanes.is_empty() {
                let (vi, en) = ("cổng phải có ít nhất một làn", "a gate needs at least one lane");
                found.add(format!("gates[{}].lanes", gate.id), "empty", vi, en);
            }
        }
        for (gate, lane) in self.lanes() {
            self.lane(&mut found, gate, lane, groups, now);
        }
        for (at, line) in self.counting.iter().enumerate() {
            if !self.gates.iter().any(|gate| gate.id == line.gate) {
                found.unknown(format!("counting[{at}].gate"), "cổng", "gate", line.gate.as_str());
            }
        }
        if found.troubles.is_empty() {
            found.troubles.extend(self.unusable(groups));
        }
        found.troubles
    }

    /// What a gate would refuse a list of this document for, whatever else is in it.
    fn unusable(&self, groups: &BTreeSet<String>) -> Vec<Trouble> {
        let name = |text: &str| Name::new(text).ok();
        let Some(nobody) = name("nobody") else { return Vec::new() };
        let group = |id: &String| {
            let kind = wire::gate::GroupKind::Enterprise;
            Some(Group { id: name(id)?, kind, name: String::new(), vehicle_quota: None, person_quota: None })
        };
        let list = GateList {
            v: wire::VERSION,
            site: nobody.clone(),
            agent: nobody,
            version: 1,
            made_at: Timestamp::UNIX_EPOCH,
            clock: self.clock(),
            holidays: self.holidays.clone(),
            schedules: self.schedules.clone(),
            groups: groups.iter().filter_map(group).collect(),
            gates: self.gates.clone(),
            entries: Vec::new(),
            watch: Vec::new(),
            guards: Vec::new(),
            faces_until: self.faces.as_ref().map(|approval| approval.until),
            paper_form: self.paper_form.clone(),
        };
        let trouble = |error: wire::gate::ListError| Trouble {
            path: "gates".to_owned(),
            code: "unusable",
            vi: format!("cổng sẽ không dùng được danh sách này: {error}"),
            en: format!("no gate could use this list: {error}"),
        };
        list.problems().into_iter().map(trouble).collect()
    }

    fn lane(&self, found: &mut Found, gate: &Gate, lane: &Lane, groups: &BTreeSet<String>, now: Timestamp) {
        let path = format!("gates[{}].lanes[{}]", gate.id, lane.id);
        found.named(&path, &lane.name_vi, &lane.name_en);
        let path = format!("{path}.policy");
        let Policy { rules, interlock, tailgating, staleness, .. } = &lane.policy;
        found.twice(&format!("{path}.rules"), rules.iter().map(|rule| rule.id.as_str()));
        for rule in rules {
            let path = format!("{path}.rules[{}]", rule.id);
            for group in rule.groups.iter().filter(|group| !groups.contains(group.as_str())) {
                found.unknown(format!("{path}.groups"), "đơn vị", "group", group.as_str());
            }
            if let Some(hours) = &rule.schedule
                && !self.schedules.iter().any(|schedule| &schedule.id == hours)
            {
                found.unknown(format!("{path}.schedule"), "khung giờ", "schedule", hours.as_str());
            }
        }
        for other in interlock {
            if other == &lane.id || !self.lanes().any(|(_, known)| &known.id == other) {
                found.unknown(format!("{path}.interlock"), "làn khác", "other lane", other.as_str());
            }
        }
        if !(0.0..=1.0).contains(&lane.policy.least_score) {
            found.add(format!("{path}.least_score"), "range", "phải từ 0 đến 1", "must be from 0 to 1");
        }
        if tailgating.bodies == 0 || tailgating.window_s == 0 {
            found.add(format!("{path}.tailgating"), "range", "phải từ 1 trở lên", "must be 1 or more");
        }
        if staleness.fresh_s > staleness.usable_s {
            let (vi, en) = ("fresh_s không được lớn hơn usable_s", "fresh_s must not be above usable_s");
            found.add(format!("{path}.staleness"), "range", vi, en);
        }
        if staleness.when_old == Verdict::Deny {
            let (vi, en) = (
                "danh sách cũ không được tự từ chối ai: dùng admit hoặc wait",
                "an old list must refuse nobody by itself: use admit or wait",
            );
            found.add(format!("{path}.staleness.when_old"), "not_allowed", vi, en);
        }
        let approved = self.faces.as_ref().is_some_and(|approval| {
            approval.until > now
                && !approval.authority.trim().is_empty()
                && !approval.number.trim().is_empty()
        });
        if lane.policy.faces != FaceUse::Off && !approved {
            let (vi, en) = (
                "chưa có văn bản chấp thuận nhận diện khuôn mặt còn hiệu lực cho khu vực này",
                "no approval for faces at this site is on file and in force",
            );
            found.add(format!("{path}.faces"), "not_approved", vi, en);
        }
    }
}

struct Found {
    troubles: Vec<Trouble>,
}

impl Found {
    fn add(&mut self, path: impl Into<String>, code: &'static str, vi: &str, en: &str) {
        self.troubles.push(Trouble { path: path.into(), code, vi: vi.to_owned(), en: en.to_owned() });
    }

    fn unknown(&mut self, path: String, vi: &str, en: &str, name: &str) {
        self.troubles.push(Trouble {
            path,
            code: "unknown",
            vi: format!("không có {vi} {name}"),
            en: format!("there is no {en} {name}"),
        });
    }

    fn named(&mut self, path: &str, vi: &str, en: &str) {
        for (field, name) in [("name_vi", vi), ("name_en", en)] {
            if name.trim().is_empty() || name.chars().count() > 100 {
                self.add(
                    format!("{path}.{field}"),
                    "name",
                    "tên phải có 1 đến 100 ký tự",
                    "a name has 1 to 100 characters",
                );
            }
        }
    }

    fn twice<'a>(&mut self, path: &str, names: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                self.troubles.push(Trouble {
                    path: format!("{path}[{name}]"),
                    code: "repeated",
                    vi: format!("{name} có hai lần"),
                    en: format!("{name} is there twice"),
                });
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A park with one gate and one lane for vehicles; group `a` may pass.
    pub fn park() -> Document {
        serde_json::from_value(serde_json::json!({
            "schedules": [{"id": "ca-ngay", "name_vi": "Ca ngày", "name_en": "Day shift",
                "windows": [{"days": ["mon","tue","wed","thu","fri","sat","sun","holiday"], "from": "06:00:00", "until": "18:00:00"}]}],
            "gates": [{"id": "cong-2", "name_vi": "Cổng số 2", "name_en": "Gate 2", "area": "kcn", "person_capacity": null,
                "vehicle_capacity": 100, "lanes": [{"id": "lan-1", "name_vi": "Làn 1", "name_en": "Lane 1", "way": "both",
                "policy": {"id": "xe", "wanted": "vehicle", "rules": [{"id": "doanh-nghiep", "groups": ["a"], "lists": [],
                    "schedule": null, "verdict": "admit"}], "unknown": "wait", "least_trust": null, "least_score": 0.8,
                    "anti_passback": {"mode": "soft"}, "quotas": true, "interlock": [],
                    "tailgating": {"bodies": 1, "window_s": 20},
                    "staleness": {"fresh_s": 3600, "usable_s": 172800, "when_old": "wait"}, "faces": "off", "pair_s": 30}}]}],
            "paper_form": "BM-01"
        }))
        .unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::park;
    use super::*;

    fn codes(document: &Document) -> Vec<(String, &'static str)> {
        let groups = BTreeSet::from(["a".to_owned()]);
        let found = document.problems(&groups, Timestamp::from_second(1_790_000_000).unwrap());
        found.into_iter().map(|trouble| (trouble.path, trouble.code)).collect()
    }

    #[test]
    fn a_good_document_has_no_problem() {
        assert_eq!(codes(&park()), []);
    }

    #[test]
    fn every_problem_comes_at_once_with_its_path() {
        let mut document = park();
        let twin = document.gates[0].clone();
        document.gates.push(twin);
        let policy = &mut document.gates[0].lanes[0].policy;
        policy.rules[0].groups.push(Name::new("nobody").unwrap());
        policy.rules[0].schedule = Some(Name::new("never").unwrap());
        policy.interlock.push(Name::new("lan-1").unwrap());
        policy.staleness.when_old = Verdict::Deny;
        policy.faces = FaceUse::CheckPapers;
        policy.least_score = 2.0;
        document.schedules[0].windows[0].days.clear();
        let found = codes(&document);
        let policy = "gates[cong-2].lanes[lan-1].policy";
        for (path, code) in [
            ("gates[cong-2]".to_owned(), "repeated"),
            ("lanes[lan-1]".to_owned(), "repeated"),
            (format!("{policy}.rules[doanh-nghiep].groups"), "unknown"),
            (format!("{policy}.rules[doanh-nghiep].schedule"), "unknown"),
            (format!("{policy}.interlock"), "unknown"),
            (format!("{policy}.staleness.when_old"), "not_allowed"),
            (format!("{policy}.faces"), "not_approved"),
            (format!("{policy}.least_score"), "range"),
            ("schedules[ca-ngay].windows".to_owned(), "empty"),
        ] {
            assert!(found.contains(&(path.clone(), code)), "{path} {code} is missing in {found:?}");
        }
    }

    #[test]
    fn what_a_gate_would_refuse_is_a_problem_too() {
        let mut document = park();
        document.gates[0].vehicle_capacity = Some(0);
        let found = codes(&document);
        assert_eq!(found, [("gates".to_owned(), "unusable")]);
    }

    #[test]
    fn faces_need_an_approval_that_is_in_force() {
        let mut document = park();
        document.gates[0].lanes[0].policy.faces = FaceUse::CheckPapers;
        let approval = |until: i64| FaceApproval {
            authority: "Công an tỉnh".into(),
            number: "12/GP".into(),
            until: Timestamp::from_second(until).unwrap(),
        };
        document.faces = Some(approval(1_800_000_000));
        assert_eq!(codes(&document), []);
        document.faces = Some(approval(1_780_000_000));
        assert_eq!(codes(&document).len(), 1, "an approval that has run out is none");
    }
}
