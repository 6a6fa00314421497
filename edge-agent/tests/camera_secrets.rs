//! Everything that a camera with credentials says, at the most talkative log level, without its secret.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use edge_agent::camera::{CameraState, CredentialSource, FrameSource, RtspSource, StreamConfig};
use promises::cameras::{CameraServer, Challenge, Codec, Login, Mount, Scene};
use tokio_util::sync::CancellationToken;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn credentials_appear_in_no_log_line_state_or_debug_text() -> anyhow::Result<()> {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let login =
        Login { user: "operator-name".into(), password: "hunter2".into(), challenge: Challenge::Basic };
    let mounts = vec![Mount::new("gate", Scene::Moving(Codec::H264))];
    let server = CameraServer::on_free_port(mounts, Some(login))?;
    let file = tempfile::NamedTempFile::new()?;
    let config = StreamConfig {
        credentials: Some(CredentialSource::File(file.path().into())),
        ..StreamConfig::new(server.url("gate"))
    };
    let mut said = format!("{config:?} {:?}", config.check());
    for (secret, state) in [("hunter2", CameraState::Live), ("hunter3", CameraState::AuthFailed)] {
        std::fs::write(file.path(), format!("operator-name:{secret}"))?;
        let source = RtspSource::start("gate", config.clone(), CancellationToken::new())?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while source.stats().status.state != state {
            anyhow::ensure!(Instant::now() < deadline, "{:?}", source.stats());
            std::thread::sleep(Duration::from_millis(20));
        }
        said += &format!("{:?}", source.stats());
    }
    said += &String::from_utf8_lossy(&log.0.lock().unwrap_or_else(PoisonError::into_inner));
    assert!(said.contains("camera live") && said.contains("AuthFailed"), "the log was heard: {said}");
    for secret in ["hunter", "operator-name", "b3BlcmF0b3I"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    Ok(())
}
