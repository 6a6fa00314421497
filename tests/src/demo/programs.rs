//! Programs of the demonstration: started with a log file each, stopped politely, never left behind.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

/// A running program.
pub(super) struct Program {
    name: String,
    child: Mutex<Child>,
    log: PathBuf,
}

impl Program {
    /// Starts `binary`, which lies beside this program. Its output goes to a log file in `folder`.
    pub(super) fn start(
        name: &str,
        binary: &str,
        arguments: Vec<&OsStr>,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let log = folder.join(format!("{}.log", name.replace(' ', "-")));
        let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = beside(binary)?
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child: Mutex::new(child), log })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    pub(super) fn is_running(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        matches!(child.try_wait(), Ok(None))
    }

    /// SIGTERM, and SIGKILL for one that has not ended after `patience`.
    pub(super) fn stop(self, patience: Duration) {
        let id = self.child.lock().unwrap_or_else(std::sync::PoisonError::into_inner).id();
        let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status();
        let until = Instant::now() + patience;
        while self.is_running() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Runs `binary` to its end and returns what it printed.
pub(super) fn run_to_end(binary: &str, arguments: Vec<&OsStr>) -> anyhow::Result<String> {
    run_with_input(binary, arguments, "")
}

/// The same, with a text on its standard input: secrets do not belong into arguments.
pub(super) fn run_with_input(binary: &str, arguments: Vec<&OsStr>, input: &str) -> anyhow::Result<String> {
    let mut child = beside(binary)?
        .args(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // A program that reads nothing may be gone already; its output says what it did.
    child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()).ok());
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "{binary} {}: {}",
        arguments.join(OsStr::new(" ")).display(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn beside(binary: &str) -> anyhow::Result<Command> {
    let own = std::env::current_exe()?;
    let path = own.parent().map(|folder| folder.join(binary)).context("this program lies in no folder")?;
    ensure!(path.is_file(), "{} is missing: run cargo build --workspace", path.display());
    let mut command = Command::new(path);
    // In a process group of its own: Ctrl-C reaches the demo alone, which then stops the rest in order.
    command.process_group(0);
    // SAFETY: prctl with these arguments only sets a flag of the new process and allocates nothing.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
    Ok(command)
}

/// The last line with `word` of each agent's log.
pub(super) fn last_lines(folder: &Path, word: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut logs: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    logs.retain(|path| path.extension().is_some_and(|end| end == "log"));
    logs.sort();
    let line = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        let line = text.lines().rev().find(|line| line.contains(word))?;
        let number =
            line.split(word).nth(1)?.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?;
        Some(format!(
            "{}: {number} event(s) still to be confirmed by central",
            path.file_stem()?.to_string_lossy()
        ))
    };
    logs.iter().filter_map(line).collect()
}
