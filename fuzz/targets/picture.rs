//! Picture entry: any bytes. Nothing panics outside the decoders, and a picture has the pixels that it says.
#![no_main]
// The files are the agent's own; not all of what they offer is used here.
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;

/// The agent's entry alone: the agent itself would bring GStreamer and OpenCV.
#[path = "."]
mod picture {
    #[path = "../../edge-agent/src/vision/picture/entry.rs"]
    mod entry;
    #[path = "../../edge-agent/src/vision/picture/error.rs"]
    mod error;

    pub use entry::MAX_SIDE;
    pub use error::PictureError;

    /// As the agent's.
    pub struct Rgb {
        pub width: u32,
        pub height: u32,
        pub data: Vec<u8>,
    }

    pub fn decode(bytes: &[u8]) -> Result<Rgb, PictureError> {
        entry::decode(bytes)
    }
}

fuzz_target!(
    // The entry catches what panics inside a decoder, on purpose; the default here would end the run before it can.
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| {
        match picture::decode(bytes) {
            Ok(rgb) => {
                assert!(rgb.width > 0 && rgb.height > 0);
                assert!(rgb.width <= picture::MAX_SIDE && rgb.height <= picture::MAX_SIDE);
                assert_eq!(rgb.data.len(), rgb.width as usize * rgb.height as usize * 3);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
);
