//! Gates ⇄ central: lists in, questions out, and whether central is there. Made once, when the agent starts.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::watch;
use wire::Name;

use super::Gates;
use super::ask::{Asker, Carrier};
use super::list::{ListInUse, Lists};
use crate::identity::Identity;
use crate::publish::{CentralWatch, GateLink};

/// Ties `gates` to central: the list kept in `folder` is in use at once. The publisher gets the link; the receiver follows the list.
pub fn connect(
    gates: &Gates,
    folder: &Path,
    own: (Name, Name),
    identity: &Identity,
) -> (GateLink, watch::Receiver<Option<ListInUse>>) {
    let central = CentralWatch::new(Timestamp::now());
    let (asker, questions) = Asker::new(identity.device.clone(), identity.central, central.alone());
    gates.set_asker(Arc::new(Carrier::new(asker.clone(), Handle::current())));
    if let Some(key) = &identity.central {
        gates.know_central(key);
    }
    let lists = Arc::new(Lists::open(folder, own, identity.device.clone(), identity.central));
    if let Some(list) = lists.current() {
        gates.set_list(list.index);
    }
    if let Some(because) = lists.refusals().because {
        gates.list_refused(because);
    }
    let in_use = lists.in_use();
    tokio::spawn(follow(gates.clone(), central.alone()));
    (GateLink { gates: gates.clone(), lists, asker, questions, central }, in_use)
}

/// Tells the gates when central comes and goes, for as long as there is somebody who knows.
async fn follow(gates: Gates, mut alone: watch::Receiver<Option<Timestamp>>) {
    loop {
        let there = alone.borrow_and_update().is_none();
        gates.online(there);
        if alone.changed().await.is_err() {
            return;
        }
    }
}
