//! The command line of central.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use wire::{Name, PublicKey};

use crate::app::{App, State};
use crate::assessment::{self, Period};
use crate::auth::{self, Language, NewUser, Role};
use crate::cases::known;
use crate::cases::state::Decision;
use crate::config::{Config, ConfigError};
use crate::evidence::EvidenceStore;
use crate::sealing::DataKey;
use crate::store::audit::AuditRow;
use crate::store::users::Desk;
use crate::store::{Store, migrate};
use crate::{enrol, key, law, seed};

/// Central of Vọng Gác: receives what edge agents saw, joins it with registers and watch lists, and shows it in the console.
#[derive(Debug, Parser)]
#[command(name = "central", version, propagate_version = true)]
#[command(
    after_help = "First steps:\n  central check --config central.toml\n  central seed  --config central.toml --from FOLDER\n  \
    central serve --config central.toml        prints the administrator's password once\n  \
    central enrol --config central.toml --site SITE --agent AGENT\n\n\
    Exit status: 0 done, 1 failed, 2 the command line or the configuration is wrong.\n\
    Log: VG_LOG=debug for more (RUST_LOG is read when it is not set), VG_LOG_FORMAT=json for machines."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct ConfigArg {
    /// Configuration file; configs/central.toml shows every key.
    #[arg(long, value_name = "FILE", default_value = "central.toml")]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run central: broker (unless another is configured), intake, console and API.
    ///
    /// Brings the database up to date first. At the very first start it makes its signing key and an account "admin" whose random
    /// password is printed once. SIGINT or SIGTERM stops it: nothing new is taken in, what was taken is committed and receipted.
    Serve(ConfigArg),
    /// Bring the database to this program's schema, and say which steps ran.
    ///
    /// `serve` does this too; run it by hand to see that an upgrade works before starting.
    Migrate(ConfigArg),
    /// Load sites, cameras, watch lists and lists of gates from a folder.
    ///
    /// Reads sites.toml, watchlist.csv, gates.toml and members.csv. Running it again applies what changed in the files; nothing is deleted. A running
    /// central notices within seconds.
    Seed {
        #[command(flatten)]
        config: ConfigArg,
        /// Folder with some of sites.toml, watchlist.csv, gates.toml and members.csv.
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
    },
    /// Known cases, which measure reviewers.
    Cases {
        #[command(subcommand)]
        command: CasesCommand,
    },
    /// The pack for a security assessment: write one, or check one.
    Assessment {
        #[command(subcommand)]
        command: AssessmentCommand,
    },
    /// Add, list, change and disable accounts of the console.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Check the configuration; all problems come in one message, and exit status 2.
    Check(ConfigArg),
    /// Print a one-time code with which a device enrols as an agent.
    ///
    /// On the device, put the code into the file or the environment variable that central.enrolment_code_file or
    /// central.enrolment_code_env of its configuration names, and start the agent. It ends after rules.enrolment_minutes, when it
    /// is used, or when a newer one is made for the same agent.
    Enrol {
        #[command(flatten)]
        config: ConfigArg,
        /// Site of the agent; must be loaded.
        #[arg(long)]
        site: Name,
        /// Name of the agent, unique in its site.
        #[arg(long)]
        agent: Name,
    },
    /// Withdraw an agent's key: for a device that was stolen, lost or given away.
    ///
    /// From then on nothing that it sends is taken: messages are kept aside with the reason revoked_agent and get no receipt. A
    /// running central notices within seconds. What it sent before stays. `central enrol` makes a code with which a device can
    /// take the agent's place.
    Revoke {
        #[command(flatten)]
        config: ConfigArg,
        /// Site of the agent.
        #[arg(long)]
        site: Name,
        /// Name of the agent.
        #[arg(long)]
        agent: Name,
    },
}

#[derive(Debug, Subcommand)]
enum CasesCommand {
    /// Put copies of decided cases into the queue, as known cases that measure reviewers.
    ///
    /// A copy has its own number, times of the last day and files with other digests; reviewers cannot tell it from a real case. It is in
    /// no statistics and never becomes a handling; what reviewers answered stands in the commander's figures, and from the next day in
    /// their own. Where a camera prints its clock into the picture, take cases of the last day. The right answer is how the first case
    /// ended, unless --expected says otherwise. Each is written to the audit log.
    Seed {
        #[command(flatten)]
        config: ConfigArg,
        /// Numbers of cases, such as VP-2026-000123.
        #[arg(value_name = "NUMBER", required_unless_present = "pick")]
        numbers: Vec<String>,
        /// Choose so many decided cases at random that were not taken before.
        #[arg(long, value_name = "COUNT", conflicts_with_all = ["numbers", "expected"])]
        pick: Option<u32>,
        /// The right answer, approve or reject: for cases that people have not decided, such as invented ones.
        #[arg(long, value_name = "ANSWER", value_parser = ["approve", "reject"])]
        expected: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum AssessmentCommand {
    /// Write architecture, rights, parts, settings and logs into a folder, each file with its SHA-256, signed by central's key.
    ///
    /// Nothing in it is secret, and there is no plate, name or picture; accounts stand in it by sign-in name and address. Central may
    /// be running. That it was written stands in the audit log, and so in the next pack.
    Write {
        #[command(flatten)]
        config: ConfigArg,
        /// Folder that is new or empty.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// First day of the logs, in Vietnam; 89 days before the last when left out.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<Date>,
        /// Last day of the logs; today when left out.
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Option<Date>,
    },
    /// Check that a pack is as it was written. Needs no database.
    Check {
        /// Folder of the pack.
        folder: PathBuf,
        /// Public key of the central that wrote it, 64 hex digits, as `write` printed it.
        #[arg(long, value_name = "KEY")]
        key: String,
    },
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add an account. Prints a random password unless one is given on standard input.
    Add {
        #[command(flatten)]
        config: ConfigArg,
        /// Sign-in name.
        username: String,
        /// gate_operator, traffic_police, police_signer, ioc_operator, site_manager, enterprise or admin.
        #[arg(long)]
        role: String,
        /// Name shown in the console; the sign-in name when left out.
        #[arg(long)]
        name: Option<String>,
        /// Site it sees; may be repeated; all sites when left out. A site manager needs one or more, an enterprise exactly one.
        #[arg(long = "site", value_name = "SITE")]
        sites: Vec<Name>,
        /// Group of an enterprise's account: it sees this group's people and vehicles only.
        #[arg(long, value_name = "GROUP")]
        group: Option<Name>,
        /// Rank of a police account, which caps on fines are looked up by: officer, team_chief, commune_chief, division_head or
        /// provincial_director. A signer needs one.
        #[arg(long, value_name = "RANK")]
        rank: Option<String>,
        /// Language of the console: vi or en.
        #[arg(long, default_value = "vi")]
        language: String,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List accounts.
    List(ConfigArg),
    /// Set a new password, and end the account's sessions. Prints a random one unless one is given on standard input.
    Password {
        #[command(flatten)]
        config: ConfigArg,
        /// Sign-in name.
        username: String,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give a guard's account its desk at the gates, or take it away.
    ///
    /// The PIN goes as a hash into the lists of the account's sites; a running central sends them within seconds. The desk
    /// verifies it also while central is away.
    Desk {
        #[command(flatten)]
        config: ConfigArg,
        /// Sign-in name of a gate_operator.
        username: String,
        /// Read the PIN (6 to 12 digits) from the first line of standard input.
        #[arg(long)]
        pin_stdin: bool,
        /// Take the desk away.
        #[arg(long, conflicts_with = "pin_stdin")]
        remove: bool,
        /// May open in an emergency, correct counts and forgive anti-passback.
        #[arg(long)]
        supervisor: bool,
        /// Gate of the desk; may be repeated; all gates when left out.
        #[arg(long = "gate", value_name = "GATE")]
        gates: Vec<Name>,
    },
    /// Disable an account, and end its sessions.
    Disable {
        #[command(flatten)]
        config: ConfigArg,
        /// Sign-in name.
        username: String,
    },
    /// Enable a disabled account.
    Enable {
        #[command(flatten)]
        config: ConfigArg,
        /// Sign-in name.
        username: String,
    },
}

/// Runs one command.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(config) => serve(Config::load(&config.config)?).await,
        Command::Migrate(config) => {
            let store = open(&Config::load(&config.config)?).await?;
            let applied = migrate::run(&store).await?;
            let version = migrate::version(&store).await?;
            store.close().await;
            match applied.as_slice() {
                [] => say(&format!("schema {version}: already up to date")),
                steps => say(&format!("schema {version}: {} step(s) applied", steps.len())),
            }
        }
        Command::Seed { config, from } => {
            let config = Config::load(&config.config)?;
            // Files first: a wrong folder leaves no new database behind.
            let files = seed::read(&from, now_ms())?;
            let store = open_current(&config).await?;
            let key = DataKey::load_or_make(&config.data.folder.join("data.key"))?;
            let loaded = seed::apply(&store, &key, &files, now_ms()).await;
            store.close().await;
            let seed::Loaded { sites, cameras, entries, gates, members } = loaded?;
            say(&format!(
                "loaded {sites} sites, {cameras} cameras, {entries} watch-list entries, policies of {gates} sites, {members} members"
            ))
        }
        Command::Cases { command } => cases(command).await,
        Command::Assessment { command } => assessment(command).await,
        Command::User { command } => user(command).await,
        Command::Check(config) => check(&config.config),
        Command::Enrol { config, site, agent } => {
            let config = Config::load(&config.config)?;
            let store = open_current(&config).await?;
            let code = enrol::new_code(&store, &config, &site, &agent, "console").await;
            store.close().await;
            let code = code?;
            say(&format!(
                "{}\nfor agent {agent} of site {site}, good until {:.0}",
                code.code, code.expires_at
            ))
        }
        Command::Revoke { config, site, agent } => {
            let store = open_current(&Config::load(&config.config)?).await?;
            let revoked = enrol::revoke(&store, &site, &agent, "console").await;
            store.close().await;
            revoked?;
            say(&format!(
                "the key of agent {agent} of site {site} is withdrawn: nothing it sends is taken any more\n\
                 to enrol it anew, or a device in its place: central enrol --site {site} --agent {agent}"
            ))
        }
    }
}

/// The exit status for an error.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if error.downcast_ref::<ConfigError>().is_some() { 2 } else { 1 }
}

fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}").context("cannot write to standard output")
}

async fn open(config: &Config) -> anyhow::Result<Store> {
    crate::app::make_folder(&config.data.folder)?;
    Ok(Store::open(&config.database_url()?).await?)
}

async fn open_current(config: &Config) -> anyhow::Result<Store> {
    let store = open(config).await?;
    migrate::run(&store).await?;
    Ok(store)
}

fn check(path: &std::path::Path) -> anyhow::Result<()> {
    let config = Config::load(path)?;
    let problems = config.secret_problems();
    if !problems.is_empty() {
        return Err(ConfigError::Invalid { path: path.to_owned(), problems }.into());
    }
    say(&format!("{} is fine", path.display()))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let state = State::open(config).await?;
    first_admin(&state.store).await?;
    let mut stop = std::pin::pin!(signal()?);
    let app = App::start(state).await?;
    let mqtt =
        app.mqtt.map_or_else(|| app.state.config.mqtt.url.clone(), |address| format!("mqtt://{address}"));
    tracing::info!(console = %format!("http://{}", app.http), mqtt, "central is ready");
    tokio::select! {
        () = stop.as_mut() => tracing::info!("stopping"),
        // A part ended by itself.
        () = app.state.stop.cancelled() => {}
    }
    match app.stop().await {
        None => Ok(()),
        Some(part) => anyhow::bail!(
            "stopped because a part ended by itself: {part}; see the log, and start central again"
        ),
    }
}

/// Waits for SIGINT or SIGTERM.
fn signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Makes the first account when there is none; its password is printed once and is nowhere else.
async fn first_admin(store: &Store) -> anyhow::Result<()> {
    if !store.users().await?.is_empty() {
        return Ok(());
    }
    let password = auth::random_password();
    let admin = NewUser {
        username: "admin".to_owned(),
        display_name: "Quản trị".to_owned(),
        role: Role::Admin,
        sites: Vec::new(),
        group: None,
        rank: None,
        language: Language::default(),
        password: password.clone(),
        desk_pin: None,
        desk_supervisor: false,
        desk_gates: Vec::new(),
    };
    auth::create_user(store, admin, now_ms()).await?;
    say(&format!(
        "first start: account admin, password {password}\n(shown once; change it with: central user password admin)"
    ))
}

async fn cases(command: CasesCommand) -> anyhow::Result<()> {
    let CasesCommand::Seed { config, numbers, pick, expected } = command;
    let config = Config::load(&config.config)?;
    let (store, evidence) = (open_current(&config).await?, EvidenceStore::open(&config.evidence_folder())?);
    let expected = expected.as_deref().and_then(Decision::parse);
    let numbers = match pick {
        Some(count) => store.cases().seedable(count).await?,
        None => numbers,
    };
    anyhow::ensure!(!numbers.is_empty(), "there is no decided case that was not taken before");
    for number in &numbers {
        let made = known::make((&store, &evidence), number, expected, "console", Timestamp::now()).await?;
        let owner = if made.owner_known {
            ""
        } else {
            "; the register never answered about it, and reviewers will read so"
        };
        say(&format!(
            "{number}: known case {} waits for review, right answer {}{owner}",
            made.number,
            made.expected.as_str()
        ))?;
    }
    store.close().await;
    Ok(())
}

async fn assessment(command: AssessmentCommand) -> anyhow::Result<()> {
    match command {
        AssessmentCommand::Write { config: ConfigArg { config: file }, to, from, until } => {
            let now = Timestamp::now();
            let until = until.unwrap_or_else(|| law::day_of(now));
            let period = Period::new(from.unwrap_or_else(|| until.saturating_sub(89.days())), until)?;
            let config = Config::load(&file)?;
            let key = key::load_or_make(&config.data.folder.join("central.key"))?;
            let store = open_current(&config).await?;
            let written = assessment::write(&store, &key, &file, period, now, &to).await?;
            let note = AuditRow::new(now.as_millisecond(), "console", "assessment.write");
            store.audit(&note).await?;
            store.close().await;
            say(&format!(
                "{}: {} files, logs from {} until {}\nto check it: central assessment check {} --key {}",
                to.display(),
                written.files.len(),
                written.from,
                written.until,
                to.display(),
                written.key
            ))
        }
        AssessmentCommand::Check { folder, key } => {
            let key = PublicKey::from_hex(key.trim())
                .context("the key is no public key: expected the 64 hex digits that write printed")?;
            let checked = assessment::check(&folder, &key)?;
            let manifest = checked.manifest;
            say(&format!(
                "{} is as central wrote it at {:.0}: {} files, logs from {} until {}",
                folder.display(),
                manifest.made_at,
                manifest.files.len(),
                manifest.from,
                manifest.until
            ))?;
            checked.added.iter().try_for_each(|path| say(&format!("added by others: {path}")))
        }
    }
}

async fn user(command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { config, username, role, name, sites, group, rank, language, password_stdin } => {
            let role = Role::parse(&role).with_context(|| {
                let known = Role::ALL.map(Role::as_str).join(", ");
                format!("role {role:?} is none of {known}")
            })?;
            let language = match language.as_str() {
                "vi" => Language::Vi,
                "en" => Language::En,
                other => anyhow::bail!("language {other:?} is neither vi nor en"),
            };
            let store = open_current(&Config::load(&config.config)?).await?;
            let (password, given) = password(password_stdin)?;
            let user = NewUser {
                display_name: name.unwrap_or_else(|| username.clone()),
                username,
                role,
                sites: sites.into_iter().map(String::from).collect(),
                group: group.map(String::from),
                rank,
                language,
                password: password.clone(),
                desk_pin: None,
                desk_supervisor: false,
                desk_gates: Vec::new(),
            };
            let user = auth::create_user(&store, user, now_ms()).await?;
            store.close().await;
            say(&format!("account {} added", user.username))?;
            tell(&password, given)
        }
        UserCommand::List(config) => {
            let store = open_current(&Config::load(&config.config)?).await?;
            for user in store.users().await? {
                let state = if user.disabled == 0 { "" } else { "  disabled" };
                let group = user.group_id.map(|group| format!(" group {group}")).unwrap_or_default();
                say(&format!("{:<20} {:<16} sites {}{group}{state}", user.username, user.role, user.sites))?;
            }
            store.close().await;
            Ok(())
        }
        UserCommand::Password { config, username, password_stdin } => {
            let store = open_current(&Config::load(&config.config)?).await?;
            let (password, given) = password(password_stdin)?;
            let username = username.to_lowercase();
            auth::check_password(&username, &password)?;
            let hash = auth::hash_off_thread(password.clone()).await?;
            let found = store.set_password(&username, &hash, now_ms()).await?;
            store.close().await;
            anyhow::ensure!(found, "there is no account {username:?}");
            say(&format!("password of {username} changed"))?;
            tell(&password, given)
        }
        UserCommand::Desk { config, username, pin_stdin, remove, supervisor, gates } => {
            anyhow::ensure!(pin_stdin || remove, "give the PIN with --pin-stdin, or --remove");
            let store = open_current(&Config::load(&config.config)?).await?;
            let username = username.to_lowercase();
            let user = store.user_by_name(&username).await?;
            let user = user.with_context(|| format!("there is no account {username:?}"))?;
            anyhow::ensure!(
                user.role == Role::GateOperator.as_str(),
                "{username} is no gate_operator: only guards have a desk"
            );
            let pin_hash = match pin_stdin {
                true => Some(auth::desk_pin_hash(password(true)?.0).await?),
                false => None,
            };
            let desk = Desk { pin_hash, supervisor, gates: gates.into_iter().map(String::from).collect() };
            store.set_desk(&username, &desk, now_ms()).await?;
            store.close().await;
            say(&format!("desk of {username} {}", if remove { "taken away" } else { "set" }))
        }
        UserCommand::Disable { config, username } => set_disabled(config, &username, true).await,
        UserCommand::Enable { config, username } => set_disabled(config, &username, false).await,
    }
}

async fn set_disabled(config: ConfigArg, username: &str, disabled: bool) -> anyhow::Result<()> {
    let store = open_current(&Config::load(&config.config)?).await?;
    let username = username.to_lowercase();
    let found = store.set_disabled(&username, disabled, now_ms()).await?;
    store.close().await;
    anyhow::ensure!(found, "there is no account {username:?}");
    say(&format!("account {username} {}", if disabled { "disabled" } else { "enabled" }))
}

/// A password and whether the caller gave it.
fn password(from_stdin: bool) -> anyhow::Result<(String, bool)> {
    if !from_stdin {
        return Ok((auth::random_password(), false));
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read the password from standard input")?;
    Ok((line.trim_end_matches(['\r', '\n']).to_owned(), true))
}

fn tell(password: &str, given: bool) -> anyhow::Result<()> {
    if given { Ok(()) } else { say(&format!("password {password} (shown once)")) }
}
