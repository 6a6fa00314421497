//! A simulated barrier, for the demonstration and for trying a configuration without one.
//!
//! `POST /open`, `/close`, `/hold`, `/release`; `GET /state`; `POST /fault` with `none`, `stuck`, `forced`, `slow` or `dead`.

use clap::Parser;
use promises::barrier::Barrier;

/// Simulates a barrier behind a web interface, and at an MQTT broker if one is given.
#[derive(Parser)]
struct Args {
    /// Address to listen at.
    #[arg(long, default_value = "127.0.0.1:8095")]
    listen: String,
    /// Seconds that the arm takes up or down.
    #[arg(long, default_value_t = 1.2)]
    travel_s: f64,
    /// Seconds that it stays up.
    #[arg(long, default_value_t = 6.0)]
    stay_s: f64,
    /// Broker, `host:port`.
    #[arg(long, requires_all = ["command_topic", "state_topic"])]
    mqtt: Option<String>,
    /// Topic of its commands.
    #[arg(long)]
    command_topic: Option<String>,
    /// Topic on which it says where it is.
    #[arg(long)]
    state_topic: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let barrier = Barrier::start(&args.listen, args.travel_s, args.stay_s)?;
    println!("simulated barrier at {}", barrier.url());
    if let (Some(at), Some(commands), Some(states)) = (&args.mqtt, &args.command_topic, &args.state_topic) {
        let (host, port) = at.rsplit_once(':').ok_or_else(|| anyhow::anyhow!("--mqtt takes host:port"))?;
        barrier.at_broker(host, port.parse()?, commands, states);
    }
    loop {
        std::thread::park();
    }
}
