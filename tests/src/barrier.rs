//! A barrier that is not there: an arm with a travel time and faults, behind a web interface and, if wanted, at an MQTT broker.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use rumqttc::{Client, Event, MqttOptions, Packet, QoS};

/// How often the arm moves.
const STEP: Duration = Duration::from_millis(10);

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It takes commands and does not move.
    Stuck,
    /// Somebody lifts the arm.
    Forced,
    /// It takes five times as long.
    Slow,
    /// It answers nobody.
    Dead,
}

impl Fault {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "none" => Self::None,
            "stuck" => Self::Stuck,
            "forced" => Self::Forced,
            "slow" => Self::Slow,
            "dead" => Self::Dead,
            _ => return None,
        })
    }
}

/// The arm: 0 is closed, 1 is open.
#[derive(Debug)]
struct Arm {
    lift: f64,
    wants_open: bool,
    held: bool,
    opened_at: Option<Instant>,
    fault: Fault,
    travel_s: f64,
    stay_s: f64,
    commands: Vec<(Instant, String)>,
}

impl Arm {
    fn told(&mut self, word: &str) -> bool {
        self.commands.push((Instant::now(), word.to_owned()));
        match word {
            "open" => {
                self.wants_open = true;
                // Told again while open: it stays from here.
                self.opened_at = self.opened_at.map(|_| Instant::now());
            }
            "hold" => (self.wants_open, self.held) = (true, true),
            "close" | "release" => (self.wants_open, self.held) = (false, false),
            _ => return false,
        }
        true
    }

    fn step(&mut self) {
        if self.opened_at.is_some_and(|at| at.elapsed().as_secs_f64() > self.stay_s) && !self.held {
            self.wants_open = false;
        }
        let (up, slower) = match self.fault {
            Fault::Stuck => return,
            Fault::Forced => (true, 1.0),
            Fault::Slow => (self.wants_open, 5.0),
            Fault::None | Fault::Dead => (self.wants_open, 1.0),
        };
        let way = STEP.as_secs_f64() / (self.travel_s * slower);
        self.lift = (self.lift + if up { way } else { -way }).clamp(0.0, 1.0);
        self.opened_at = (self.lift >= 1.0).then(|| self.opened_at.unwrap_or_else(Instant::now));
    }

    fn word(&self) -> &'static str {
        match self.lift {
            lift if lift >= 1.0 => "open",
            lift if lift <= 0.0 => "closed",
            _ => "moving",
        }
    }
}

/// A running simulator; it ends when this is dropped.
#[derive(Debug)]
pub struct Barrier {
    arm: Arc<Mutex<Arm>>,
    stop: Arc<AtomicBool>,
    address: SocketAddr,
}

impl Barrier {
    /// Starts one at `listen` (port 0 for any), whose arm takes `travel_s` seconds up or down and stays up for `stay_s`.
    ///
    /// # Errors
    /// The address is taken.
    pub fn start(listen: &str, travel_s: f64, stay_s: f64) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen)?;
        let address = listener.local_addr()?;
        let arm = Arm {
            lift: 0.0,
            wants_open: false,
            held: false,
            opened_at: None,
            fault: Fault::None,
            travel_s: travel_s.max(0.01),
            stay_s,
            commands: Vec::new(),
        };
        let (arm, stop) = (Arc::new(Mutex::new(arm)), Arc::new(AtomicBool::new(false)));
        spawn({
            let (arm, stop) = (arm.clone(), stop.clone());
            move || {
                while !stop.load(Ordering::Relaxed) {
                    lock(&arm).step();
                    sleep(STEP);
                }
            }
        });
        spawn({
            let (arm, stop) = (arm.clone(), stop.clone());
            move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let (arm, stop) = (arm.clone(), stop.clone());
                    spawn(move || serve(stream, &arm, &stop));
                }
            }
        });
        Ok(Self { arm, stop, address })
    }

    /// Its address: `http://…`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Puts it at a broker too: commands as payloads of one topic, where it is on another.
    pub fn at_broker(&self, host: &str, port: u16, command_topic: &str, state_topic: &str) {
        let mut options = MqttOptions::new(format!("barrier-{port}-{}", self.address.port()), host, port);
        options.set_keep_alive(Duration::from_secs(5));
        let (client, mut connection) = Client::new(options, 16);
        let (command_topic, state_topic) = (command_topic.to_owned(), state_topic.to_owned());
        spawn({
            let (arm, stop, client) = (self.arm.clone(), self.stop.clone(), client.clone());
            move || {
                for event in connection.iter() {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    match event {
                        Ok(Event::Incoming(Packet::ConnAck(_))) => {
                            drop(client.try_subscribe(&command_topic, QoS::AtLeastOnce));
                        }
                        Ok(Event::Incoming(Packet::Publish(publish))) => {
                            let mut arm = lock(&arm);
                            if arm.fault != Fault::Dead {
                                arm.told(&String::from_utf8_lossy(&publish.payload));
                            }
                        }
                        Ok(_) => {}
                        Err(_) => sleep(Duration::from_millis(200)),
                    }
                }
            }
        });
        let (arm, stop) = (self.arm.clone(), self.stop.clone());
        spawn(move || {
            let (mut last, mut at) = ("", Instant::now());
            while !stop.load(Ordering::Relaxed) {
                let (word, dead) = {
                    let arm = lock(&arm);
                    (arm.word(), arm.fault == Fault::Dead)
                };
                if !dead && (word != last || at.elapsed() > Duration::from_secs(1)) {
                    let sent = client.try_publish(&state_topic, QoS::AtLeastOnce, false, word);
                    if sent.is_ok() {
                        (last, at) = (word, Instant::now());
                    }
                }
                sleep(STEP);
            }
            drop(client.try_disconnect());
        });
    }

    /// Breaks it, or mends it.
    pub fn fault(&self, fault: Fault) {
        lock(&self.arm).fault = fault;
    }

    /// Where it is: `open`, `closed` or `moving`.
    pub fn position(&self) -> &'static str {
        lock(&self.arm).word()
    }

    /// The commands so far, and when each came.
    pub fn commands(&self) -> Vec<(Instant, String)> {
        lock(&self.arm).commands.clone()
    }
}

impl Drop for Barrier {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the listener, which looks at the stop.
        drop(TcpStream::connect(self.address));
    }
}

/// One connection: requests in turn until the other side goes.
fn serve(stream: TcpStream, arm: &Mutex<Arm>, stop: &AtomicBool) {
    let _ = stream.set_nodelay(true);
    let Ok(mut out) = stream.try_clone() else { return };
    let mut lines = BufReader::new(stream);
    while !stop.load(Ordering::Relaxed) {
        let Some((method, path, body)) = request(&mut lines) else { return };
        if lock(arm).fault == Fault::Dead && path != "/fault" {
            // Silence: the other side's time runs out.
            sleep(Duration::from_millis(1500));
            return;
        }
        let (status, answer) = answer(arm, &method, &path, &body);
        let text = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        if out.write_all(text.as_bytes()).is_err() {
            return;
        }
    }
}

fn request(lines: &mut BufReader<TcpStream>) -> Option<(String, String, String)> {
    let mut first = String::new();
    lines.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut length = 0;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok().filter(|length| *length <= 65_536)?;
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).ok()?;
    Some((method, path, String::from_utf8_lossy(&body).into_owned()))
}

fn answer(arm: &Mutex<Arm>, method: &str, path: &str, body: &str) -> (&'static str, String) {
    let mut arm = lock(arm);
    let state =
        |arm: &Arm| format!("{{\"position\":\"{}\",\"commands\":{}}}", arm.word(), arm.commands.len());
    match (method, path) {
        ("GET", "/state") => ("200 OK", state(&arm)),
        ("POST", "/fault") => match Fault::parse(body.trim()) {
            Some(fault) => {
                arm.fault = fault;
                ("200 OK", state(&arm))
            }
            None => ("422 Unprocessable Content", "{\"faults\":\"none stuck forced slow dead\"}".to_owned()),
        },
        ("POST", path) if arm.told(path.trim_start_matches('/')) => ("200 OK", state(&arm)),
        _ => ("404 Not Found", "{}".to_owned()),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
