//! Where a handling stands. Words of the store and the API.

use serde::{Deserialize, Serialize};

/// Declares the states with their words in the store, in Vietnamese and in English.
macro_rules! states {
    ($($(#[$meta:meta])* $name:ident $word:literal $vi:literal $en:literal,)*) => {
        /// Where a handling stands.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum State { $($(#[$meta])* $name,)* }

        impl State {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word used in JSON and in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Vietnamese.
            pub fn vi(self) -> &'static str {
                match self { $(Self::$name => $vi,)* }
            }

            /// English.
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }
        }
    };
}

states! {
    /// The register is being asked for the owner as of the violation.
    OwnerLookup "owner_lookup" "Đang tra cứu chủ xe" "Looking the owner up",
    /// Somebody is liable; a notice can be drafted.
    OwnerFound "owner_found" "Đã có chủ xe" "Owner found",
    /// The register gave nobody, or more than one: a person has to find out.
    OwnerNotFound "owner_not_found" "Chưa xác định chủ xe" "Owner not found",
    /// Military, diplomatic: another authority goes on.
    HandedOver "handed_over" "Đã chuyển cơ quan có thẩm quyền" "Handed over",
    /// Taken or used unlawfully: nobody who is registered is fined.
    Stolen "stolen" "Xe bị chiếm đoạt" "Stolen",
    /// A notice is drafted.
    NoticeDraft "notice_draft" "Dự thảo thông báo" "Notice drafted",
    /// The notice is signed and on its way out.
    NoticeSigned "notice_signed" "Đã ký thông báo" "Notice signed",
    /// The notice was handed to VNeID, the post, or posted.
    NoticeSent "notice_sent" "Đã gửi thông báo" "Notice sent",
    /// It reached the addressee.
    NoticeDelivered "notice_delivered" "Đã nhận thông báo" "Notice delivered",
    /// It did not; it is posted.
    Undeliverable "undeliverable" "Không giao được, đã đăng công khai" "Undeliverable, posted",
    /// No answer in time; inspection and registration are warned.
    Warned "warned" "Quá hạn đến, đã cảnh báo" "No answer, warned",
    /// The violation was confirmed by whoever is liable.
    Acknowledged "acknowledged" "Đã xác nhận vi phạm" "Acknowledged",
    /// The owner named somebody else as the driver.
    DriverNamed "driver_named" "Đã nêu người lái" "Driver named",
    /// It is disputed.
    Disputed "disputed" "Không đồng ý" "Disputed",
    /// The owner says that the vehicle was sold or rented.
    TransferClaimed "transfer_claimed" "Báo đã chuyển quyền" "Transfer claimed",
    /// An officer established who is liable.
    Verified "verified" "Đã xác minh" "Verified",
    /// The minutes are drafted.
    MinutesDraft "minutes_draft" "Dự thảo biên bản" "Minutes drafted",
    /// The minutes are signed; a decision can be drafted.
    MinutesSigned "minutes_signed" "Đã lập biên bản" "Minutes signed",
    /// The violator may explain.
    Explanation "explanation" "Chờ giải trình" "Waiting for explanation",
    /// The decision is drafted.
    DecisionDraft "decision_draft" "Dự thảo quyết định" "Decision drafted",
    /// The decision is signed and in effect.
    DecisionSigned "decision_signed" "Đã ký quyết định" "Decision signed",
    /// It reached the addressee: time to pay runs.
    DecisionDelivered "decision_delivered" "Chờ nộp phạt" "Waiting for payment",
    /// Not paid in time: interest runs.
    Overdue "overdue" "Quá hạn nộp phạt" "Overdue",
    /// Enforcement was ordered.
    Enforcement "enforcement" "Đang cưỡng chế" "Enforcement",
    /// Everything is paid.
    Paid "paid" "Đã nộp phạt" "Paid",
    /// Every warning is gone.
    Cleared "cleared" "Đã gỡ cảnh báo" "Warnings removed",
    /// Over.
    Closed "closed" "Đã kết thúc" "Closed",
    /// The owner's locality goes on.
    TransferredOut "transferred_out" "Đã chuyển địa phương khác" "Transferred",
    /// Voided by two people.
    Voided "voided" "Đã hủy" "Voided",
    /// The statute ended before a decision.
    Expired "expired" "Hết thời hiệu xử phạt" "Statute ended",
    /// The decision was not executed within its time.
    Lapsed "lapsed" "Hết thời hiệu thi hành" "Lapsed",
}

impl State {
    /// Whether nothing happens here any more.
    pub fn is_final(self) -> bool {
        use State::{Closed, Expired, HandedOver, Lapsed, TransferredOut, Voided};
        matches!(self, Closed | Expired | HandedOver | Lapsed | TransferredOut | Voided)
    }

    /// Whether there is no decision yet: the statute runs.
    pub fn is_before_decision(self) -> bool {
        !self.is_final() && self < Self::DecisionSigned
    }

    /// Whether an answer to the notice is awaited.
    pub fn awaits_answer(self) -> bool {
        matches!(self, Self::NoticeSent | Self::NoticeDelivered | Self::Undeliverable | Self::Warned)
    }

    /// Whether money of a decision is awaited.
    pub fn awaits_money(self) -> bool {
        matches!(self, Self::DecisionSigned | Self::DecisionDelivered | Self::Overdue | Self::Enforcement)
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == word)
    }
}
