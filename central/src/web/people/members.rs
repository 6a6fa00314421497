//! People and vehicles on a site's list, one at a time. Numbers go in whole and come out masked.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{field, own_group, seen_site, sees_names, setting};
use crate::app;
use crate::gates::document::Trouble;
use crate::members::check::{self, wrong};
use crate::members::{Kind, Setting, countries, masked_number, person_label};
use crate::store::gates::members::MemberKey;
use crate::store::gates::{Member as Row, MemberFilter};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Page, Path, Query, page_size};
use crate::web::now_ms;
use crate::web::problem::Problem;

/// A vehicle or person on the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    id: String,
    site: String,
    /// `person` or `vehicle`.
    kind: String,
    /// `allow` or `block`.
    list: String,
    /// Its group; empty for none.
    group: String,
    /// Name as far as the account may see it; what the guard sees of a vehicle.
    name: String,
    /// Card or passport number, all but its end hidden.
    number: Option<String>,
    /// Whether it is a passport.
    passport: bool,
    /// Canonical plate.
    plate: Option<String>,
    /// `car` or `motorcycle`.
    vehicle_group: Option<String>,
    schedule: Option<String>,
    valid_from: Option<Moment>,
    /// First moment that no longer counts.
    valid_until: Option<Moment>,
    /// Gates it holds at; all if empty.
    gates: Vec<String>,
    /// Members who may drive it; anybody of its group if empty.
    drivers: Vec<String>,
    escort: bool,
    /// Longest stay, minutes.
    stay_minutes: Option<i64>,
    /// `active`, `blocked` or `expired`.
    status: &'static str,
    /// `manual`, `import`, `pass` or `visit`.
    source: String,
    changed_at: Moment,
    changed_by: String,
}

/// Which members.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// Site; needed.
    site: String,
    /// One group; an enterprise always gets its own.
    group: Option<String>,
    /// `person` or `vehicle`.
    kind: Option<String>,
    /// `manual`, `import`, `pass` or `visit`.
    source: Option<String>,
    /// Part of the label or plate; or a whole card number.
    q: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// A new member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    site: String,
    /// `person` or `vehicle`.
    kind: String,
    /// `allow` when left out, or `block`.
    #[serde(default)]
    list: Option<String>,
    #[serde(default)]
    group: Option<String>,
    /// Full name of a person; what the guard sees of a vehicle (its group's name when left out).
    #[serde(default)]
    name: Option<String>,
    /// 12 digits.
    #[serde(default)]
    number: Option<String>,
    /// Passport number, with `country`.
    #[serde(default)]
    passport: Option<String>,
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    plate: Option<String>,
    #[serde(default)]
    vehicle_group: Option<String>,
    #[serde(default)]
    schedule: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_from: Option<Moment>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_until: Option<Moment>,
    #[serde(default)]
    gates: Vec<String>,
    #[serde(default)]
    drivers: Vec<String>,
    #[serde(default)]
    escort: bool,
    #[serde(default)]
    stay_minutes: Option<i64>,
}

/// What changes; what is left out stays, null clears.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MemberChange {
    group: Option<String>,
    name: Option<String>,
    number: Option<String>,
    plate: Option<String>,
    #[serde(deserialize_with = "given")]
    vehicle_group: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    schedule: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_from: Option<Option<Moment>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_until: Option<Option<Moment>>,
    gates: Option<Vec<String>>,
    drivers: Option<Vec<String>>,
    escort: Option<bool>,
    #[serde(deserialize_with = "given")]
    stay_minutes: Option<Option<i64>>,
    /// `active` or `blocked`.
    status: Option<String>,
}

/// Tells a null from a field that was left out.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Members of a site by label; ended ones are not shown.
#[utoipa::path(get, path = "/members", tag = "people", params(MemberQuery), responses((status = 200, body = Page<Member>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<MemberQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    seen_site(&app, &viewer, &query.site).await?;
    let limit = page_size(query.limit)?;
    let source = query.source.filter(|source| !source.is_empty());
    let group = match own_group(&viewer, query.group) {
        Ok(group) => group,
        // Another's group is an empty list, as one that is not there.
        Err(_) => return Ok(Json(Page { items: Vec::new(), next: None })),
    };
    let text = query.q.map(|text| crate::tables::tidy(&text)).unwrap_or_default();
    let rows = if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        let index = app.data_key.index("members.number", &text);
        let mut rows = app.store.member_by(&app.data_key, &query.site, MemberKey::Number, &index).await?;
        rows.retain(|row| group.is_none() || row.group_id == group);
        rows
    } else {
        let after = match query.cursor.filter(|cursor| !cursor.is_empty()) {
            None => (String::new(), String::new()),
            Some(id) => {
                let last = app.store.member(&app.data_key, &id).await?.filter(|last| last.site == query.site);
                let last = last.ok_or_else(|| {
                    Problem::bad_request("bad_cursor", "cursor: use the `next` of the page before")
                })?;
                (last.label, last.member_id)
            }
        };
        let text = if text.is_empty() { text } else { search(&text) };
        let filter = MemberFilter {
            group: group.clone(),
            kind: query.kind,
            status: None,
            source: source.clone(),
            text,
            after,
        };
        app.store.members(&app.data_key, &query.site, &filter, limit + 1).await?
    };
    let more = rows.len() > limit as usize;
    let shown: Vec<&Row> = rows.iter().take(limit as usize).collect();
    let next = shown.last().filter(|_| more).map(|last| last.member_id.clone());
    let items = shown
        .into_iter()
        .filter(|row| in_lists(row, source.as_deref()))
        .map(|row| view(row, &viewer))
        .collect();
    Ok(Json(Page { items, next }))
}

/// Bearers of passes and visitors have pages of their own.
fn in_lists(row: &Row, source: Option<&str>) -> bool {
    row.status != "ended" && (source.is_some() || !["pass", "visit"].contains(&row.source.as_str()))
}

/// Plates are stored without dots and dashes: what looks like one is looked for like that.
fn search(text: &str) -> String {
    let plain = wire::plate::normalise(text);
    if plain.len() >= 3 && plain.bytes().any(|b| b.is_ascii_digit()) { plain } else { text.to_owned() }
}

/// Adds a member.
#[utoipa::path(post, path = "/members", tag = "people", request_body = NewMember,
    responses((status = 201, body = Member), (status = 409, description = "`member_taken`", body = Problem),
        (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn create(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(new): Json<NewMember>,
) -> Result<Response, Problem> {
    seen_site(&app, &viewer, &new.site).await?;
    let group = own_group(&viewer, new.group.clone())?;
    let (setting, _) = setting(&app, &new.site, viewer.group.clone()).await?;
    let kind =
        Kind::parse(&new.kind).ok_or_else(|| Problem::unacceptable("bad_kind", "kind: person or vehicle"))?;
    let list = new.list.clone().unwrap_or_else(|| "allow".to_owned());
    // Who is blocked at the gates is the site's word alone.
    if !["allow", "block"].contains(&list.as_str()) || (list == "block" && viewer.group.is_some()) {
        return Err(Problem::unacceptable(
            "bad_list",
            "list: allow or block; a tenant's account adds to the allow list only",
        ));
    }
    let now = now_ms();
    let mut member = Row::new(&new.site, kind.as_str(), &list, "", &viewer.username, now);
    let mut wrongs = Vec::new();
    member.group_id = group;
    named(&mut member, kind, &new, &setting, &mut wrongs);
    (member.schedule, member.gates, member.drivers) = (new.schedule, new.gates, new.drivers);
    (member.valid_from_ms, member.valid_until_ms) =
        (new.valid_from.map(|at| at.0), new.valid_until.map(|at| at.0));
    (member.escort, member.stay_minutes, member.vehicle_group) =
        (new.escort, new.stay_minutes, new.vehicle_group);
    checked(&app, &member, &setting, wrongs).await?;
    free(&app, &member).await?;
    app.store.insert_member(&app.data_key, &member).await?;
    app.store.audit(&viewer.does("member.create").on("member", &member.member_id)).await?;
    Ok((StatusCode::CREATED, Json(view(&member, &viewer))).into_response())
}

/// Changes a member. Who changed which fields stays in the audit log, without what they held.
#[utoipa::path(patch, path = "/members/{id}", tag = "people", request_body = MemberChange, params(("id" = String, Path, description = "Member")),
    responses((status = 200, body = Member), (status = 404, body = Problem), (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn change(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(change): Json<MemberChange>,
) -> Result<Json<Member>, Problem> {
    let before = find(&app, &viewer, &id).await?;
    let (setting, _) = setting(&app, &before.site, viewer.group.clone()).await?;
    let (mut member, mut wrongs) = (before.clone(), Vec::new());
    let kind = Kind::parse(&member.kind).unwrap_or(Kind::Person);
    if let Some(group) = change.group {
        member.group_id = own_group(&viewer, Some(group))?;
    }
    if let Some(name) = change.name {
        match check::name(&name) {
            Ok(name) if kind == Kind::Person => {
                (member.label, member.name) = (person_label(&name), Some(name))
            }
            Ok(name) => member.label = name,
            Err(problem) => wrongs.push(field("name", problem)),
        }
    }
    if let Some(number) = change.number {
        match check::citizen_number(&number, None, setting.today) {
            Ok((number, _)) => member.number = Some(number.as_str().to_owned()),
            Err(problem) => wrongs.push(field("number", problem)),
        }
    }
    if let Some(plate) = change.plate {
        match check::plate(&plate) {
            Ok(plate) => member.plate = Some(plate),
            Err(problem) => wrongs.push(field("plate", problem)),
        }
    }
    member.vehicle_group = change.vehicle_group.unwrap_or(member.vehicle_group);
    member.schedule = change.schedule.unwrap_or(member.schedule);
    member.valid_from_ms = change.valid_from.map_or(member.valid_from_ms, |at| at.map(|at| at.0));
    member.valid_until_ms = change.valid_until.map_or(member.valid_until_ms, |at| at.map(|at| at.0));
    member.gates = change.gates.unwrap_or(member.gates);
    member.drivers = change.drivers.unwrap_or(member.drivers);
    member.escort = change.escort.unwrap_or(member.escort);
    member.stay_minutes = change.stay_minutes.unwrap_or(member.stay_minutes);
    match change.status.as_deref() {
        None => {}
        Some("active") => member.status = "active".to_owned(),
        Some("blocked" | "suspended") => member.status = "suspended".to_owned(),
        Some(_) => wrongs.push(field(
            "status",
            wrong("bad_status", "trạng thái: active hoặc blocked", "status: active or blocked"),
        )),
    }
    checked(&app, &member, &setting, wrongs).await?;
    if (&member.number, &member.plate, &member.group_id) != (&before.number, &before.plate, &before.group_id)
    {
        free(&app, &member).await?;
    }
    let changed = differences(&before, &member);
    if !changed.is_empty() {
        (member.changed_at_ms, member.changed_by) = (now_ms(), viewer.username.clone());
        app.store.update_member(&app.data_key, &member).await?;
        let mut row = viewer.does("member.change").on("member", &member.member_id);
        row.detail = Some(serde_json::json!({ "fields": changed }).to_string());
        app.store.audit(&row).await?;
    }
    Ok(Json(view(&member, &viewer)))
}

/// Ends a member: it opens nothing any more, and its name and number are erased. Its history stays.
#[utoipa::path(delete, path = "/members/{id}", tag = "people", params(("id" = String, Path, description = "Member")),
    responses((status = 204, description = "Ended"), (status = 404, body = Problem)))]
pub async fn end(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let member = find(&app, &viewer, &id).await?;
    app.store.end_member(&member.member_id, &viewer.username, now_ms()).await?;
    app.store.audit(&viewer.does("member.end").on("member", &member.member_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A member that the account may change.
async fn find(app: &app::State, viewer: &Viewer, id: &str) -> Result<Row, Problem> {
    let row = app.store.member(&app.data_key, id).await?;
    row.filter(|row| row.status != "ended" && viewer.scope.sees_of_group(&row.site, row.group_id.as_deref()))
        // A block of the site is not the tenant's to lift.
        .filter(|row| row.list == "allow" || viewer.group.is_none())
        .ok_or_else(|| Problem::not_found("member"))
}

fn named(member: &mut Row, kind: Kind, new: &NewMember, setting: &Setting, wrongs: &mut Vec<Trouble>) {
    let mut keep = |what: &str, value: Result<String, check::Wrong>| {
        value.map_err(|problem| wrongs.push(field(what, problem))).ok()
    };
    let typed = new.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    match kind {
        Kind::Person => {
            member.name = keep("name", check::name(typed.unwrap_or_default()));
            member.label = member.name.as_deref().map(person_label).unwrap_or_default();
            member.number = match (new.number.as_deref(), new.passport.as_deref()) {
                (None, None) => keep(
                    "number",
                    Err(wrong(
                        "empty",
                        "cần số định danh hoặc hộ chiếu",
                        "a card number or passport is needed",
                    )),
                ),
                (Some(number), _) => keep(
                    "number",
                    check::citizen_number(number, None, setting.today)
                        .map(|(number, _)| number.as_str().to_owned()),
                ),
                (None, Some(passport)) => {
                    let code = new.country.as_deref().and_then(countries::code);
                    let passport = code.and_then(|code| countries::passport(&code, passport));
                    keep(
                        "passport",
                        passport.ok_or_else(|| {
                            wrong(
                                "bad_passport",
                                "cần quốc tịch và số hộ chiếu",
                                "a nationality and a passport number are needed",
                            )
                        }),
                    )
                }
            };
        }
        Kind::Vehicle => {
            member.plate = keep("plate", check::plate(new.plate.as_deref().unwrap_or_default()));
            let group =
                member.group_id.as_ref().and_then(|id| setting.groups.iter().find(|(known, _)| known == id));
            let default = || group.map_or_else(|| "Xe".to_owned(), |(_, name)| name.clone());
            member.label = match typed {
                Some(name) => keep("name", check::name(name)).unwrap_or_default(),
                None => default(),
            };
        }
    }
}

/// Checks what one entry names: group, schedule, gates, drivers, and its times.
async fn checked(
    app: &app::State,
    member: &Row,
    setting: &Setting,
    mut wrongs: Vec<Trouble>,
) -> Result<(), Problem> {
    let known = |list: &[(String, String)], id: &str| list.iter().any(|(known, _)| known == id);
    let mut must = |fits: bool, what: &str, problem: check::Wrong| {
        if !fits {
            wrongs.push(field(what, problem))
        }
    };
    must(
        member.group_id.as_ref().is_none_or(|group| known(&setting.groups, group)),
        "group",
        wrong("group_unknown", "không có đơn vị này", "there is no such group"),
    );
    must(
        member.schedule.as_ref().is_none_or(|schedule| known(&setting.schedules, schedule)),
        "schedule",
        wrong(
            "schedule_unknown",
            "không có ca này trong quy định của cổng",
            "the site's policy has no such schedule",
        ),
    );
    must(
        member.gates.iter().all(|gate| known(&setting.gates, gate)),
        "gates",
        wrong("gate_unknown", "không có cổng này", "there is no such gate"),
    );
    must(
        member.valid_from_ms.zip(member.valid_until_ms).is_none_or(|(from, until)| from < until),
        "valid_until",
        wrong("ends_before", "kết thúc trước khi bắt đầu", "it ends before it begins"),
    );
    must(
        member.stay_minutes.is_none_or(|minutes| (1..=525_600).contains(&minutes)),
        "stay_minutes",
        wrong("bad_minutes", "số phút từ 1 đến 525600", "minutes are 1 to 525600"),
    );
    must(
        member.vehicle_group.as_ref().is_none_or(|group| ["car", "motorcycle"].contains(&group.as_str())),
        "vehicle_group",
        wrong("type_unknown", "loại xe: car hoặc motorcycle", "vehicle_group: car or motorcycle"),
    );
    for driver in &member.drivers {
        let person = app.store.member(&app.data_key, driver).await?;
        let fits = person.is_some_and(|person| {
            person.kind == "person"
                && person.site == member.site
                && person.group_id == member.group_id
                && person.status != "ended"
        });
        if !fits {
            wrongs.push(field(
                "drivers",
                wrong(
                    "driver_unknown",
                    "người lái không có trong danh sách của đơn vị",
                    "a driver is not among the group's people",
                ),
            ));
            break;
        }
    }
    if wrongs.is_empty() { Ok(()) } else { Err(Problem::fields(wrongs)) }
}

/// Refuses a second entry of the same person or vehicle in the same group and list.
async fn free(app: &app::State, member: &Row) -> Result<(), Problem> {
    let same = match (&member.number, &member.plate) {
        (Some(number), _) => {
            let index = app.data_key.index("members.number", number);
            app.store.member_by(&app.data_key, &member.site, MemberKey::Number, &index).await?
        }
        (None, Some(plate)) => {
            app.store.member_by(&app.data_key, &member.site, MemberKey::Plate, plate).await?
        }
        (None, None) => Vec::new(),
    };
    let taken = same.iter().any(|other| {
        (&other.group_id, &other.list) == (&member.group_id, &member.list)
            && other.member_id != member.member_id
            && !["pass", "visit"].contains(&other.source.as_str())
    });
    if taken {
        let detail = "this person or vehicle is on the group's list already: change that entry";
        return Err(Problem::new(StatusCode::CONFLICT, "member_taken", detail));
    }
    Ok(())
}

fn differences(before: &Row, after: &Row) -> Vec<&'static str> {
    [
        ("group", before.group_id != after.group_id),
        ("name", (&before.name, &before.label) != (&after.name, &after.label)),
        ("number", before.number != after.number),
        ("plate", before.plate != after.plate),
        ("vehicle_group", before.vehicle_group != after.vehicle_group),
        ("schedule", before.schedule != after.schedule),
        ("valid_from", before.valid_from_ms != after.valid_from_ms),
        ("valid_until", before.valid_until_ms != after.valid_until_ms),
        ("gates", before.gates != after.gates),
        ("drivers", before.drivers != after.drivers),
        ("escort", before.escort != after.escort),
        ("stay_minutes", before.stay_minutes != after.stay_minutes),
        ("status", before.status != after.status),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// A member as the account may see it.
pub(super) fn view(row: &Row, viewer: &Viewer) -> Member {
    let status = match row.status.as_str() {
        _ if row.list == "block" => "blocked",
        "active" if row.valid_until_ms.is_some_and(|until| until <= now_ms()) => "expired",
        "active" => "active",
        _ => "blocked",
    };
    let whole = row.name.clone().filter(|_| sees_names(viewer));
    Member {
        id: row.member_id.clone(),
        site: row.site.clone(),
        kind: row.kind.clone(),
        list: row.list.clone(),
        group: row.group_id.clone().unwrap_or_default(),
        name: whole.unwrap_or_else(|| row.label.clone()),
        number: row.number.as_deref().map(masked_number),
        passport: row.number.as_deref().is_some_and(|number| number.contains(':')),
        plate: row.plate.clone(),
        vehicle_group: row.vehicle_group.clone(),
        schedule: row.schedule.clone(),
        valid_from: row.valid_from_ms.map(Moment),
        valid_until: row.valid_until_ms.map(Moment),
        gates: row.gates.clone(),
        drivers: row.drivers.clone(),
        escort: row.escort,
        stay_minutes: row.stay_minutes,
        status,
        source: row.source.clone(),
        changed_at: Moment(row.changed_at_ms),
        changed_by: row.changed_by.clone(),
    }
}
