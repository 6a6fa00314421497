//! A reader's cable: a serial device, a character device or pipe, standard input, or a TCP connection. All are file
//! descriptors, waited for with `poll`, so that no read is for ever and a pulled cable is noticed at once.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{ControlModes, OptionalActions, tcgetattr, tcsetattr};

use super::ReaderError;

/// How long a reader may take to accept a message.
const WRITE_WITHIN: Duration = Duration::from_secs(2);

/// An open cable.
#[derive(Debug)]
pub struct Port(File);

impl Port {
    /// A serial or USB-CDC device: 8 data bits, no parity, no flow control, nothing interpreted, for this program alone.
    pub fn serial(device: &Path, baud: u32) -> std::io::Result<Self> {
        let flags = libc::O_NOCTTY | libc::O_NONBLOCK;
        let file = OpenOptions::new().read(true).write(true).custom_flags(flags).open(device)?;
        let mut modes = tcgetattr(&file)?;
        modes.make_raw();
        modes.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
        modes.control_modes &= !(ControlModes::CSTOPB | ControlModes::CRTSCTS);
        modes.set_speed(baud)?;
        tcsetattr(&file, OptionalActions::Flush, &modes)?;
        // Two programs on one reader would each get half of every card.
        rustix::termios::ioctl_tiocexcl(&file)?;
        Ok(Self(file))
    }

    /// A device, pipe or file that delivers characters; `-` is standard input.
    pub fn characters(device: &Path) -> std::io::Result<Self> {
        if device == Path::new("-") {
            return Ok(Self(File::from(rustix::io::dup(std::io::stdin())?)));
        }
        let flags = libc::O_NOCTTY | libc::O_NONBLOCK;
        Ok(Self(OpenOptions::new().read(true).custom_flags(flags).open(device)?))
    }

    /// A chip reader's adapter on the network, mostly on this machine.
    pub fn tcp(address: &str, within: Duration) -> std::io::Result<Self> {
        let address = address
            .to_socket_addrs()?
            .next()
            .ok_or_else(|| std::io::Error::new(ErrorKind::NotFound, "the name has no address"))?;
        let stream = TcpStream::connect_timeout(&address, within)?;
        stream.set_nodelay(true)?;
        Ok(stream.into())
    }

    /// What has come, at most `buffer`; 0 bytes after `wait` without any.
    ///
    /// # Errors
    /// [`ReaderError::Gone`] when the other side is; [`ReaderError::Io`].
    pub fn read(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, ReaderError> {
        if !self.ready(PollFlags::IN, wait)? {
            return Ok(0);
        }
        match self.0.read(buffer) {
            Ok(0) => Err(ReaderError::Gone),
            Ok(n) => Ok(n),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(0),
            Err(e) if gone(&e) => Err(ReaderError::Gone),
            Err(e) => Err(e.into()),
        }
    }

    /// Sends all of it.
    ///
    /// # Errors
    /// As [`read`](Self::read); a reader that takes nothing for two seconds is gone.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), ReaderError> {
        let until = Instant::now() + WRITE_WITHIN;
        while !bytes.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.ready(PollFlags::OUT, left)? {
                return Err(ReaderError::Gone);
            }
            match self.0.write(bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(e) if gone(&e) => return Err(ReaderError::Gone),
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    /// Whether the cable is ready for `what` within `wait`; a hang-up is ready too, reading says so.
    fn ready(&self, what: PollFlags, wait: Duration) -> Result<bool, ReaderError> {
        let wait =
            Timespec { tv_sec: wait.as_secs().min(3600) as i64, tv_nsec: i64::from(wait.subsec_nanos()) };
        match poll(&mut [PollFd::new(&self.0, what)], Some(&wait)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(e) => Err(ReaderError::Io(e.into())),
        }
    }
}

impl From<TcpStream> for Port {
    fn from(stream: TcpStream) -> Self {
        Self(File::from(OwnedFd::from(stream)))
    }
}

impl From<OwnedFd> for Port {
    fn from(fd: OwnedFd) -> Self {
        Self(File::from(fd))
    }
}

/// What a pulled cable or a closed connection looks like.
fn gone(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof)
        || matches!(error.raw_os_error(), Some(libc::EIO | libc::ENODEV | libc::ENXIO))
}
