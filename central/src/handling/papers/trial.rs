//! A paper before it is signed: printed to be read, and to see whether it can be printed at all. Nothing of it is kept.

use jiff::Timestamp;

use super::sources::{Asked, Sources};
use super::{incomplete, lacks, whole};
use crate::app::State;
use crate::documents::{IssueError, Templates, render};
use crate::handling::machine::{Actor, Refusal};
use crate::handling::record::Handling;
use crate::handling::steps::Who;
use crate::law::day_of;
use crate::store::StoreError;

/// What stands in a draft where the signature brings something.
const PLACEHOLDER: &str = "DỰ THẢO";

/// The drafted paper as a PDF, as the account would sign it now; a refusal names everything that it lacks at once. `None`: there is no
/// such draft, or it is signed.
///
/// # Errors
/// When the database fails.
pub async fn print(
    state: &State,
    h: &Handling,
    paper: &str,
    actor: &Actor,
    at: Timestamp,
) -> Result<Option<Result<Vec<u8>, Refusal>>, StoreError> {
    let Some(h) = as_signed(h, paper, actor, at) else { return Ok(None) };
    let person = match h.liable {
        Some(n) => state.store.handling_person(&state.data_key, &h.id, n).await?,
        None => None,
    };
    // The code is made with the signature.
    let code = Some("0000000000".to_owned());
    let asked = Asked { h: &h, paper, at, person: &person, code: &code };
    let refused = |lacks: &[String]| Ok(Some(Err(incomplete(lacks))));
    let sources = match Sources::gather(state, asked).await {
        Ok(sources) => sources,
        Err(IssueError::Store(error)) => return Err(error),
        Err(error) => return refused(&[error.to_string()]),
    };
    let day = day_of(at);
    let mut fields = whole(&sources, paper, PLACEHOLDER, at)
        .fields
        .text("number", PLACEHOLDER)
        .text("date_long", crate::documents::fields::long_date(day))
        .text("signer_name", sources.signer_name())
        .text("document_id", PLACEHOLDER)
        .text("verify_url", &state.config.documents.public_url);
    if actor.who != Who::Signer {
        // An officer reads what a commander is going to sign: nobody knows yet who.
        for name in ["signer_name", "signer_title", "signer_authority"] {
            fields = fields.text(name, "…");
        }
    }
    let url = state.config.documents.public_url.clone();
    let template = match Templates::find(paper, day) {
        Ok(template) => template,
        Err(error) => return refused(&lacks(&error)),
    };
    let printed = tokio::task::spawn_blocking(move || render(template, &fields, &url)).await;
    match printed {
        Ok(Ok(pdf)) => Ok(Some(Ok(pdf))),
        Ok(Err(error)) => refused(&lacks(&error)),
        Err(error) => refused(&[error.to_string()]),
    }
}

/// Prints the paper that a signature is about to make, so that nobody signs what cannot be printed. `None`: the step signs no paper, or it
/// can be printed.
///
/// # Errors
/// When the database fails. The refusal names everything that is missing at once.
pub async fn trial(
    state: &State,
    h: &Handling,
    action: &str,
    actor: &Actor,
    at: Timestamp,
) -> Result<Option<Refusal>, StoreError> {
    let Some(paper) = action.strip_prefix("sign_") else { return Ok(None) };
    let printed = print(state, h, paper, actor, at).await?;
    Ok(printed.and_then(Result::err))
}

/// The handling as it is once the signature is given; `None` when there is no draft that waits for one.
fn as_signed(h: &Handling, paper: &str, actor: &Actor, at: Timestamp) -> Option<Handling> {
    let mut h = h.clone();
    let draft = match paper {
        "notice" => h.notice.as_mut(),
        "minutes" => h.minutes.as_mut(),
        "decision" => h.decision.as_mut(),
        "transfer" => {
            let transfer = h.transfer.as_mut().filter(|transfer| transfer.signed_by.is_none())?;
            transfer.signed_by = Some(actor.name.clone());
            return Some(h);
        }
        _ => None,
    }
    .filter(|draft| draft.signed_at.is_none())?;
    draft.signed_by = Some(actor.name.clone());
    draft.signed_at = Some(at);
    Some(h)
}
