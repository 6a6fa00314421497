//! Codes drawn here, as a camera might see them.

use qrcodegen::{QrCode as Drawn, QrCodeEcc};

use super::*;

const TEXT: &str =
    "037090001234|161234567|Nguyễn Văn Mẫu|15081990|Nam|Thôn 1, Xã Gia Vân, Gia Viễn, Ninh Bình|10052021";

/// The code at `module` pixels a module, turned by `degrees`, in the middle of a grey 640 × 480 picture.
fn scene(text: &str, module: f32, degrees: f32) -> Grey {
    let code = Drawn::encode_text(text, QrCodeEcc::Medium).expect("fits");
    let half = code.size() as f32 * module / 2.0;
    let (sin, cos) = degrees.to_radians().sin_cos();
    let pixel = |x: f32, y: f32| {
        let (dx, dy) = (x - 320.0, y - 240.0);
        let (u, v) = (cos * dx + sin * dy, cos * dy - sin * dx);
        if u.abs().max(v.abs()) > half + 4.0 * module {
            return 120.0;
        }
        let at = |v: f32| ((v + half) / module).floor() as i32;
        if code.get_module(at(u), at(v)) { 40.0 } else { 215.0 }
    };
    let sampled = |i: usize| {
        let (x, y) = ((i % 640) as f32, (i / 640) as f32);
        let four = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];
        (four.iter().map(|(dx, dy)| pixel(x + dx, y + dy)).sum::<f32>() / 4.0) as u8
    };
    Grey { width: 640, height: 480, data: (0..640 * 480).map(sampled).collect() }
}

#[test]
fn a_code_is_read_at_every_angle_and_at_usual_sizes() {
    for (module, degrees) in [(6.0, 0.0), (4.0, 17.0), (3.0, 45.0), (4.0, 90.0), (3.5, 200.0), (2.5, 5.0)] {
        let found = read(&scene(TEXT, module, degrees));
        assert_eq!(found.len(), 1, "{module} px, {degrees}°");
        assert_eq!(found[0].text().as_str(), TEXT);
        let [x, y, w, h] = found[0].bounds;
        assert!(x < 320 && y < 240 && x + w > 320 && y + h > 240, "{:?}", found[0].bounds);
    }
}

#[test]
fn a_picture_without_a_code_has_none() {
    for (width, height) in [(1, 1), (1, 500), (500, 1), (20, 20), (640, 480)] {
        assert_eq!(read(&Grey { width, height, data: vec![128; width * height] }), []);
    }
    let noise = (0..640 * 480u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert_eq!(read(&Grey { width: 640, height: 480, data: noise }), []);
}

#[test]
fn debug_output_holds_no_content() {
    let found = read(&scene(TEXT, 5.0, 0.0));
    assert!(!format!("{found:?}").contains("0370"));
}
