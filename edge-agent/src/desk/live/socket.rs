//! `/api/lanes/{lane}/live`: one viewer on a WebSocket.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use futures_util::future::OptionFuture;

use super::encoder::Viewer;
use super::tap::Said;
use crate::desk::problem::Problem;
use crate::desk::sessions::Guard;
use crate::desk::{Desk, rights};

/// Largest message that a viewer sends.
const MOST_BYTES: usize = 1024;
/// A viewer that takes no message for so long is gone.
const SEND_WITHIN: Duration = Duration::from_secs(5);
/// How often the session is looked at.
const BEAT: Duration = Duration::from_secs(5);

/// Opens the live picture of a lane.
pub(in crate::desk) async fn open(
    State(desk): State<Desk>,
    guard: Guard,
    Path(lane): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let camera = rights::own_lane(&desk.gates.view(), &guard, &lane)?.camera.clone();
    let camera = camera.and_then(|id| desk.live.camera(&id)).ok_or_else(|| Problem::not_found("camera"))?;
    if !same_origin(request.headers()) {
        return Err(Problem::forbidden("other_origin", "the live picture is for the desk's own page"));
    }
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &desk).await.map_err(|rejection| {
        Problem::new(rejection.status(), "not_a_websocket", "the live picture is a WebSocket: open it as one")
    })?;
    let upgrade = upgrade.max_message_size(MOST_BYTES).max_frame_size(MOST_BYTES);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let viewer = camera.watch(&desk.gates);
        Watching { desk, guard, viewer, socket }.run().await;
    }))
}

/// Browsers send the cookie with WebSockets of other pages too, so the page's origin has to be the desk's.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            let asked = text(header::HOST);
            host.is_some()
                && (host == asked || host == text(header::HeaderName::from_static("x-forwarded-host")))
        }
    }
}

struct Watching {
    desk: Desk,
    guard: Guard,
    viewer: Viewer,
    socket: WebSocket,
}

impl Watching {
    /// Until the viewer goes, its session ends, or the agent stops.
    async fn run(mut self) {
        let mut said = self.viewer.said();
        let now = *said.borrow_and_update();
        if !tell(&mut self.socket, now).await {
            return;
        }
        let mut asked = false;
        let mut beat = tokio::time::interval(BEAT);
        loop {
            let next: OptionFuture<_> = asked.then(|| self.viewer.next()).into();
            tokio::select! {
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => asked |= text.as_str() == "next",
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                },
                Some(shot) = next => {
                    asked = false;
                    if !send(&mut self.socket, Message::Binary(shot.message.clone())).await {
                        return;
                    }
                }
                changed = said.changed() => {
                    let now = *said.borrow_and_update();
                    if changed.is_err() || !tell(&mut self.socket, now).await {
                        return;
                    }
                }
                _ = beat.tick() => if !rights::still_signed_in(&self.desk, &self.guard) {
                    return close(&mut self.socket, close_code::POLICY, "signed_out").await;
                },
                () = self.desk.stop.cancelled() => {
                    return close(&mut self.socket, close_code::AWAY, "stopping").await;
                }
            }
        }
    }
}

async fn tell(socket: &mut WebSocket, said: Said) -> bool {
    match serde_json::to_string(&said) {
        Ok(text) => send(socket, Message::Text(text.into())).await,
        Err(_) => false,
    }
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    send(socket, Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
}

async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(SEND_WITHIN, socket.send(message)).await, Ok(Ok(())))
}
