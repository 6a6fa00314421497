//! Who comes in: VNeID says it, asked about a token once.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::app;
use crate::registers::vehreg::AskError;
use crate::registers::vneid::{self, SignIn};

/// Somebody who tells whose a token is. Tests put their own in place of the network.
pub trait Door: std::fmt::Debug + Send + Sync {
    /// Whose token it is. Asking uses it up.
    fn whose<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<SignIn, AskError>>;
}

/// VNeID through central's registers: with their time limits and breaker.
#[derive(Debug)]
struct Vneid(app::State);

/// VNeID.
pub fn vneid(app: &app::State) -> Arc<dyn Door> {
    Arc::new(Vneid(app.clone()))
}

impl Door for Vneid {
    fn whose<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<SignIn, AskError>> {
        Box::pin(async move {
            match &self.0.registers.vneid {
                Some(client) => vneid::sign_in(client, token).await,
                None => Err(AskError::Refused { status: 503, code: "NOT_CONFIGURED".to_owned() }),
            }
        })
    }
}
