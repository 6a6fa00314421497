//! Outbox ⇄ broker. Sends what waits, frees what central's receipts free, and says how the agent is.
//!
//! The outbox is the only queue. This holds a cursor and a small window over it; a new connection starts over from the
//! oldest waiting event, so repeats are normal and central deduplicates.

mod central;
mod config;
mod held;
mod mqtt;
mod relay;
mod window;

use std::collections::HashSet;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wire::status::Presence;
use wire::topic::{Leaf, Topic};
use wire::{
    Captured, Digest, EnrolError, EnrolReply, EnrolRequest, MAX_MESSAGE_BYTES, Name, PublicKey, Receipt,
    ReceiptResult, Receipts, Sealed, Status, TimeSource,
};

use crate::access::Gates;
use crate::access::ask::Asker;
use crate::access::list::{Lists, Taken};
use crate::identity::{Identity, IdentityError};
use crate::outbox::{Outbox, OutboxError};
use crate::scene_link::{SceneLink, TaskAnswer};
use crate::vision::signal::{Feeds, SharedFeeds};

pub use central::CentralWatch;
pub use config::BrokerConfig;
pub use mqtt::MqttError;
use mqtt::{Connection, Incoming};
pub use relay::MqttRelay;
use window::Window;

const HEARTBEAT: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(200);
const RESEND_AFTER: Duration = Duration::from_secs(10);
const BACKOFF_FIRST: Duration = Duration::from_millis(250);
const BACKOFF_MOST: Duration = Duration::from_secs(15);
/// Events in flight at once. Brokers cap what they keep in flight themselves (Mosquitto: 20).
const WINDOW: usize = 16;
/// An event with more bytes than this brings a clip along, and waits until nothing light does.
const HEAVY: u64 = 3 << 20;

/// Why a session with the broker ended.
#[derive(Debug, Error)]
pub enum PublishError {
    /// Connection trouble.
    #[error(transparent)]
    Mqtt(#[from] MqttError),
    /// Outbox trouble.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// Key trouble.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Enrolment trouble.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// No code, no enrolment.
    #[error(
        "this agent is not enrolled at central: ask for a code (`central enrol --site S --agent A`) and put it where central.enrolment_code_file or enrolment_code_env says; events are kept meanwhile"
    )]
    NoCode,
    /// Something could not be written as JSON.
    #[error("could not be serialised: {0}")]
    Json(#[from] serde_json::Error),
    /// The broker took us but central never answered the enrolment.
    #[error("central did not answer the enrolment within 10 s: is it running on this broker?")]
    EnrolTimeout,
}

/// What the heartbeat says: filled by whoever knows.
pub type StatusSource = Arc<dyn Fn(Presence) -> Status + Send + Sync>;

/// What the gates want from the connection.
pub struct GateLink {
    /// Told of lists and of central's key.
    pub gates: Gates,
    /// Takes lists.
    pub lists: Arc<Lists>,
    /// Takes answers.
    pub asker: Arc<Asker>,
    /// Its sealed questions, to be sent.
    pub questions: mpsc::Receiver<Vec<u8>>,
    /// Told whether central is there.
    pub central: CentralWatch,
}

/// The publisher of one agent.
pub struct Publisher {
    config: BrokerConfig,
    own: Topic,
    identity: Identity,
    outbox: Arc<Outbox>,
    status: StatusSource,
    connected: watch::Sender<bool>,
    feeds: SharedFeeds,
    gates: Option<GateLink>,
    scenes: Option<SceneLink>,
}

impl Publisher {
    /// A publisher for agent `agent` of `site`.
    pub fn new(
        config: BrokerConfig,
        (site, agent): (Name, Name),
        identity: Identity,
        outbox: Arc<Outbox>,
        status: StatusSource,
    ) -> Self {
        let own = Topic { site, agent, leaf: Leaf::Status };
        Self {
            config,
            own,
            identity,
            outbox,
            status,
            connected: watch::channel(false).0,
            feeds: SharedFeeds::default(),
            gates: None,
            scenes: None,
        }
    }

    /// Listens to the controllers of these feeds too.
    pub fn with_feeds(mut self, feeds: SharedFeeds) -> Self {
        self.feeds = feeds;
        self
    }

    /// Takes lists and answers for gates, and sends their questions.
    pub fn with_gates(mut self, gates: GateLink) -> Self {
        self.gates = Some(gates);
        self
    }

    /// Takes scenes and tasks of cameras, and sends what comes of the tasks.
    pub fn with_scenes(mut self, scenes: SceneLink) -> Self {
        self.scenes = Some(scenes);
        self
    }

    /// Whether the broker has us now.
    pub fn connected(&self) -> watch::Receiver<bool> {
        self.connected.subscribe()
    }

    /// Connects for ever, until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut pause = BACKOFF_FIRST;
        while !stop.is_cancelled() {
            let ended = self.run_once(&stop).await;
            if let Some(gates) = &mut self.gates {
                gates.central.gone(Timestamp::now());
            }
            if self.connected.send_replace(false) {
                pause = BACKOFF_FIRST;
            }
            match ended {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, retry_ms = pause.as_millis() as u64, "no session with the broker")
                }
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
            pause = (pause * 2).min(BACKOFF_MOST);
        }
    }

    /// One connection: until it breaks (an error) or `stop` (a clean good-bye).
    async fn run_once(&mut self, stop: &CancellationToken) -> Result<(), PublishError> {
        let mut connection = Connection::open(&self.config, self.own.clone())?;
        tokio::select! {
            first = connection.next() => match first {
                Incoming::Connected => {}
                Incoming::Broken(error) => return Err(error.into()),
                Incoming::Message(..) => return Err(MqttError::Closed.into()),
            },
            () = stop.cancelled() => return Ok(()),
        }
        let mut more: Vec<Leaf> = self.feeds().controllers().cloned().map(Leaf::Signal).collect();
        if self.gates.is_some() {
            more.extend([Leaf::List, Leaf::Answer]);
        }
        more.extend(self.scenes.iter().flat_map(SceneLink::topics));
        connection.subscribe(more).await?;
        tokio::select! {
            enrolled = self.enrol_if_needed(&mut connection) => enrolled?,
            () = stop.cancelled() => return Ok(()),
        };
        let Some(central) = self.identity.central else { return Err(PublishError::NoCode) };
        self.connected.send_replace(true);
        tracing::info!(site = %self.own.site, agent = %self.own.agent, "connected to the broker");
        if let Some(gates) = &mut self.gates {
            gates.begin(&central);
        }
        let ended = self.session(&mut connection, central, stop).await;
        if ended.is_ok() {
            self.say(&connection, Presence::Offline)?;
            connection.close().await;
        }
        self.outbox.flush()?;
        ended
    }

    async fn enrol_if_needed(&mut self, connection: &mut Connection) -> Result<(), PublishError> {
        if self.identity.central.is_some() {
            return Ok(());
        }
        let code = self.config.enrolment_code().map_err(MqttError::Config)?.ok_or(PublishError::NoCode)?;
        let public = self.identity.device.public();
        let (site, agent) = (self.own.site.clone(), self.own.agent.clone());
        let request = EnrolRequest::new(site.clone(), agent.clone(), public, &code);
        connection.send(Leaf::Enrol, serde_json::to_vec(&request)?);
        let reply = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                match connection.next().await {
                    Incoming::Broken(error) => return Err(error),
                    Incoming::Message(Leaf::Enrolled, message) => {
                        if let Ok(reply) = serde_json::from_slice::<EnrolReply>(&message)
                            && reply.public_key == public
                        {
                            return Ok(reply);
                        }
                    }
                    _ => {}
                }
            }
        });
        let reply = reply.await.map_err(|_| PublishError::EnrolTimeout)??;
        let central = reply.central_key(&site, &agent, &code)?;
        self.identity.enrolled(central)?;
        tracing::info!(device = public.fingerprint(), central = central.fingerprint(), "enrolled at central");
        Ok(())
    }

    async fn session(
        &mut self,
        connection: &mut Connection,
        central: PublicKey,
        stop: &CancellationToken,
    ) -> Result<(), PublishError> {
        let mut appended = self.outbox.appended();
        let newest = *appended.borrow_and_update();
        let mut session = Session {
            began: Instant::now(),
            window: Window::new(WINDOW, RESEND_AFTER, newest),
            sent_pictures: HashSet::new(),
            asked: HashSet::new(),
        };
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        let mut tick = tokio::time::interval(TICK);
        loop {
            tokio::select! {
                incoming = connection.next() => match incoming {
                    Incoming::Connected => {}
                    Incoming::Broken(error) => return Err(error.into()),
                    Incoming::Message(Leaf::Receipt, message) => self.take_receipts(&message, &central, &mut session)?,
                    Incoming::Message(Leaf::Signal(controller), message) => self.take_feed(&controller, &message),
                    Incoming::Message(leaf @ (Leaf::Scene(_) | Leaf::Task), message) => {
                        self.scenes.iter().for_each(|scenes| scenes.take(&leaf, &message, &central));
                    }
                    Incoming::Message(leaf, message) => self.take_for_gates(&leaf, &message, &central),
                },
                question = next_question(&mut self.gates) => self.send_question(connection, question),
                answer = next_answer(&mut self.scenes) => send_answer(connection, answer),
                changed = appended.changed() => if changed.is_err() { return Ok(()) },
                _ = tick.tick() => self.look_for_central(),
                _ = heartbeat.tick() => {
                    self.outbox.report_losses(Uuid::now_v7(), now())?;
                    self.outbox.flush()?;
                    self.say(connection, Presence::Online)?;
                }
                () = stop.cancelled() => return Ok(()),
            }
            self.pump(connection, &mut session);
        }
    }

    /// Sends as much as the window and the client take.
    fn pump(&mut self, connection: &Connection, session: &mut Session) {
        let at = session.began.elapsed();
        while let Some(seq) = session.window.next(
            at,
            |from| self.outbox.waiting_from(from, 1).first().copied(),
            |seq| self.outbox.bytes_of(seq) > HEAVY,
        ) {
            let stored = match self.outbox.get(seq) {
                Ok(Some(stored)) => stored,
                Ok(None) => {
                    session.window.done(seq);
                    continue;
                }
                Err(error) => {
                    tracing::warn!(seq, %error, "an event cannot be read just now");
                    session.window.retry(seq);
                    return;
                }
            };
            let pictures_sent =
                stored.evidence.iter().all(|sha256| self.send_picture(connection, session, sha256));
            if !pictures_sent || !connection.send(Leaf::Event(stored.camera), stored.message) {
                session.window.retry(seq);
                return;
            }
            self.sent_to_central();
        }
    }

    fn send_picture(&self, connection: &Connection, session: &mut Session, sha256: &Digest) -> bool {
        if session.sent_pictures.contains(sha256) {
            return true;
        }
        // Read only when there is room for it: files are large, and the network may be slow.
        if !connection.has_room() {
            return false;
        }
        let file = match self.outbox.picture(sha256) {
            Ok(Some(file)) => file,
            Ok(None) => {
                // A copy of an event that is long committed, found in a damaged store, lacks nothing. Where central asks, it does; the loss
                // report then tells central not to wait.
                if session.asked.remove(sha256) {
                    self.outbox.picture_lost(*sha256);
                }
                return true;
            }
            Err(error) => {
                tracing::warn!(%sha256, %error, "a file of an event cannot be read just now");
                return false;
            }
        };
        let sent = connection.send(Leaf::Evidence(*sha256), file);
        if sent {
            session.asked.remove(sha256);
            session.sent_pictures.insert(*sha256);
        }
        sent
    }

    fn take_receipts(
        &mut self,
        message: &[u8],
        central: &PublicKey,
        session: &mut Session,
    ) -> Result<(), PublishError> {
        let Some(receipts) = self.verified(message, central) else { return Ok(()) };
        self.heard_central();
        for seq in self.outbox.receipted(&receipts)? {
            session.window.done(seq);
        }
        let at = session.began.elapsed();
        for receipt in receipts {
            match receipt.result {
                ReceiptResult::EvidenceMissing => {
                    for sha256 in &receipt.missing {
                        session.sent_pictures.remove(sha256);
                        session.asked.insert(*sha256);
                    }
                    session.window.again_in(receipt.seq, at, Duration::from_millis(500));
                }
                ReceiptResult::Quarantined => tracing::warn!(
                    seq = receipt.seq,
                    event = %receipt.id,
                    reason = receipt.reason.as_deref().unwrap_or("not said"),
                    "central put an event into quarantine"
                ),
                ReceiptResult::Committed | ReceiptResult::Duplicate => {}
            }
        }
        if session.sent_pictures.len() > 4 * WINDOW {
            session.sent_pictures.clear();
        }
        Ok(())
    }

    /// The receipts, if central really signed them for this agent.
    fn verified(&self, message: &[u8], central: &PublicKey) -> Option<Vec<Receipt>> {
        let sealed = Sealed::parse(message, MAX_MESSAGE_BYTES);
        let body = sealed.and_then(|sealed| sealed.verify(central));
        let receipts = body
            .map_err(|error| error.to_string())
            .and_then(|body| serde_json::from_slice::<Receipts>(body).map_err(|error| error.to_string()));
        match receipts {
            Ok(receipts) if receipts.site == self.own.site && receipts.agent == self.own.agent => {
                Some(receipts.receipts)
            }
            Ok(_) => {
                tracing::warn!("receipts for another agent came to this one: ignored");
                None
            }
            Err(error) => {
                tracing::warn!(error, "receipts that central did not sign: ignored, nothing is freed");
                None
            }
        }
    }

    /// What a signal controller says. A message that is refused is counted there; the picture goes on deciding.
    fn take_feed(&self, controller: &Name, message: &[u8]) {
        let taken = self.feeds().take(controller, message, Timestamp::now());
        if let Err(error) = taken {
            tracing::warn!(%controller, %error, "a message of a signal controller was refused");
        }
    }

    /// A list that is refused is counted there; the one in use stays.
    fn take_for_gates(&mut self, leaf: &Leaf, message: &[u8], central: &PublicKey) {
        let Some(gates) = &mut self.gates else { return };
        match leaf {
            // The broker keeps lists, so that one arrives proves nothing about central.
            Leaf::List => gates.take_list(message, central),
            Leaf::Answer if gates.asker.take(message, central) => gates.central.heard(),
            _ => {}
        }
    }

    /// What the client does not take now gets no answer in time: the gate goes on without.
    fn send_question(&mut self, connection: &Connection, question: Vec<u8>) {
        if !connection.send(Leaf::Ask, question) {
            tracing::warn!("the connection is too busy for a question");
        }
        self.sent_to_central();
    }

    fn heard_central(&mut self) {
        if let Some(gates) = &mut self.gates {
            gates.central.heard();
        }
    }

    fn sent_to_central(&mut self) {
        if let Some(gates) = &mut self.gates {
            gates.central.sent(Instant::now());
        }
    }

    fn look_for_central(&mut self) {
        if let Some(gates) = &mut self.gates {
            gates.central.tick(Instant::now(), Timestamp::now());
        }
    }

    fn feeds(&self) -> MutexGuard<'_, Feeds> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, connection: &Connection, presence: Presence) -> Result<(), PublishError> {
        let body = serde_json::to_vec(&(self.status)(presence))?;
        connection.send(Leaf::Status, wire::seal(&self.identity.device, &body));
        Ok(())
    }
}

impl GateLink {
    /// A session with central's broker begins: whoever asked before has been told that there is no answer.
    fn begin(&mut self, central: &PublicKey) {
        self.asker.meet(central);
        self.gates.know_central(central);
        while self.questions.try_recv().is_ok() {}
        self.central.heard();
    }

    fn take_list(&self, message: &[u8], central: &PublicKey) {
        match self.lists.take(message, central) {
            Ok(Taken::InUse) => {
                if let Some(list) = self.lists.current() {
                    self.gates.set_list(list.index);
                }
            }
            Ok(Taken::Unchanged) => {}
            Err(_) => self.gates.list_refused(self.lists.refusals().because.unwrap_or_default()),
        }
    }
}

/// The next question of the gates; never, where there are none.
async fn next_question(gates: &mut Option<GateLink>) -> Vec<u8> {
    match gates {
        Some(gates) => match gates.questions.recv().await {
            Some(question) => question,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// The next answer to a task of central; never, where there are no scenes.
async fn next_answer(scenes: &mut Option<SceneLink>) -> TaskAnswer {
    match scenes {
        Some(scenes) => scenes.answer().await,
        None => std::future::pending().await,
    }
}

/// The picture first. What the client does not take now is not sent: who asked notices by the deadline, and may ask again.
fn send_answer(connection: &Connection, answer: TaskAnswer) {
    let TaskAnswer { picture, result } = answer;
    let picture_sent = picture.is_none_or(|(sha256, jpeg)| connection.send(Leaf::Evidence(sha256), jpeg));
    if !picture_sent || !connection.send(Leaf::Result, result) {
        tracing::warn!("the connection is too busy for the result of a task");
    }
}

struct Session {
    began: Instant,
    window: Window,
    sent_pictures: HashSet<Digest>,
    /// Files that central said are missing, and that were not sent since.
    asked: HashSet<Digest>,
}

fn now() -> Captured {
    Captured { at: Timestamp::now(), uncertainty_ms: 0, source: TimeSource::Arrival }
}
