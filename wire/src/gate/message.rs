//! Questions that a gate asks while somebody stands before it, and central's answers. Not events: nothing is kept of an answer that
//! comes too late, and a question that got none becomes an [`IdentityCheck`](super::IdentityCheck) event.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::digest::KeyDigest;
use super::secret::SubjectBox;
use crate::Name;
use crate::identity::RegisterResult;

/// A question to central, sealed with the device's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Protocol version.
    pub v: u32,
    /// Which question: the answer names it.
    pub id: Uuid,
    /// When it was asked, by the agent's clock.
    pub asked_at: Timestamp,
    /// Central need not answer after this.
    pub deadline_ms: u32,
    /// Gate.
    pub gate: Name,
    /// Lane.
    pub lane: Name,
    /// Guard on duty; none if nobody is signed in.
    pub user: Option<String>,
    /// Purpose code of the look-up.
    pub purpose: String,
    /// A [`QuestionBody`] as JSON, closed under the purpose.
    pub body: SubjectBox,
}

/// What is asked. Only ever travels closed in a [`SubjectBox`].
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum QuestionBody {
    /// Are number, name and date of birth right? Also asks whether the person is sought; the gate is not told.
    VerifyCitizen {
        /// 12 digits.
        number: String,
        /// As on the card.
        name: String,
        /// `YYYY-MM-DD`.
        birth: String,
    },
    /// Is this VNeID code valid?
    VerifyVneid {
        /// The QR code's text: not parsed, it is VNeID's.
        token: String,
    },
    /// Is this the face on file of this number? Only where approved.
    VerifyFace {
        /// 12 digits.
        number: String,
        /// JPEG of the face, base64. Not kept.
        image: String,
        /// Liveness score of the gate, `0..=1`.
        liveness: f32,
    },
    /// Does the ticket belong to the holder of this card?
    VerifyTicket {
        /// The ticket's code.
        ticket: String,
        /// Name on the card, as read.
        name: Option<String>,
        /// Card number, as read.
        number: Option<String>,
    },
}

impl std::fmt::Debug for QuestionBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QuestionBody(redacted)")
    }
}

/// Central's answer, sealed with central's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Protocol version.
    pub v: u32,
    /// The question.
    pub id: Uuid,
    /// The answer.
    pub body: AnswerBody,
    /// Transaction number of the service that was asked.
    pub txn: Option<String>,
}

/// What central found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum AnswerBody {
    /// About a citizen's data.
    Citizen {
        /// What the population database said.
        result: RegisterResult,
        /// Fields that differ: `full_name`, `dob`.
        mismatch: Vec<String>,
        /// A guard should look at the papers. Why is not said.
        check_papers: bool,
    },
    /// About a VNeID code.
    Vneid {
        /// What VNeID said.
        result: VneidWord,
        /// Level of the account.
        level: u8,
        /// Digest of its reference of the subject under this agent's key: what entries and bookings are found by.
        subject: Option<KeyDigest>,
        /// Name to show, masked.
        label: Option<String>,
        /// A booking of this subject for today, if there is one.
        visitor: Option<Visitor>,
    },
    /// About a face.
    Face {
        /// `same`, `different`, `unsure`, `poor_image`.
        result: String,
    },
    /// About a ticket.
    Ticket {
        /// `valid`, `other_name`, `used`, `other_train`, `not_found`.
        result: String,
        /// Train.
        train: Option<String>,
    },
    /// No answer could be had: the register is away, or refused.
    Unavailable {
        /// `upstream_down`, `quota`, `not_configured`, `refused`, `too_late`.
        why: RegisterWord,
    },
}

/// Why a register gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterWord {
    /// It does not answer.
    UpstreamDown,
    /// Asked too often.
    Quota,
    /// Central has no connection to it.
    NotConfigured,
    /// It refused the question.
    Refused,
    /// The deadline passed.
    TooLate,
}

/// What VNeID says about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VneidWord {
    /// Good.
    Valid,
    /// Over a minute old.
    Expired,
    /// Used before.
    Replayed,
    /// None of theirs.
    Invalid,
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// Id of the booking's entry in the list.
    pub entry: String,
    /// People on it.
    pub people: u32,
    /// For when.
    pub expected_at: Timestamp,
}
