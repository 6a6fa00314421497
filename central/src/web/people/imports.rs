//! Files of people and vehicles: a preview with every problem by row, then exactly what was previewed.

use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{CSV, XLSX, download, own_group, seen_site, setting};
use crate::app;
use crate::members::file::{kind_of, read};
use crate::members::plan::{Author, plan};
use crate::members::previews::Preview;
use crate::members::{Kind, RowProblem, template as templates};
use crate::store::gates::{Member, MemberFilter};
use crate::store::people::imports::Applied;
use crate::tables;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Query};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// Problems that are sent at most: a file with more has one cause.
const MAX_PROBLEMS: usize = 500;

/// What a file would change, or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// Rows below the heading.
    rows: usize,
    /// Rows without a problem.
    good: usize,
    /// New entries.
    new: usize,
    /// Entries that change.
    changed: usize,
    /// Entries that stay as they are.
    same: usize,
    /// Imported entries of the same group that the file does not name; they stay unless `end_missing` was said.
    missing: usize,
    /// Whether those are ended.
    end_missing: bool,
    /// Problems by row, the first 500.
    errors: Vec<RowProblem>,
    /// What to look at before applying, the first 500.
    warnings: Vec<RowProblem>,
    /// Headings that were not understood and are left out.
    ignored: Vec<String>,
    /// To apply exactly this within half an hour; none once applied.
    preview_id: Option<String>,
    /// Whether it was applied.
    applied: bool,
}

/// The fields of the form. `file` is CSV or XLSX.
#[derive(Debug, Default, ToSchema)]
#[allow(dead_code)] // described for OpenAPI, read field by field
pub struct ImportForm {
    /// `preview` or `apply`.
    pub(super) mode: String,
    /// Site; of a preview.
    pub(super) site: String,
    /// `person` or `vehicle`; told from the heading when left out.
    pub(super) kind: Option<String>,
    /// Group of every row; a column may name it instead.
    pub(super) group: Option<String>,
    /// End imported entries that the file does not name: `true` or `false`.
    pub(super) end_missing: Option<bool>,
    /// Of a preview that is applied.
    pub(super) preview_id: Option<String>,
    /// Apply the good rows although others have problems: `true` or `false`.
    pub(super) skip_errors: Option<bool>,
    /// The file; of a preview.
    #[schema(value_type = Option<String>, format = Binary)]
    pub(super) file: Option<Vec<u8>>,
}

/// Which template.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TemplateQuery {
    /// `person` or `vehicle`.
    kind: String,
    /// `csv` or `xlsx`.
    format: String,
}

/// Previews a file, or applies a preview. Nothing is applied while any row has a problem, unless `skip_errors` is said; nothing is
/// ever applied in part.
#[utoipa::path(post, path = "/members/import", tag = "people",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = ImportReport),
        (status = 404, description = "`no_preview`: it is over half an hour old, or another account's", body = Problem),
        (status = 409, description = "`list_changed`: preview again", body = Problem),
        (status = 422, description = "`rows_wrong`, or why the file is none", body = Problem)))]
pub async fn import(
    State(web): State<Web>,
    viewer: Viewer,
    request: Request,
) -> Result<Json<ImportReport>, Problem> {
    let form = form(Multipart::from_request(request, &web).await?).await?;
    match form.mode.as_str() {
        "preview" => preview(&web, &viewer, form).await,
        "apply" => apply(&web, &viewer, &form).await,
        _ => Err(Problem::bad_request("bad_mode", "mode: preview or apply")),
    }
}

/// Reads a form of text fields and one file.
pub(super) async fn form(mut parts: Multipart) -> Result<ImportForm, Problem> {
    let mut form = ImportForm::default();
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            form.file = Some(part.bytes().await?.to_vec());
            continue;
        }
        let text = part.text().await?;
        let given = || Some(text.clone()).filter(|text| !text.is_empty());
        let flag = || Some(matches!(text.as_str(), "true" | "1"));
        match name.as_str() {
            "mode" => form.mode = text,
            "site" => form.site = text,
            "kind" => form.kind = given(),
            "group" => form.group = given(),
            "preview_id" => form.preview_id = given(),
            "skip_errors" => form.skip_errors = flag(),
            "end_missing" => form.end_missing = flag(),
            _ => {
                return Err(Problem::bad_request(
                    "bad_form",
                    "use the fields mode, site, kind, group, file, preview_id, skip_errors and end_missing",
                ));
            }
        }
    }
    Ok(form)
}

async fn preview(web: &Web, viewer: &Viewer, form: ImportForm) -> Result<Json<ImportReport>, Problem> {
    let (app, now) = (&web.app, now_ms());
    seen_site(app, viewer, &form.site).await?;
    let only_group = own_group(viewer, form.group)?;
    let (setting, _) = setting(app, &form.site, only_group).await?;
    if setting.only_group.as_ref().is_some_and(|group| !setting.groups.iter().any(|(id, _)| id == group)) {
        return Err(Problem::not_found("group"));
    }
    let file = form.file.ok_or_else(|| Problem::bad_request("no_file", "file: send the CSV or XLSX file"))?;
    let kind = match form.kind.as_deref() {
        None => None,
        Some(word) => Some(
            Kind::parse(word).ok_or_else(|| Problem::bad_request("bad_kind", "kind: person or vehicle"))?,
        ),
    };
    // The version first: what changes while the list is read makes the preview stale, not wrong.
    let list_version = app.store.list_version(&form.site).await?;
    let existing = members(app, &form.site, setting.only_group.clone()).await?;
    let (site, by) = (form.site.clone(), viewer.username.clone());
    let work = move || {
        let table = tables::read(&file)?;
        let kind = kind.unwrap_or_else(|| kind_of(&table));
        let mut read = read(table, kind, &setting)?;
        let (plan, mut problems) = plan(
            std::mem::take(&mut read.good),
            &existing,
            &setting,
            Author { site: &site, by: &by, now_ms: now },
        );
        read.errors.append(&mut problems);
        Ok::<_, tables::TableError>((read, plan))
    };
    let (mut read, plan) =
        tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))??;
    read.errors.sort_by_key(|problem| problem.row);
    let bad: std::collections::BTreeSet<u32> = read.errors.iter().map(|problem| problem.row).collect();
    let end_missing = form.end_missing.unwrap_or(false);
    let (new, changed, same) = plan.counts();
    let (good, missing) = (plan.rows.len(), plan.missing.len());
    let preview = Preview {
        site: form.site,
        user_id: viewer.user_id.clone(),
        list_version,
        bad_rows: bad.len(),
        end_missing,
        plan,
        made_at_ms: now,
    };
    let preview_id = Some(web.people.previews.keep(preview));
    read.errors.truncate(MAX_PROBLEMS);
    read.warnings.truncate(MAX_PROBLEMS);
    Ok(Json(ImportReport {
        rows: read.rows as usize,
        good,
        new,
        changed,
        same,
        missing,
        end_missing,
        errors: read.errors,
        warnings: read.warnings,
        ignored: read.ignored,
        preview_id,
        applied: false,
    }))
}

async fn apply(web: &Web, viewer: &Viewer, form: &ImportForm) -> Result<Json<ImportReport>, Problem> {
    let (app, now) = (&web.app, now_ms());
    let gone = || {
        let detail =
            "preview_id: the preview is over half an hour old or was applied: preview the file again";
        Problem::new(StatusCode::NOT_FOUND, "no_preview", detail)
    };
    let id = form
        .preview_id
        .as_deref()
        .ok_or_else(|| Problem::bad_request("bad_form", "preview_id: send that of the preview"))?;
    let preview = web.people.previews.get(id, &viewer.user_id, now).ok_or_else(gone)?;
    seen_site(app, viewer, &preview.site).await?;
    if preview.bad_rows > 0 && form.skip_errors != Some(true) {
        let detail = format!(
            "{} rows have problems: correct the file, or send skip_errors=true to leave them out",
            preview.bad_rows
        );
        return Err(Problem::unacceptable("rows_wrong", detail));
    }
    let write = preview.plan.to_write();
    let end: Vec<String> = match preview.end_missing {
        true => preview.plan.missing.iter().map(|member| member.member_id.clone()).collect(),
        false => Vec::new(),
    };
    if !write.is_empty() || !end.is_empty() {
        let applied = app
            .store
            .apply_members(
                &app.data_key,
                &preview.site,
                preview.list_version,
                &write,
                &end,
                (&viewer.username, now),
            )
            .await?;
        if applied == Applied::Stale {
            let detail = "the list was changed since the preview: preview the file again";
            return Err(Problem::new(StatusCode::CONFLICT, "list_changed", detail));
        }
    }
    web.people.previews.forget(id);
    let (new, changed, same) = preview.plan.counts();
    let mut row = viewer.does("member.import").on("site", &preview.site);
    row.detail = Some(serde_json::json!({ "new": new, "changed": changed, "ended": end.len(), "left_out": preview.bad_rows }).to_string());
    app.store.audit(&row).await?;
    Ok(Json(ImportReport {
        rows: preview.plan.rows.len() + preview.bad_rows,
        good: preview.plan.rows.len(),
        new,
        changed,
        same,
        missing: preview.plan.missing.len(),
        end_missing: preview.end_missing,
        errors: Vec::new(),
        warnings: Vec::new(),
        ignored: Vec::new(),
        preview_id: None,
        applied: true,
    }))
}

/// Everything of a site's list, of one group or all.
async fn members(app: &app::State, site: &str, group: Option<String>) -> Result<Vec<Member>, Problem> {
    let mut all: Vec<Member> = Vec::new();
    loop {
        let after = all.last().map(|last| (last.label.clone(), last.member_id.clone())).unwrap_or_default();
        let filter = MemberFilter { group: group.clone(), after, ..MemberFilter::default() };
        let some = app.store.members(&app.data_key, site, &filter, 2000).await?;
        if some.is_empty() {
            return Ok(all);
        }
        all.extend(some);
    }
}

/// A file to fill in.
#[utoipa::path(get, path = "/members/template", tag = "people", params(TemplateQuery),
    responses((status = 200, description = "CSV or XLSX")))]
pub async fn template(viewer: Viewer, Query(query): Query<TemplateQuery>) -> Result<Response, Problem> {
    let kind = Kind::parse(&query.kind)
        .ok_or_else(|| Problem::bad_request("bad_kind", "kind: person or vehicle"))?;
    match query.format.as_str() {
        "csv" => Ok(download(CSV, &format!("{}.csv", kind.as_str()), templates::csv(kind, viewer.language))),
        "xlsx" => {
            let bytes =
                templates::workbook(kind, viewer.language).map_err(|error| Problem::internal(&error))?;
            Ok(download(XLSX, &format!("{}.xlsx", kind.as_str()), bytes))
        }
        _ => Err(Problem::bad_request("bad_format", "format: csv or xlsx")),
    }
}
