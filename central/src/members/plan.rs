//! What a file would change: each row against what the list holds. A plan is applied as it stands or not at all.

use std::collections::HashMap;

use super::check::wrong;
use super::file::Draft;
use super::{Kind, RowProblem, Setting, person_label};
use crate::store::gates::Member;

/// What a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new entry.
    New,
    /// An entry with other values in these fields.
    Changed(Vec<&'static str>),
    /// Nothing.
    Same,
}

/// A row with the entry as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Line in the file.
    pub line: u32,
    /// What it does.
    pub change: Change,
    /// The entry.
    pub member: Member,
}

/// What a file would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Rows, in the file's order.
    pub rows: Vec<Planned>,
    /// Imported entries of the same group and kind that the file does not name.
    pub missing: Vec<Member>,
}

impl Plan {
    /// Rows that are new, changed and the same.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |fits: fn(&Change) -> bool| self.rows.iter().filter(|row| fits(&row.change)).count();
        (
            count(|change| *change == Change::New),
            count(|change| matches!(change, Change::Changed(_))),
            count(|change| *change == Change::Same),
        )
    }

    /// The entries to write.
    pub fn to_write(&self) -> Vec<Member> {
        self.rows.iter().filter(|row| row.change != Change::Same).map(|row| row.member.clone()).collect()
    }
}

/// Who writes, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// Site.
    pub site: &'a str,
    /// User name.
    pub by: &'a str,
    /// Now, ms.
    pub now_ms: i64,
}

/// By what two entries are the same: whose, which kind, and number or plate.
type Key = (Option<String>, Kind, String);

fn key_of(member: &Member) -> Option<Key> {
    let kind = Kind::parse(&member.kind)?;
    let text = match kind {
        Kind::Person => member.number.clone()?,
        Kind::Vehicle => member.plate.clone()?,
    };
    Some((member.group_id.clone(), kind, text))
}

/// Compares drafts with the entries of the site that have not ended. Problems keep their rows out.
pub fn plan(
    drafts: Vec<Draft>,
    existing: &[Member],
    setting: &Setting,
    author: Author<'_>,
) -> (Plan, Vec<RowProblem>) {
    let live = |member: &&Member| {
        member.list == "allow"
            && member.status != "ended"
            && member.source != "pass"
            && member.source != "visit"
    };
    let known: HashMap<Key, &Member> =
        existing.iter().filter(live).filter_map(|member| Some((key_of(member)?, member))).collect();
    let mut lines: HashMap<Key, u32> = HashMap::new();
    let (mut plan, mut problems) = (Plan::default(), Vec::new());
    let groups: Vec<(Option<String>, Kind)> =
        drafts.iter().map(|draft| (draft.group.clone(), draft.kind)).collect();
    for draft in drafts {
        let Some(text) = draft.number.clone().or_else(|| draft.plate.clone()) else { continue };
        let key = (draft.group.clone(), draft.kind, text);
        if let Some(first) = lines.get(&key) {
            let (code, vi, en) = wrong(
                "row_twice",
                format!("trùng với dòng {first}: giữ lại một dòng"),
                format!("the same as line {first}: keep one"),
            );
            problems.push(RowProblem { row: draft.line, column: String::new(), code, vi, en });
            continue;
        }
        lines.insert(key.clone(), draft.line);
        match drivers(&draft, &known) {
            Err(problem) => problems.push(problem),
            Ok(drivers) => plan.rows.push(planned(draft, drivers, known.get(&key).copied(), setting, author)),
        }
    }
    plan.missing = existing
        .iter()
        .filter(live)
        .filter(|member| member.source == "import")
        .filter(|member| {
            key_of(member)
                .is_some_and(|key| groups.contains(&(key.0.clone(), key.1)) && !lines.contains_key(&key))
        })
        .cloned()
        .collect();
    (plan, problems)
}

fn drivers(draft: &Draft, known: &HashMap<Key, &Member>) -> Result<Option<Vec<String>>, RowProblem> {
    let Some(numbers) = &draft.drivers else { return Ok(None) };
    let find = |number: &String| {
        known.get(&(draft.group.clone(), Kind::Person, number.clone())).map(|member| member.member_id.clone())
    };
    let found: Option<Vec<String>> = numbers.iter().map(find).collect();
    found.map(Some).ok_or_else(|| {
        let (code, vi, en) = wrong(
            "driver_unknown",
            "có người lái chưa có trong danh sách người của đơn vị: nhập danh sách người trước",
            "a driver is not among the group's people: import the people first",
        );
        RowProblem { row: draft.line, column: String::new(), code, vi, en }
    })
}

fn planned(
    draft: Draft,
    drivers: Option<Vec<String>>,
    before: Option<&Member>,
    setting: &Setting,
    author: Author<'_>,
) -> Planned {
    let mut member = before.cloned().unwrap_or_else(|| {
        let mut member = Member::new(author.site, draft.kind.as_str(), "allow", "", author.by, author.now_ms);
        member.source = "import".to_owned();
        member
    });
    let mut changed = Vec::new();
    let mut set = |field: &'static str, differs: bool| {
        if differs {
            changed.push(field);
        }
    };
    macro_rules! take {
        ($field:ident, $value:expr) => {
            if let Some(value) = $value {
                set(stringify!($field), member.$field != value);
                member.$field = value;
            }
        };
    }
    let label = match draft.kind {
        Kind::Person => draft.name.as_deref().map(person_label),
        Kind::Vehicle => {
            let group =
                draft.group.as_ref().and_then(|id| setting.groups.iter().find(|(known, _)| known == id));
            let default = || group.map_or_else(|| "Xe".to_owned(), |(_, name)| name.clone());
            match draft.label {
                Some(label) => Some(label.unwrap_or_else(default)),
                None => before.is_none().then(default),
            }
        }
    };
    take!(label, label);
    take!(name, draft.name.map(Some));
    take!(vehicle_group, draft.vehicle_group);
    take!(drivers, drivers);
    take!(schedule, draft.schedule);
    take!(gates, draft.gates);
    take!(valid_from_ms, draft.valid_from_ms);
    take!(valid_until_ms, draft.valid_until_ms);
    take!(escort, draft.escort);
    take!(stay_minutes, draft.stay_minutes);
    (member.group_id, member.number, member.plate) = (draft.group, draft.number, draft.plate);
    let change = match (before, changed.is_empty()) {
        (None, _) => Change::New,
        (Some(_), true) => Change::Same,
        (Some(_), false) => Change::Changed(changed),
    };
    if change != Change::Same {
        (member.changed_at_ms, member.changed_by) = (author.now_ms, author.by.to_owned());
    }
    Planned { line: draft.line, change, member }
}
