//! Promises of the barrier adapters, against a simulated arm.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use edge_agent::access::barrier::{BarrierConfig, Command, Heard, Position, Worker, connect};
use promises::barrier::{Barrier, Fault};
use promises::support::Mosquitto;
use tokio::runtime::Handle;
use wire::Name;

fn lane() -> Name {
    Name::new("lan-1").unwrap()
}

fn start(config: &str) -> (Worker, Receiver<Heard>) {
    let config: BarrierConfig = toml::from_str(config).unwrap();
    assert_eq!(config.problems(), Vec::<String>::new());
    let barrier = connect(&lane(), &config, &Handle::current()).unwrap();
    let (tell, heard) = channel();
    let worker = Worker::start(&lane(), barrier, Duration::from_millis(config.poll_ms), move |word| {
        let _ = tell.send(word);
    });
    (worker.unwrap(), heard)
}

fn wait_for(heard: &Receiver<Heard>, wanted: Heard) {
    let until = Instant::now() + Duration::from_secs(10);
    while let Ok(word) = heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
        if word == wanted {
            return;
        }
    }
    panic!("{wanted:?} was not heard");
}

/// Opens, closes by itself, is held, goes dead and comes back.
fn goes_through_everything(arm: &Barrier, worker: &Worker, heard: &Receiver<Heard>) {
    wait_for(heard, Heard::At(Position::Closed));
    assert!(worker.command(Command::Open));
    wait_for(heard, Heard::At(Position::Open));
    wait_for(heard, Heard::At(Position::Closed));
    worker.command(Command::Hold);
    wait_for(heard, Heard::At(Position::Open));
    std::thread::sleep(Duration::from_millis(900));
    assert_eq!(arm.position(), "open", "held for longer than it stays by itself");
    worker.command(Command::Release);
    wait_for(heard, Heard::At(Position::Closed));
    arm.fault(Fault::Forced);
    wait_for(heard, Heard::At(Position::Open));
    arm.fault(Fault::None);
    wait_for(heard, Heard::At(Position::Closed));
    let words: Vec<String> = arm.commands().into_iter().map(|(_, word)| word).collect();
    assert_eq!(words, ["open", "hold", "release"], "each command once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_with_a_web_interface_is_told_and_heard_and_missed_when_it_is_dead() {
    let arm = Barrier::start("127.0.0.1:0", 0.1, 0.5).unwrap();
    let config = format!(
        "poll_ms = 20\n[relay.http]\nurl = '{}'\nstate = {{ method = 'GET', path = '/state' }}\n\
         state_pointer = '/position'\ntimeout_ms = 300\n",
        arm.url()
    );
    let (worker, heard) = start(&config);
    tokio::task::spawn_blocking(move || {
        goes_through_everything(&arm, &worker, &heard);
        arm.fault(Fault::Dead);
        wait_for(&heard, Heard::Unreachable);
        arm.fault(Fault::None);
        wait_for(&heard, Heard::At(Position::Closed));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_at_a_local_broker_is_told_and_heard() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(folder.path()).await;
    let url = url::Url::parse(&broker.url()).unwrap();
    let arm = Barrier::start("127.0.0.1:0", 0.1, 0.5).unwrap();
    arm.at_broker("127.0.0.1", url.port().unwrap(), "lan-1/lenh", "lan-1/trang-thai");
    let config = format!(
        "poll_ms = 20\n[relay.mqtt]\nurl = '{}'\ncommand_topic = 'lan-1/lenh'\nstate_topic = 'lan-1/trang-thai'\n",
        broker.url()
    );
    let (worker, heard) = start(&config);
    tokio::task::spawn_blocking(move || goes_through_everything(&arm, &worker, &heard)).await.unwrap();
}

#[test]
fn a_configuration_that_cannot_work_says_everything_that_is_wrong_with_it() {
    let problems = |text: &str| toml::from_str::<BarrierConfig>(text).unwrap().problems().join("\n");
    let http = problems(
        "open_within_ms = 1\npoll_ms = 1\n[relay.http]\nurl = 'http://me:secret@x'\nopen = { path = 'open' }\ntoken_file = '/not/there'\n",
    );
    for word in ["open_within_ms", "poll_ms", "token_file is not a file", "begins with /", "put a token"] {
        assert!(http.contains(word), "{word} in {http}");
    }
    assert!(!http.contains("secret"));
    let mqtt = problems("[relay.mqtt]\nurl = 'http://x'\ncommand_topic = 'a/#'\n");
    assert!(mqtt.contains("mqtt://") && mqtt.contains("command_topic"), "{mqtt}");
    let gpio = problems("[relay.gpio]\nchip = '/dev/gpiochip0'\nopen_line = 4\nopened_line = 4\n");
    assert!(gpio.contains("used twice"), "{gpio}");
}
