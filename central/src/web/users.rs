//! Accounts, for the admin.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::access::Viewer;
use super::extract::Json;
use super::now_ms;
use super::problem::Problem;
use super::session::User;
use crate::app;
use crate::auth::{self, NewUser};

/// Every account, by name.
#[utoipa::path(get, path = "/users", tag = "administration", responses((status = 200, body = Vec<User>)))]
pub async fn list(State(app): State<app::State>, _viewer: Viewer) -> Result<Json<Vec<User>>, Problem> {
    Ok(Json(app.store.users().await?.into_iter().filter_map(User::of).collect()))
}

/// Makes an account.
#[utoipa::path(post, path = "/users", tag = "administration", request_body = NewUser,
    responses((status = 201, body = User), (status = 409, description = "`username_taken`", body = Problem),
        (status = 422, description = "Which field is wrong", body = Problem)))]
pub async fn create(
    State(app): State<app::State>,
    viewer: Viewer,
    Json(new): Json<NewUser>,
) -> Result<Response, Problem> {
    let user = auth::create_user(&app.store, new, now_ms()).await?;
    let mut row = viewer.does("user.create").on("user", &user.user_id);
    row.detail = Some(serde_json::json!({ "role": user.role }).to_string());
    app.store.audit(&row).await?;
    let user = User::of(user).ok_or_else(|| Problem::internal(&"the account has an unknown role"))?;
    Ok((StatusCode::CREATED, Json(user)).into_response())
}
