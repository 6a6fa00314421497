//! The one handle to everything at the gates.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;
use wire::gate::{AgentSecret, Freshness, GateIndex};
use wire::status::{GateHealth, LadderStep};
use wire::{Name, PublicKey};

use super::view::{ActRequest, DeskView, ExpectedView, InsideView, ListView, PresentRequest};
use super::{
    ActError, Acted, Ask, CorrectRequest, HandOver, MusterRequest, NobodyToAsk, PaperRequest, PresentError,
    Presented, Reasons, ShiftView,
};

/// A picture for the desk: a JPEG file.
pub type Jpeg = Bytes;

/// The gates of one agent. Clones are handles to the same gates.
#[derive(Clone)]
pub struct Gates {
    shared: Arc<Shared>,
}

struct Shared {
    core: Mutex<Core>,
    view: Mutex<Arc<DeskView>>,
    changed: watch::Sender<u64>,
    reasons: Reasons,
}

struct Core {
    list: Option<Arc<GateIndex>>,
    asker: Arc<dyn Ask>,
    online: bool,
}

impl std::fmt::Debug for Gates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gates")
    }
}

impl Gates {
    /// Gates of agent `agent` at `site` that have seen nothing and have no list.
    pub fn new(site: Name, agent: Name) -> Self {
        let view = DeskView {
            revision: 0,
            at: Timestamp::now(),
            site,
            agent,
            step: LadderStep::CentreLost,
            alone_since: Some(Timestamp::now()),
            queued: 0,
            list: ListView { version: 0, made_at: None, freshness: Freshness::None },
            paper_form: None,
            gates: Vec::new(),
            muster: None,
            recent: Vec::new(),
        };
        let core = Core { list: None, asker: Arc::new(NobodyToAsk), online: false };
        let shared = Shared {
            core: Mutex::new(core),
            view: Mutex::new(Arc::new(view)),
            changed: watch::channel(0).0,
            reasons: Reasons::own(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// What the desk shows now. Cheap: a new one is made on every change, not on every look.
    pub fn view(&self) -> Arc<DeskView> {
        locked(&self.shared.view).clone()
    }

    /// Tells the revision of the view whenever it grows.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// The reasons that guards may give.
    pub fn reasons(&self) -> &Reasons {
        &self.shared.reasons
    }

    /// Takes a list that was verified and checked; every waiting subject is decided anew.
    pub fn set_list(&self, list: Arc<GateIndex>) {
        self.core().list = Some(list);
    }

    /// The list in use.
    pub fn list(&self) -> Option<Arc<GateIndex>> {
        self.core().list.clone()
    }

    /// Central's key became known, or was known from the start: digests can be made from now on.
    pub fn know_central(&self, _central: &PublicKey) {}

    /// The secret shared with central, once its key is known.
    pub fn secret(&self) -> Option<AgentSecret> {
        None
    }

    /// Whether central can be reached.
    pub fn online(&self, online: bool) {
        self.core().online = online;
    }

    /// Who carries questions to central from now on.
    pub fn set_asker(&self, asker: Arc<dyn Ask>) {
        self.core().asker = asker;
    }

    /// A list was refused: told in the heartbeat.
    pub fn list_refused(&self, _because: String) {}

    /// What the heartbeat tells; `None` where the agent has no lanes.
    pub fn health(&self) -> Option<GateHealth> {
        None
    }

    /// A guard does something at a lane: recorded first, then done.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn act(
        &self,
        _lane: &Name,
        _request: ActRequest,
        _user: &str,
        _supervisor: bool,
    ) -> Result<Acted, ActError> {
        Err(ActError::NothingWaiting)
    }

    /// Somebody presents something at a lane; `user` is the guard who typed or scanned it, none for a fixed reader.
    ///
    /// # Errors
    /// [`PresentError`]: it is not what it should be.
    pub fn present(
        &self,
        _lane: &Name,
        _request: PresentRequest,
        _user: Option<&str>,
    ) -> Result<Presented, PresentError> {
        Err(PresentError::UnknownLane)
    }

    /// Known subjects inside an area, or inside all.
    pub fn inside(&self, _area: Option<&Name>) -> Vec<InsideView> {
        Vec::new()
    }

    /// Visitors expected within the next hour, and those who are overdue, of a gate or of all.
    pub fn expected(&self, _gate: Option<&Name>) -> Vec<ExpectedView> {
        Vec::new()
    }

    /// Begins or ends an evacuation.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn muster(&self, _gate: &Name, _request: MusterRequest, _user: &str) -> Result<Acted, ActError> {
        Err(ActError::Unknown("gate"))
    }

    /// Somebody was found during an evacuation.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn accounted(
        &self,
        _gate: &Name,
        _subject: &str,
        _reason: &str,
        _user: &str,
    ) -> Result<Acted, ActError> {
        Err(ActError::Unknown("gate"))
    }

    /// Corrects the counts of a gate's area. Supervisors only.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn correct(
        &self,
        _gate: &Name,
        _request: CorrectRequest,
        _user: &str,
        _supervisor: bool,
    ) -> Result<Acted, ActError> {
        Err(ActError::Unknown("gate"))
    }

    /// Enters a line of a paper form.
    ///
    /// # Errors
    /// [`ActError`]: nothing was entered.
    pub fn paper(&self, _gate: &Name, _request: PaperRequest, _user: &str) -> Result<Acted, ActError> {
        Err(ActError::Unknown("gate"))
    }

    /// The shift of a gate; `None` for a gate that is not here.
    pub fn shift(&self, _gate: &Name) -> Option<ShiftView> {
        None
    }

    /// Hands a shift over. The PIN of whoever comes was checked before.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn hand_over(&self, _gate: &Name, _hand_over: HandOver) -> Result<Acted, ActError> {
        Err(ActError::Unknown("gate"))
    }

    /// The picture of a decision, while it is kept.
    pub fn picture(&self, _access: Uuid) -> Option<Jpeg> {
        None
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        locked(&self.shared.core)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
