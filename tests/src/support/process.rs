//! Programs under test: found beside the test, logged to a file, never left behind.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A running program. Killed when dropped; then its last words are printed if the test is failing.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

/// One of the workspace's own programs, to be run in the repository.
///
/// # Panics
/// When it was not built.
pub fn program(name: &str) -> Command {
    let own = std::env::current_exe().expect("the path of this test");
    // Tests lie in `deps`, programs above it.
    let built = own.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.is_file());
    let built = built.unwrap_or_else(|| {
        panic!("{name} is not beside {}: run cargo build --workspace first", own.display())
    });
    let mut command = Command::new(built);
    // Models are found from there.
    command.current_dir(super::repository());
    command
}

fn bound_to_us(command: &mut Command) -> &mut Command {
    // SAFETY: prctl with these arguments only sets a flag of the new process and allocates nothing.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        })
    }
}

impl Process {
    /// Starts `command`; its output is added to `folder/name.log`.
    pub fn start(name: &str, mut command: Command, folder: &Path) -> Self {
        let log = folder.join(format!("{name}.log"));
        let output = OpenOptions::new().create(true).append(true).open(&log).expect("a log file");
        command.stdin(Stdio::null()).stdout(output.try_clone().expect("a second handle")).stderr(output);
        let child = bound_to_us(&mut command).spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), child, log }
    }

    /// Number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Most memory that it has had resident so far, bytes.
    ///
    /// # Panics
    /// When it is gone.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
    }

    /// No file of it may grow beyond `bytes`; `None` lifts that. What a full disk does to a program, for this program alone.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit =
            libc::rlimit { rlim_cur: bytes.unwrap_or(libc::RLIM_INFINITY), rlim_max: libc::RLIM_INFINITY };
        let id = libc::pid_t::try_from(self.child.id()).expect("a process number");
        // SAFETY: the limit is a valid value that outlives the call, and no old one is asked for.
        let refused = unsafe { libc::prlimit(id, libc::RLIMIT_FSIZE, &limit, std::ptr::null_mut()) };
        assert_eq!(refused, 0, "the limit is not taken: {}", std::io::Error::last_os_error());
    }

    /// kill -9, at once.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM; returns how it ended.
    pub fn stop(&mut self, patience: Duration) -> Option<ExitStatus> {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Everything it and its predecessors of the same name said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Fails the test when any thread of it has panicked.
    pub fn assert_no_panic(&self) {
        let log = self.log();
        let panicked: Vec<_> = log.lines().filter(|line| line.contains("panicked")).collect();
        assert!(panicked.is_empty(), "{} panicked: {panicked:#?}", self.name);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().collect();
            eprintln!("--- last words of {}", self.name);
            lines[lines.len().saturating_sub(40)..].iter().for_each(|line| eprintln!("{line}"));
        }
    }
}

/// What a program that was run to its end said.
#[derive(Debug)]
pub struct Run {
    /// Its exit status; `None` when it was killed by a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs one of the workspace's programs to its end.
pub fn run<S: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = S>) -> Run {
    finish(program(name).args(arguments))
}

impl Run {
    /// Runs a prepared command to its end.
    pub fn of(command: &mut Command) -> Self {
        finish(command)
    }
}

fn finish(command: &mut Command) -> Run {
    let output = bound_to_us(command).stdin(Stdio::null()).output().expect("the program starts");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let ran = Run { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
    assert!(!ran.err.contains("panicked"), "it panicked: {}", ran.err);
    ran
}
