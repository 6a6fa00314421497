//! A time server on loopback: answers SNTP with this machine's time, wrong by a chosen amount.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Seconds from 1900, where NTP counts from, to 1970.
const FROM_1900: u64 = 2_208_988_800;

/// Runs until it is dropped.
#[derive(Debug)]
pub struct TimeServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl TimeServer {
    /// Serves on a free port; its time is this machine's plus `wrong_ms`.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(wrong_ms: i64) -> std::io::Result<Self> {
        let socket = UdpSocket::bind(("127.0.0.1", 0))?;
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let address = socket.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let asked = stop.clone();
        let thread = std::thread::Builder::new().name("time-server".into()).spawn(move || {
            let mut request = [0_u8; 48];
            while !asked.load(Ordering::Relaxed) {
                if let Ok((48, from)) = socket.recv_from(&mut request) {
                    // A client that has gone needs no answer.
                    let _ = socket.send_to(&answer(&request, wrong_ms), from);
                }
            }
        })?;
        Ok(Self { address, stop, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for TimeServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// RFC 5905, figure 8: a server of stratum 1 that is in step.
fn answer(request: &[u8; 48], wrong_ms: i64) -> [u8; 48] {
    let now = stamp(wrong_ms);
    let mut reply = [0_u8; 48];
    reply[0] = (4 << 3) | 4;
    reply[1] = 1;
    reply[2] = request[2];
    reply[3] = 0xEC;
    reply[12..16].copy_from_slice(b"TEST");
    reply[16..24].copy_from_slice(&now);
    reply[24..32].copy_from_slice(&request[40..48]);
    reply[32..40].copy_from_slice(&now);
    reply[40..48].copy_from_slice(&now);
    reply
}

fn stamp(wrong_ms: i64) -> [u8; 8] {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ms = i128::try_from(since.as_micros()).unwrap_or_default() + i128::from(wrong_ms) * 1_000;
    let micros = u64::try_from(ms).unwrap_or_default();
    let seconds = (micros / 1_000_000 + FROM_1900) as u32;
    let fraction = ((micros % 1_000_000) << 32) / 1_000_000;
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    bytes[4..].copy_from_slice(&(fraction as u32).to_be_bytes());
    bytes
}
