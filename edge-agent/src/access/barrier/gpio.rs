//! Relays at lines of this machine.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use gpiocdev::Request;
use gpiocdev::line::Value;

use super::config::GpioConfig;
use super::{Barrier, BarrierError, Command, Position};

/// An output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The opening relay.
    Open,
    /// The closing relay.
    Close,
}

/// The lines of one barrier: the machine's own, or made up for a test.
pub trait Lines: Send {
    /// Pulls a relay or lets it go.
    ///
    /// # Errors
    /// What the system said.
    fn drive(&mut self, output: Output, active: bool) -> Result<(), String>;

    /// Whether the arm says that it is open, and that it is closed; `None` where no line says so.
    ///
    /// # Errors
    /// What the system said.
    fn sense(&mut self) -> Result<(Option<bool>, Option<bool>), String>;
}

/// A barrier at lines.
pub struct GpioBarrier<L> {
    lines: L,
    at: String,
    has_close: bool,
    pulse: Duration,
}

impl GpioBarrier<ChipLines> {
    /// Takes the lines of `config`; nobody else can use them then.
    ///
    /// # Errors
    /// The device is not there or not allowed, or somebody has a line.
    pub fn open(config: &GpioConfig) -> Result<Self, BarrierError> {
        let at = config.chip.display().to_string();
        let lines = ChipLines::request(config)
            .map_err(|reason| BarrierError::Unreachable { at: at.clone(), reason })?;
        Ok(Self::new(lines, config))
    }
}

impl<L: Lines> GpioBarrier<L> {
    /// On lines that are there.
    pub fn new(lines: L, config: &GpioConfig) -> Self {
        let (at, has_close) = (config.chip.display().to_string(), config.close_line.is_some());
        Self { lines, at, has_close, pulse: Duration::from_millis(config.pulse_ms) }
    }

    fn pulse(&mut self, output: Output) -> Result<(), String> {
        self.lines.drive(output, true)?;
        sleep(self.pulse);
        self.lines.drive(output, false)
    }

    fn tell(&mut self, command: Command) -> Result<(), String> {
        match command {
            Command::Open => self.pulse(Output::Open),
            // The relay stays pulled: the arm's own drive holds it open.
            Command::Hold => self.lines.drive(Output::Open, true),
            Command::Close | Command::Release => {
                self.lines.drive(Output::Open, false)?;
                if self.has_close { self.pulse(Output::Close) } else { Ok(()) }
            }
        }
    }
}

impl<L: Lines> Barrier for GpioBarrier<L> {
    fn command(&mut self, command: Command) -> Result<(), BarrierError> {
        let told = self.tell(command);
        told.map_err(|reason| BarrierError::Unreachable { at: self.at.clone(), reason })
    }

    fn position(&mut self) -> Result<Option<Position>, BarrierError> {
        let sensed = self.lines.sense();
        let sensed = sensed.map_err(|reason| BarrierError::Unreachable { at: self.at.clone(), reason })?;
        Ok(match sensed {
            (None, None) => None,
            (Some(true), Some(true)) => {
                return Err(BarrierError::Word { at: self.at.clone(), said: "open and closed".to_owned() });
            }
            (Some(true), _) | (None, Some(false)) => Some(Position::Open),
            (_, Some(true)) | (Some(false), None) => Some(Position::Closed),
            (Some(false), Some(false)) => Some(Position::Moving),
        })
    }
}

/// Lines of a GPIO chip.
#[derive(Debug)]
pub struct ChipLines {
    request: Request,
    open: u32,
    close: Option<u32>,
    opened: Option<u32>,
    closed: Option<u32>,
}

impl ChipLines {
    fn request(config: &GpioConfig) -> Result<Self, String> {
        let chip: &PathBuf = &config.chip;
        let mut builder = Request::builder();
        builder.on_chip(chip).with_consumer("vong-gac");
        for line in [Some(config.open_line), config.close_line].into_iter().flatten() {
            builder.with_line(line).as_output(Value::Inactive);
            if config.active_low {
                builder.as_active_low();
            } else {
                builder.as_active_high();
            }
        }
        for line in [config.opened_line, config.closed_line].into_iter().flatten() {
            builder.with_line(line).as_input().as_active_high();
        }
        let request = builder.request().map_err(|error| error.to_string())?;
        let (open, close) = (config.open_line, config.close_line);
        Ok(Self { request, open, close, opened: config.opened_line, closed: config.closed_line })
    }
}

impl Lines for ChipLines {
    fn drive(&mut self, output: Output, active: bool) -> Result<(), String> {
        let line = match output {
            Output::Open => self.open,
            Output::Close => self.close.ok_or("it has no closing relay")?,
        };
        let value = if active { Value::Active } else { Value::Inactive };
        self.request.set_value(line, value).map(drop).map_err(|error| error.to_string())
    }

    fn sense(&mut self) -> Result<(Option<bool>, Option<bool>), String> {
        let read = |line: Option<u32>| {
            let value = line.map(|line| self.request.value(line)).transpose();
            value.map(|value| value.map(|value| value == Value::Active)).map_err(|error| error.to_string())
        };
        Ok((read(self.opened)?, read(self.closed)?))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Default, Clone)]
    struct Fake {
        driven: Arc<Mutex<Vec<(Output, bool)>>>,
        senses: Arc<Mutex<(Option<bool>, Option<bool>)>>,
        broken: Arc<Mutex<bool>>,
    }

    impl Lines for Fake {
        fn drive(&mut self, output: Output, active: bool) -> Result<(), String> {
            if *self.broken.lock().expect("unpoisoned") {
                return Err("No such device".to_owned());
            }
            self.driven.lock().expect("unpoisoned").push((output, active));
            Ok(())
        }

        fn sense(&mut self) -> Result<(Option<bool>, Option<bool>), String> {
            Ok(*self.senses.lock().expect("unpoisoned"))
        }
    }

    fn barrier(close: bool) -> (Fake, GpioBarrier<Fake>) {
        let close = if close { "close_line = 5" } else { "" };
        let config: GpioConfig =
            toml::from_str(&format!("chip = '/dev/gpiochip0'\nopen_line = 4\npulse_ms = 20\n{close}"))
                .expect("parses");
        let fake = Fake::default();
        (fake.clone(), GpioBarrier::new(fake, &config))
    }

    #[test]
    fn opening_is_a_pulse_and_holding_lasts_until_released() {
        let (fake, mut barrier) = barrier(true);
        barrier.command(Command::Open).expect("taken");
        barrier.command(Command::Hold).expect("taken");
        barrier.command(Command::Release).expect("taken");
        use Output::{Close, Open};
        let driven = fake.driven.lock().expect("unpoisoned").clone();
        let expected =
            [(Open, true), (Open, false), (Open, true), (Open, false), (Close, true), (Close, false)];
        assert_eq!(driven, expected);
    }

    #[test]
    fn the_arm_s_lines_say_where_it_is_and_both_at_once_is_no_answer() {
        let (fake, mut barrier) = barrier(false);
        for (senses, position) in [
            ((None, None), None),
            ((Some(true), Some(false)), Some(Position::Open)),
            ((Some(false), Some(true)), Some(Position::Closed)),
            ((Some(false), Some(false)), Some(Position::Moving)),
            ((None, Some(true)), Some(Position::Closed)),
            ((Some(true), None), Some(Position::Open)),
        ] {
            *fake.senses.lock().expect("unpoisoned") = senses;
            assert_eq!(barrier.position().expect("an answer"), position, "{senses:?}");
        }
        *fake.senses.lock().expect("unpoisoned") = (Some(true), Some(true));
        assert!(barrier.position().is_err());
    }

    #[test]
    fn a_relay_that_is_gone_says_so() {
        let (fake, mut barrier) = barrier(false);
        *fake.broken.lock().expect("unpoisoned") = true;
        let error = barrier.command(Command::Open).expect_err("gone").to_string();
        assert!(error.contains("open by hand"), "{error}");
    }
}
