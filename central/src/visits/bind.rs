//! Binding a visit to a VNeID one-minute code: what VNeID's answer means. Pure; the code itself is never parsed.

use futures_util::future::BoxFuture;
use wire::gate::{RegisterWord, VneidWord};

/// Least level of an account that counts: identity checked with biometrics.
const LEAST_LEVEL: u8 = 2;

/// A subject that VNeID vouches for. `Debug` shows the level alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Bound {
    /// VNeID's reference of the subject: kept sealed and as a digest.
    pub subject: String,
    /// Level of the account.
    pub level: u8,
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bound(level {})", self.level)
    }
}

/// Why a code binds nothing: a stable word, Vietnamese, English.
pub type Refused = (&'static str, &'static str, &'static str);

/// What VNeID's answer means for a visit.
///
/// # Errors
/// Why not, and what the visitor can do.
pub fn bound(word: VneidWord, level: u8, subject: Option<String>) -> Result<Bound, Refused> {
    match (word, subject) {
        (VneidWord::Expired, _) => Err((
            "vneid_expired",
            "mã VNeID đã quá một phút: mở mã mới và quét lại",
            "the VNeID code is over a minute old: open a new one",
        )),
        (VneidWord::Replayed, _) => Err((
            "vneid_replayed",
            "mã VNeID này đã dùng: mở mã mới và quét lại",
            "this VNeID code was used before: open a new one",
        )),
        (VneidWord::Invalid, _) | (VneidWord::Valid, None) => Err((
            "vneid_invalid",
            "không phải mã VNeID: mở ứng dụng VNeID và lấy mã",
            "not a VNeID code: open the VNeID app for one",
        )),
        (VneidWord::Valid, Some(_)) if level < LEAST_LEVEL => Err((
            "vneid_level",
            "tài khoản VNeID mức 1: cần định danh mức 2",
            "the VNeID account has level 1: level 2 is needed",
        )),
        (VneidWord::Valid, Some(subject)) => Ok(Bound { subject, level }),
    }
}

/// What VNeID says about a code: the word, the level of the account and VNeID's reference of the subject.
pub type Answer = Result<(VneidWord, u8, Option<String>), RegisterWord>;

/// Somebody who can ask VNeID about a code. The code is not parsed and not kept.
pub trait Verifier: std::fmt::Debug + Send + Sync {
    /// Asks once; a code is good for one question.
    fn verify<'a>(&'a self, token: &'a str, purpose: &'a str) -> BoxFuture<'a, Answer>;
}
