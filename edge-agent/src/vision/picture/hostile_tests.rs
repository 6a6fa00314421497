//! Bad pictures, all made here: nothing hangs, panics or is taken for more than it is.

use std::io::Cursor;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use image::{DynamicImage, ImageFormat};
use proptest::prelude::*;

use super::{PictureError, Rgb, entry};

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).expect("encodes");
    out.into_inner()
}

fn grey(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageLuma8(image::GrayImage::from_fn(width, height, |x, y| {
        image::Luma([(x * 5 + y) as u8])
    }))
}

/// A segment of a JPEG file.
fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() + 2) as u16;
    [&[0xFF, marker][..], &length.to_be_bytes(), body].concat()
}

/// The file with a segment right after its beginning.
fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    [&jpeg[..2], &segment(marker, body), &jpeg[2..]].concat()
}

/// EXIF data that say nothing but which way is up.
fn exif(orientation: u16) -> Vec<u8> {
    let mut body = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    body.extend([orientation.to_le_bytes(), [0, 0]].concat());
    body.extend([0; 4]);
    body
}

/// A baseline JPEG of 8 × 8 equal pixels with these channel values: enough for any number of channels.
fn flat_jpeg(channels: &[u8], adobe_transform: Option<u8>) -> Vec<u8> {
    let n = channels.len() as u8;
    let mut file = vec![0xFF, 0xD8];
    if let Some(transform) = adobe_transform {
        file.extend(segment(0xEE, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat()));
    }
    file.extend(segment(0xDB, &[&[0u8][..], &[8; 64]].concat()));
    let parts = |f: fn(u8) -> Vec<u8>| (1..=n).flat_map(f).collect::<Vec<u8>>();
    file.extend(segment(0xC0, &[&[8, 0, 8, 0, 8, n][..], &parts(|c| vec![c, 0x11, 0])].concat()));
    // DC: nine categories of four bits each. AC: the end of the block alone, one bit.
    let dc: Vec<u8> = [&[0x00, 0, 0, 0, 9][..], &[0; 12], &(0..9).collect::<Vec<u8>>()].concat();
    let ac: Vec<u8> = [&[0x10, 1][..], &[0; 15], &[0]].concat();
    file.extend(segment(0xC4, &dc));
    file.extend(segment(0xC4, &ac));
    file.extend(segment(0xDA, &[&[n][..], &parts(|c| vec![c, 0]), &[0, 63, 0]].concat()));
    let mut bits = String::new();
    for value in channels {
        let level = i32::from(*value) - 128;
        let size = 32 - level.unsigned_abs().leading_zeros() as usize;
        let coded = if level < 0 { level + (1 << size) - 1 } else { level };
        bits += &format!("{size:04b}");
        if size > 0 {
            bits += &format!("{coded:0size$b}");
        }
        bits.push('0');
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0u8, |b, c| b << 1 | (c - b'0'));
        file.push(byte);
        if byte == 0xFF {
            file.push(0);
        }
    }
    file.extend([0xFF, 0xD9]);
    file
}

/// A PNG header with sizes of one's choice, and hardly any pixels behind it.
fn lying_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = encoded(&grey(1, 1), ImageFormat::Png);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32fast::hash(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

fn first_pixel(picture: &Rgb) -> [u8; 3] {
    [picture.data[0], picture.data[1], picture.data[2]]
}

#[test]
fn one_pixel_grey_alpha_and_16_bits_are_read() {
    let pixel = |p: DynamicImage| {
        let read = entry::decode(&encoded(&p, ImageFormat::Png)).expect("reads");
        assert_eq!((read.width, read.height, read.data.len()), (1, 1, 3));
        first_pixel(&read)
    };
    let one = |p| image::ImageBuffer::from_pixel(1, 1, p);
    assert_eq!(pixel(DynamicImage::ImageLuma8(one(image::Luma([70])))), [70; 3]);
    assert_eq!(
        pixel(DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(1, 1, image::Luma([0x8080])))),
        [128; 3]
    );
    // What is transparent is white, as every viewer shows it, not the black that lies hidden there.
    assert_eq!(
        pixel(DynamicImage::ImageLumaA8(image::ImageBuffer::from_pixel(1, 1, image::LumaA([0, 0])))),
        [255; 3]
    );
    let half = image::ImageBuffer::from_pixel(1, 1, image::Rgba([200, 0, 0, 255]));
    assert_eq!(pixel(DynamicImage::ImageRgba8(half)), [200, 0, 0]);
    let jpeg = encoded(&grey(1, 1), ImageFormat::Jpeg);
    assert_eq!(entry::decode(&jpeg).map(|p| (p.width, p.height)), Ok((1, 1)));
}

#[test]
fn a_cmyk_jpeg_has_the_colours_that_its_inks_make() {
    // Adobe writes inks inverted: 255 is no ink. All yellow and magenta, no cyan, no black: red.
    let red = entry::decode(&flat_jpeg(&[255, 0, 0, 255], Some(0))).expect("reads");
    let [r, g, b] = first_pixel(&red);
    assert!(r > 200 && g < 60 && b < 60, "{r} {g} {b}");
    let white = entry::decode(&flat_jpeg(&[255, 255, 255, 255], Some(0))).expect("reads");
    assert!(first_pixel(&white).iter().all(|c| *c > 240));
    let grey = entry::decode(&flat_jpeg(&[90], None)).expect("reads");
    assert!(first_pixel(&grey).iter().all(|c| c.abs_diff(90) <= 2));
}

#[test]
fn a_picture_comes_out_upright() {
    let mut wide = image::RgbImage::from_pixel(32, 16, image::Rgb([20, 20, 20]));
    for (x, y) in (0..16).flat_map(|x| (0..16).map(move |y| (x, y))) {
        wide.put_pixel(x, y, image::Rgb([240, 240, 240]));
    }
    let jpeg = encoded(&DynamicImage::ImageRgb8(wide), ImageFormat::Jpeg);
    for (orientation, size, bright_first) in
        [(1, (32, 16), true), (3, (32, 16), false), (6, (16, 32), true), (8, (16, 32), false)]
    {
        let read = entry::decode(&with_segment(&jpeg, 0xE1, &exif(orientation))).expect("reads");
        assert_eq!((read.width, read.height), size, "orientation {orientation}");
        assert_eq!(first_pixel(&read)[0] > 128, bright_first, "orientation {orientation}");
    }
    // Nonsense there changes nothing.
    for body in [exif(77), b"Exif\0\0II*\0\xFF\xFF\xFF\xFF".to_vec(), vec![0; 60_000]] {
        assert_eq!(entry::decode(&with_segment(&jpeg, 0xE1, &body)).map(|p| p.width), Ok(32));
    }
}

#[test]
fn a_size_that_is_only_claimed_costs_no_memory() {
    for (width, height) in [(60_000, 60_000), (16_384, 16_384), (16_385, 1)] {
        let told = entry::decode(&lying_png(width, height));
        assert!(matches!(told, Err(PictureError::TooLarge { .. } | PictureError::TooMuchMemory)), "{told:?}");
    }
    assert_eq!(entry::decode(&lying_png(u32::MAX >> 1, 1)), Err(PictureError::TooMuchMemory));
    assert!(matches!(
        entry::decode(&lying_png(7000, 7000)),
        Err(PictureError::CutShort(_) | PictureError::Damaged(_))
    ));
    let mut jpeg = flat_jpeg(&[90], None);
    let sof = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).expect("has one");
    jpeg[sof + 5..sof + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(entry::decode(&jpeg), Err(PictureError::TooLarge { width: 65_535, height: 65_535 }));
    jpeg[sof + 5..sof + 9].copy_from_slice(&[0, 8, 0, 0]);
    assert!(entry::decode(&jpeg).is_err());
}

#[test]
fn a_cut_picture_is_refused_whole_whatever_its_kind() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP] {
        let whole = encoded(&DynamicImage::ImageRgb8(grey(60, 40).into_rgb8()), format);
        assert!(entry::decode(&whole).is_ok(), "{format:?}");
        // A PNG's last chunk says nothing but that it ends.
        for cut in (0..whole.len() - 13).step_by(7) {
            assert!(entry::decode(&whole[..cut]).is_err(), "{format:?} cut at {cut}");
        }
    }
}

#[test]
fn the_end_of_a_thumbnail_is_not_the_end_of_the_picture() {
    let whole = encoded(&grey(60, 40), ImageFormat::Jpeg);
    let thumbnail = [b"Exif\0\0".as_slice(), &whole].concat();
    let with_thumbnail = with_segment(&whole, 0xE1, &thumbnail);
    assert!(entry::decode(&with_thumbnail).is_ok());
    let cut = &with_thumbnail[..with_thumbnail.len() - 100];
    assert_eq!(entry::decode(cut), Err(PictureError::CutShort("JPEG")));
    // Cameras append data of their own.
    assert!(entry::decode(&[whole.as_slice(), &[7; 9000]].concat()).is_ok());
}

#[test]
fn what_is_no_picture_is_told_what_it_is() {
    for (bytes, word) in [
        (&b""[..], "empty"),
        (b"\xEF\xBB\xBF  <!DOCTYPE html><title>404</title>", "HTML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"GIF89a\x01\0\x01\0", "GIF"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x18ftypisom", "replay"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"hello, I am text", "whatever its name says"),
        (b"\xFF\xD8\xFF\xD9", "cut short"),
        (b"RIFF\x20\0\0\0WEBPVP8X\x0A\0\0\0\x02", "animated WebP"),
        (b"\x89PNG\r\n\x1A\n\0\0\0\0acTL", "animated PNG"),
    ] {
        let told = entry::decode(bytes).map(|_| ()).expect_err(word).to_string();
        assert!(told.contains(word), "{told:?} should say {word:?}");
    }
}

#[test]
fn pipes_devices_folders_and_dead_links_are_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        at("pipe.jpg"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .expect("a pipe");
    std::os::unix::fs::symlink(at("pipe.jpg"), at("link-to-pipe.jpg")).expect("a link");
    std::os::unix::fs::symlink(at("loop.jpg"), at("loop.jpg")).expect("a link");
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.jpg")).expect("a socket");
    for (path, word) in [
        (at("pipe.jpg"), "pipe"),
        (at("link-to-pipe.jpg"), "pipe"),
        (at("socket.jpg"), "socket"),
        (folder.path().to_owned(), "folder"),
        (Path::new("/dev/zero").to_owned(), "device"),
        (at("loop.jpg"), "loop.jpg"),
        (at("missing.jpg"), "missing.jpg"),
    ] {
        let told = Rgb::open(&path).map(|_| ()).expect_err(word).to_string();
        assert!(told.contains(word), "{told:?} should say {word:?}");
    }
}

#[test]
fn a_name_that_is_no_text_and_a_link_to_a_file_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let odd = folder.path().join(std::ffi::OsStr::from_bytes(b"c\xF4ng \xFF.jpg"));
    std::fs::write(&odd, encoded(&grey(9, 7), ImageFormat::Jpeg)).expect("writes");
    let link = folder.path().join("link.png");
    std::os::unix::fs::symlink(&odd, &link).expect("a link");
    for path in [odd, link] {
        assert_eq!(Rgb::open(&path).map(|p| (p.width, p.height)).expect("reads"), (9, 7));
    }
}

#[test]
fn a_file_of_more_bytes_than_any_picture_is_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("huge.jpg");
    std::fs::File::create(&path).and_then(|f| f.set_len(entry::MAX_BYTES + 1)).expect("a sparse file");
    assert!(Rgb::open(&path).expect_err("refused").to_string().contains("MB"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn bytes_changed_anywhere_make_no_panic(kind in 0..4usize, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let format = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP][kind];
        let mut bytes = encoded(&DynamicImage::ImageRgb8(grey(24, 18).into_rgb8()), format);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(picture) = entry::decode(&bytes) {
            prop_assert_eq!(picture.data.len(), 3 * picture.width as usize * picture.height as usize);
        }
    }
}
