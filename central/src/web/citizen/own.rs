//! The door to a case of one's own: counted by address, signed in, found by the name in the path. Every resource of a case opens it as an
//! argument, before anything of a body is read.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::detail::pays;
use super::seen::{self, Own, Standing};
use super::session::citizen;
use super::{answers, looks, looks_only, stale};
use crate::store::handling::citizens::CitizenRow;
use crate::web::Web;
use crate::web::access::peer;
use crate::web::problem::Problem;

/// Somebody looks at a case of their own.
#[derive(Debug)]
pub struct Looking {
    /// The session.
    pub citizen: CitizenRow,
    /// The case.
    pub own: Own,
}

impl FromRequestParts<Web> for Looking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        looks(web, peer(&parts.extensions))?;
        found(parts, web).await
    }
}

/// Somebody who may answer, and is liable, answers about a case of their own.
#[derive(Debug)]
pub struct Answering(pub Looking);

impl FromRequestParts<Web> for Answering {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        answers(web, peer(&parts.extensions))?;
        let looking = found(parts, web).await?;
        if !looking.citizen.may_answer() {
            return Err(looks_only());
        }
        if looking.own.standing != Standing::Liable {
            return Err(stale());
        }
        Ok(Self(looking))
    }
}

/// Somebody who may pay, and is liable: whoever may answer, and an organisation with the code of its notice.
#[derive(Debug)]
pub struct Paying(pub Looking);

impl FromRequestParts<Web> for Paying {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        answers(web, peer(&parts.extensions))?;
        let looking = found(parts, web).await?;
        if !pays(&looking.citizen, &looking.own) {
            return Err(looks_only());
        }
        if looking.own.standing != Standing::Liable {
            return Err(stale());
        }
        Ok(Self(looking))
    }
}

async fn found(parts: &mut Parts, web: &Web) -> Result<Looking, Problem> {
    let citizen = citizen(web, &parts.headers).await?;
    // What cannot be read is no name, and is looked for as one that nobody has.
    let path = RawPathParams::from_request_parts(parts, web).await.ok();
    let name = path.as_ref().and_then(|path| path.iter().find(|(key, _)| *key == "ref"));
    let own = seen::find(web, &citizen, name.map_or("", |(_, name)| name)).await?;
    Ok(Looking { citizen, own })
}
