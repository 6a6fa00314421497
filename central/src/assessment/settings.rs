//! How this central is set up: configuration, schema, accounts, devices, and who may call what.

use std::path::Path;

use super::PackError;
use super::logs::{csv, moment};
use super::pack::Pack;
use crate::store::rows::Scope;
use crate::store::{Store, migrate};
use crate::web::access::{Access, RULES};

/// Adds the files of settings.
pub(super) async fn write(pack: &mut Pack, store: &Store, config: &Path) -> Result<(), PackError> {
    pack.add("system/access.csv", access().as_bytes())?;
    // Secrets are never in it: the configuration names where they are, and refuses addresses with passwords.
    let text = std::fs::read(config).map_err(|source| PackError::Io { path: config.to_owned(), source })?;
    pack.add("settings/central.toml", &text)?;
    pack.add("settings/accounts.csv", accounts(store).await?.as_bytes())?;
    pack.add("settings/agents.csv", agents(store).await?.as_bytes())?;
    let schema = format!("{}\n", migrate::version(store).await?);
    pack.add("settings/schema-version.txt", schema.as_bytes())
}

fn access() -> String {
    let rows = RULES.iter().map(|(method, path, access)| {
        let who = match access {
            Access::Public => "everybody".to_owned(),
            Access::Roles(roles) => roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "),
        };
        [(*method).to_owned(), (*path).to_owned(), who]
    });
    csv(["method", "path", "who"], rows)
}

async fn accounts(store: &Store) -> Result<String, PackError> {
    let head =
        ["account", "role", "sites", "group", "rank", "disabled", "created_at", "changed_at", "last_sign_in"];
    let rows = store.users().await?.into_iter().map(|user| {
        [
            user.username,
            user.role,
            user.sites,
            user.group_id.unwrap_or_default(),
            user.rank.unwrap_or_default(),
            (user.disabled != 0).to_string(),
            moment(user.created_at_ms),
            moment(user.changed_at_ms),
            user.last_sign_in_ms.map(moment).unwrap_or_default(),
        ]
    });
    Ok(csv(head, rows))
}

async fn agents(store: &Store) -> Result<String, PackError> {
    let head = ["site", "agent", "version", "enrolled_at", "revoked_at", "last_seen", "events", "missing"];
    let rows = store.agents_seen(&Scope::all(), "", "").await?.into_iter().map(|agent| {
        [
            agent.site,
            agent.agent,
            agent.version.unwrap_or_default(),
            moment(agent.enrolled_at_ms),
            agent.revoked_at_ms.map(moment).unwrap_or_default(),
            agent.last_seen_ms.map(moment).unwrap_or_default(),
            agent.max_seq.to_string(),
            agent.missing.to_string(),
        ]
    });
    Ok(csv(head, rows))
}
