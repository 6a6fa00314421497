//! Readers at the ends of real cables: pseudo-terminals and loopback connections.

use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use wire::identity::{IdentityError, TrustLevel, Warning};

use super::chip::simulator::{Scenario, simulate};
use super::chip::{ChipFault, ChipReader, Timeouts};
use super::*;

const TEXT: &str =
    "037090001234|161234567|Nguyễn Văn Mẫu|15081990|Nam|Thôn 1, Xã Gia Vân, Gia Viễn, Ninh Bình|10052021";
const SOON: Duration = Duration::from_secs(5);

/// The reader's end of a serial cable, and the name of the computer's end.
fn cable() -> (OwnedFd, PathBuf) {
    let reader = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
    grantpt(&reader).expect("granted");
    unlockpt(&reader).expect("unlocked");
    let name = ptsname(&reader, Vec::new()).expect("a name");
    (reader, PathBuf::from(name.to_str().expect("text")))
}

fn serial_reader() -> (OwnedFd, TextReader) {
    let (far, near) = cable();
    let port = Port::serial(&near, 9600).expect("opens");
    (far, TextReader::new(port, Duration::from_millis(60)))
}

fn send(cable: &OwnedFd, bytes: &[u8]) {
    rustix::io::write(cable, bytes).expect("sent");
}

#[test]
fn a_serial_reader_delivers_cards_with_any_end_sign_and_with_none() {
    let (far, mut reader) = serial_reader();
    for end in ["\r", "\n", "\r\n", "\t", ""] {
        send(&far, format!("{TEXT}{end}").as_bytes());
        match reader.next(SOON) {
            Ok(Some(Scan::Card(card))) => {
                assert_eq!(card.proven.level(), TrustLevel::QrOnly, "{end:?}");
                assert_eq!((card.name.as_str(), card.warnings.len()), ("Nguyễn Văn Mẫu", 0));
            }
            other => panic!("{end:?}: {other:?}"),
        }
    }
    assert!(matches!(reader.next(Duration::from_millis(50)), Ok(None)));
}

#[test]
fn a_text_that_comes_in_pieces_is_one_text() {
    let (far, mut reader) = serial_reader();
    let sender = std::thread::spawn(move || {
        for piece in format!("{TEXT}\r").as_bytes().chunks(9) {
            send(&far, piece);
            std::thread::sleep(Duration::from_millis(3));
        }
        far
    });
    assert!(matches!(reader.next(SOON), Ok(Some(Scan::Card(_)))));
    drop(sender.join());
    assert!(matches!(reader.next(SOON), Err(ReaderError::Gone)), "the cable is pulled");
}

#[test]
fn what_is_no_card_is_said_without_its_content_and_the_next_card_is_read() {
    let (far, mut reader) = serial_reader();
    for (text, reason) in [
        ("https://example.vn/secret".to_owned(), IdentityError::TooFewFields),
        (TEXT.replace('|', "~"), IdentityError::KeyboardLayout),
    ] {
        send(&far, format!("{text}\r").as_bytes());
        let scan = reader.next(SOON);
        assert!(matches!(scan, Ok(Some(Scan::NotACard(r))) if r == reason), "{scan:?}");
        assert!(!format!("{scan:?}").contains("secret"));
    }
    send(&far, format!("{}\r", TEXT.replace('ễ', "?")).as_bytes());
    let Ok(Some(Scan::Card(card))) = reader.next(SOON) else { panic!("a card with spoilt letters") };
    assert_eq!(card.warnings, [Warning::LettersDamaged]);
}

#[test]
fn a_serial_reader_belongs_to_one_program() {
    let (_far, near) = cable();
    let _first = Port::serial(&near, 9600).expect("opens");
    // The superuser may open it all the same.
    if !rustix::process::geteuid().is_root() {
        assert!(Port::serial(&near, 9600).is_err());
    }
}

#[test]
fn a_text_longer_than_any_code_is_dropped_and_counted() {
    let mut frames = Frames::new(10);
    assert!(frames.push(b"0123456789abcdef\r").is_empty());
    assert_eq!((frames.push(b"short\r").len(), frames.dropped()), (1, 1));
    assert!(frames.push(b"\r\n \r").is_empty());
}

/// What a simulated chip reader delivers first.
fn chip(scenario: Scenario) -> Result<Option<Scan>, ReaderError> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (stream, _): (TcpStream, _) = listener.accept().expect("a connection");
        let _ = simulate(stream.into(), scenario);
    });
    let port = Port::tcp(&address.to_string(), SOON).expect("connects");
    let mut reader = ChipReader::new(port, Timeouts { read_ms: 1000, silent_ms: 2500 });
    reader.next(SOON)
}

#[test]
fn a_good_chip_is_trusted_as_a_chip() {
    for scenario in [Scenario::Good, Scenario::Talkative, Scenario::Torn] {
        match chip(scenario) {
            Ok(Some(Scan::Card(card))) => {
                assert_eq!(card.proven.level(), TrustLevel::Chip, "{scenario:?}");
                assert_eq!(card.number.as_str(), "037090001234");
                assert!(!format!("{card:?}").contains("0370"));
            }
            other => panic!("{scenario:?}: {other:?}"),
        }
    }
}

#[test]
fn every_refusal_of_a_chip_reader_is_told_apart() {
    for (scenario, fault) in [
        (Scenario::Slow, ChipFault::Timeout),
        (Scenario::AccessDenied, ChipFault::AccessDenied),
        (Scenario::Removed, ChipFault::CardRemoved),
        (Scenario::NotAuthentic, ChipFault::NotAuthentic),
        (Scenario::UnknownAuthority, ChipFault::UnknownAuthority),
        (Scenario::Contradiction, ChipFault::NotAuthentic),
        (Scenario::Nonsense, ChipFault::BadAnswer),
    ] {
        let scan = chip(scenario);
        assert!(matches!(scan, Ok(Some(Scan::Fault(f))) if f == fault), "{scenario:?}: {scan:?}");
    }
}

#[test]
fn a_chip_reader_that_is_pulled_hangs_or_is_too_new_is_an_error() {
    assert!(matches!(chip(Scenario::Unplugged), Err(ReaderError::Gone)));
    assert!(matches!(chip(Scenario::Silent), Err(ReaderError::Silent(_))));
    assert!(matches!(chip(Scenario::NewerVersion), Err(ReaderError::Version(2))));
}

#[test]
fn a_chip_reader_works_over_a_serial_line_too() {
    let (far, near) = cable();
    let reader = Port::serial(&near, 115_200).expect("opens");
    std::thread::spawn(move || simulate(far.into(), Scenario::Good));
    let mut reader = ChipReader::new(reader, Timeouts { read_ms: 1000, silent_ms: 2500 });
    assert!(matches!(reader.next(SOON), Ok(Some(Scan::Card(_)))));
}

#[test]
fn all_faults_of_a_reader_configuration_are_named() {
    let reader = |source: &str| -> CardReaderConfig {
        toml::from_str(&format!("id = \"doc-the\"\nsource = {source}")).expect("reads")
    };
    let count = |source: &str| reader(source).problems(&["cong-1"]).len();
    assert_eq!(count("{ serial = { device = \"/dev/ttyACM0\" } }"), 0);
    assert_eq!(count("{ wedge = { device = \"-\" } }"), 0);
    assert_eq!(count("{ camera = { camera = \"cong-1\" } }"), 0);
    assert_eq!(count("{ chip = { address = \"127.0.0.1:4077\" } }"), 0);
    assert_eq!(count("{ chip = { address = \"adapter:4077\" } }"), 0);
    assert_eq!(count("{ serial = { device = \"\", baud = 9601, quiet_ms = 1 } }"), 3);
    assert_eq!(count("{ camera = { camera = \"cong-9\" } }"), 1);
    assert_eq!(count("{ chip = { } }"), 1);
    assert_eq!(
        count("{ chip = { device = \"/dev/x\", address = \"127.0.0.1\", read_ms = 1, silent_ms = 1 } }"),
        4
    );
    for unknown in ["{ serial = { device = \"x\", speed = 1 } }", "{ mouse = { } }"] {
        assert!(toml::from_str::<CardReaderConfig>(&format!("id = \"a\"\nsource = {unknown}")).is_err());
    }
}
