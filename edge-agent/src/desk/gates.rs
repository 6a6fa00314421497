//! What the desk needs of the gates: the one trait between them, so that the desk is tested without a lane.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;
use uuid::Uuid;
use wire::Name;

use crate::access::view::{ActRequest, DeskView, ExpectedView, InsideView, PresentRequest};
use crate::access::{
    ActError, Acted, CorrectRequest, Gates, HandOver, MusterRequest, PaperRequest, PresentError, Presented,
    Reasons, ShiftView,
};

/// The gates, as the desk sees them. Whatever changes something is recorded before it takes effect, and may wait for the disk.
pub trait DeskGates: Send + Sync {
    /// What is shown now.
    fn view(&self) -> Arc<DeskView>;

    /// Tells the revision of the view whenever it grows.
    fn changed(&self) -> watch::Receiver<u64>;

    /// The reasons that guards may give.
    fn reasons(&self) -> &Reasons;

    /// A guard does something at a lane.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    fn act(&self, lane: &Name, request: ActRequest, user: &str, supervisor: bool) -> Result<Acted, ActError>;

    /// Somebody presents something at a lane.
    ///
    /// # Errors
    /// [`PresentError`]: it is not what it should be.
    fn present(&self, lane: &Name, request: PresentRequest, user: &str) -> Result<Presented, PresentError>;

    /// Known subjects inside an area, or inside all.
    fn inside(&self, area: Option<&Name>) -> Vec<InsideView>;

    /// Visitors of the next hour and those who are overdue, of a gate or of all.
    fn expected(&self, gate: Option<&Name>) -> Vec<ExpectedView>;

    /// Begins or ends an evacuation.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    fn muster(&self, gate: &Name, request: MusterRequest, user: &str) -> Result<Acted, ActError>;

    /// Somebody was found in an evacuation.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    fn accounted(&self, gate: &Name, subject: &str, reason: &str, user: &str) -> Result<Acted, ActError>;

    /// Corrects the counts of a gate's area.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    fn correct(
        &self,
        gate: &Name,
        request: CorrectRequest,
        user: &str,
        supervisor: bool,
    ) -> Result<Acted, ActError>;

    /// Enters a line of a paper form.
    ///
    /// # Errors
    /// [`ActError`]: nothing was entered.
    fn paper(&self, gate: &Name, request: PaperRequest, user: &str) -> Result<Acted, ActError>;

    /// The shift of a gate.
    fn shift(&self, gate: &Name) -> Option<ShiftView>;

    /// Hands a shift over. The PIN of whoever comes was checked before.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    fn hand_over(&self, gate: &Name, hand_over: HandOver) -> Result<Acted, ActError>;

    /// The picture of a decision, while it is kept: a JPEG file.
    fn picture(&self, access: Uuid) -> Option<Bytes>;
}

impl DeskGates for Gates {
    fn view(&self) -> Arc<DeskView> {
        Self::view(self)
    }

    fn changed(&self) -> watch::Receiver<u64> {
        Self::changed(self)
    }

    fn reasons(&self) -> &Reasons {
        Self::reasons(self)
    }

    fn act(&self, lane: &Name, request: ActRequest, user: &str, supervisor: bool) -> Result<Acted, ActError> {
        Self::act(self, lane, request, user, supervisor)
    }

    fn present(&self, lane: &Name, request: PresentRequest, user: &str) -> Result<Presented, PresentError> {
        Self::present(self, lane, request, Some(user))
    }

    fn inside(&self, area: Option<&Name>) -> Vec<InsideView> {
        Self::inside(self, area)
    }

    fn expected(&self, gate: Option<&Name>) -> Vec<ExpectedView> {
        Self::expected(self, gate)
    }

    fn muster(&self, gate: &Name, request: MusterRequest, user: &str) -> Result<Acted, ActError> {
        Self::muster(self, gate, request, user)
    }

    fn accounted(&self, gate: &Name, subject: &str, reason: &str, user: &str) -> Result<Acted, ActError> {
        Self::accounted(self, gate, subject, reason, user)
    }

    fn correct(
        &self,
        gate: &Name,
        request: CorrectRequest,
        user: &str,
        supervisor: bool,
    ) -> Result<Acted, ActError> {
        Self::correct(self, gate, request, user, supervisor)
    }

    fn paper(&self, gate: &Name, request: PaperRequest, user: &str) -> Result<Acted, ActError> {
        Self::paper(self, gate, request, user)
    }

    fn shift(&self, gate: &Name) -> Option<ShiftView> {
        Self::shift(self, gate)
    }

    fn hand_over(&self, gate: &Name, hand_over: HandOver) -> Result<Acted, ActError> {
        Self::hand_over(self, gate, hand_over)
    }

    fn picture(&self, access: Uuid) -> Option<Bytes> {
        Self::picture(self, access)
    }
}
