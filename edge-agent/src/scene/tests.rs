use proptest::prelude::*;
use wire::scene::{GroundPoint, Scene};

use super::*;

fn golden() -> Scene {
    serde_json::from_str(include_str!("../../../tests/goldens/v1/scene.json")).expect("a scene")
}

/// A camera's own homography, metres to pixels: height, tilt and focal length as at a junction.
fn project(metres: [f64; 2]) -> [f64; 2] {
    let (x, y) = (metres[0], metres[1]);
    let depth = 12.0 + 0.9 * y;
    [640.0 + 900.0 * (x - 5.0) / depth, 260.0 + 900.0 * 6.0 / depth]
}

fn points(ground: &[[f64; 2]]) -> Vec<Measured> {
    ground.iter().map(|metres| (project(*metres), *metres)).collect()
}

const CORNERS: [[f64; 2]; 4] = [[0.0, 0.0], [10.0, 0.0], [0.0, 25.0], [10.0, 25.0]];

#[test]
fn a_lane_a_line_and_a_zone_are_found_where_they_were_drawn() {
    let scene = CalibratedScene::new(&golden(), 1280, 720).expect("a good scene");
    let lane = scene.lane_at(Point { x: 0.45 * 1280.0, y: 0.6 * 720.0 }).map(|lane| lane.id.to_string());
    assert_eq!(lane.as_deref(), Some("lan-1"));
    assert!(scene.lane_at(Point { x: 10.0, y: 10.0 }).is_none());
    let line = scene.line(&Name::new("vach-dung").expect("a name")).expect("the line").1.clone();
    // Drawn from right to left, so that those who go up the picture go with it.
    let (below, above) =
        (line.beside(Point { x: 600.0, y: 600.0 }), line.beside(Point { x: 600.0, y: 400.0 }));
    assert!(below.distance < 0.0 && above.distance > 0.0, "{below:?} {above:?}");
    assert!(below.between && !line.beside(Point { x: 10.0, y: 400.0 }).between);
    let reference = scene.reference(None);
    assert_eq!((reference.version, reference.camera.as_str()), (3, "huong-bac"));
}

#[test]
fn every_problem_of_a_scene_is_told_and_a_flat_ground_is_one() {
    let mut bad = golden();
    bad.lanes[0].corners.truncate(2);
    let ground = bad.ground.as_mut().expect("ground");
    for (n, point) in ground.points.iter_mut().enumerate() {
        *point = GroundPoint { at: [0.2 + 0.1 * n as f32, 0.5], metres: [n as f64, 0.0] };
    }
    let told = CalibratedScene::new(&bad, 1280, 720).expect_err("refused").to_string();
    assert!(told.contains("lanes.lan-1") && told.contains("one straight line"), "{told}");
    assert!(CalibratedScene::new(&golden(), 0, 720).expect_err("refused").to_string().contains("no pixels"));
}

#[test]
fn four_points_fit_exactly_and_a_wrong_fifth_shows_as_an_error_in_pixels_and_metres() {
    let exact = Homography::fit(&points(&CORNERS)).expect("a ground");
    assert!(exact.error_px() < 1e-6 && exact.error_m() < 1e-6, "{exact:?}");
    let mut more = points(&CORNERS);
    more.push((project([5.0, 12.0]), [5.0, 12.0]));
    let five = Homography::fit(&more).expect("a ground");
    assert!(five.error_m() < 1e-6);
    more.push((project([5.0, 6.0]), [6.0, 6.0]));
    let wrong = Homography::fit(&more).expect("a ground");
    assert!((0.1..1.0).contains(&wrong.error_m()), "{}", wrong.error_m());
    assert!((2.0..60.0).contains(&wrong.error_px()), "{}", wrong.error_px());
    assert_eq!(wrong.points(), 6);
}

#[test]
fn points_from_which_nothing_follows_are_refused_with_the_reason() {
    let refused = |ground: &[[f64; 2]]| Homography::fit(&points(ground)).expect_err("refused");
    assert_eq!(refused(&CORNERS[..3]), GroundError::TooFew(3));
    let line = refused(&[[0.0, 0.0], [5.0, 10.0], [10.0, 20.0], [2.0, 18.0]]);
    assert_eq!(line, GroundError::Collinear("in the picture"));
    let all = refused(&[[0.0, 0.0], [1.0, 5.0], [2.0, 10.0], [3.0, 15.0], [4.0, 20.0]]);
    assert!(matches!(all, GroundError::Collinear(_)));
    let twice = refused(&[CORNERS[0], CORNERS[1], CORNERS[0], CORNERS[3]]);
    assert_eq!(twice, GroundError::Doubled(1, 3, "in the picture"));
    let mut odd = points(&CORNERS);
    odd[2].1[0] = f64::NAN;
    assert_eq!(Homography::fit(&odd), Err(GroundError::NotANumber(3)));
    // Two corners of a rectangle mixed up: a bow tie has no ground.
    let mut crossed = points(&CORNERS);
    (crossed[2].1, crossed[3].1) = (crossed[3].1, crossed[2].1);
    assert_eq!(Homography::fit(&crossed), Err(GroundError::Contradiction));
}

#[test]
fn above_the_horizon_there_is_no_ground() {
    let ground = Homography::fit(&points(&CORNERS)).expect("a ground");
    assert!(ground.ground(Point { x: 640.0, y: 200.0 }).is_none());
    assert!(ground.ground(Point { x: 640.0, y: 500.0 }).is_some());
    let (near, far) = (Point { x: 640.0, y: 680.0 }, Point { x: 640.0, y: 400.0 });
    assert!(ground.metres_per_px(far).expect("metres") > ground.metres_per_px(near).expect("metres"));
}

#[test]
fn a_polyline_has_two_sides_also_at_its_corners_and_beyond_its_ends() {
    let way = Way::new(vec![
        Point { x: 100.0, y: 100.0 },
        Point { x: 200.0, y: 100.0 },
        Point { x: 200.0, y: 100.0 },
        Point { x: 260.0, y: 200.0 },
    ]);
    let side = |x: f32, y: f32| way.beside(Point { x, y }).distance.signum();
    assert_eq!((side(150.0, 120.0), side(150.0, 80.0)), (1.0, -1.0));
    assert_eq!((side(230.0, 120.0), side(210.0, 150.0)), (-1.0, 1.0));
    assert_eq!((side(20.0, 110.0), side(20.0, 90.0)), (1.0, -1.0));
    assert!(
        !way.beside(Point { x: 20.0, y: 110.0 }).between && way.beside(Point { x: 150.0, y: 90.0 }).between
    );
    assert!((way.beside(Point { x: 150.0, y: 130.0 }).distance - 30.0).abs() < 1e-3);
}

#[test]
fn a_vehicles_far_end_follows_from_the_ground_and_its_class() {
    let scene = CalibratedScene::new(&golden(), 1280, 720).expect("a good scene");
    let bbox = BBox { x: 600.0, y: 330.0, w: 120.0, h: 110.0 };
    let car = scene.footprint(&bbox, VehicleClass::Car);
    let bus = scene.footprint(&bbox, VehicleClass::Bus);
    assert!(car[0].y == 440.0 && car[2].y < 440.0 && bus[2].y < car[2].y, "{car:?} {bus:?}");
    assert!(bus[2].y >= 440.0 - MOST_ROAD * 110.0 - 1e-3);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_and_back_is_the_same_place(x in -3.0f64..13.0, y in -5.0f64..40.0) {
        let ground = Homography::fit(&points(&CORNERS)).expect("a ground");
        let [px, py] = project([x, y]);
        let pixel = Point { x: px as f32, y: py as f32 };
        let [gx, gy] = ground.ground(pixel).expect("before the horizon");
        prop_assert!((gx - x).hypot(gy - y) < 0.02, "{gx} {gy} for {x} {y}");
        let back = ground.picture([gx, gy]).expect("before the camera");
        prop_assert!((back.x - pixel.x).hypot(back.y - pixel.y) < 0.01);
    }

    #[test]
    fn any_four_points_fit_exactly_or_are_refused(
        ground in prop::collection::vec((-20.0f64..20.0, 0.0f64..60.0), 4),
    ) {
        let ground: Vec<[f64; 2]> = ground.into_iter().map(|(x, y)| [x, y]).collect();
        match Homography::fit(&points(&ground)) {
            Ok(fit) => prop_assert!(fit.error_px() < 1e-3, "{}", fit.error_px()),
            Err(error) => prop_assert!(
                matches!(error, GroundError::Collinear(_) | GroundError::Doubled(..)), "{error}"
            ),
        }
    }

    #[test]
    fn noise_of_a_pixel_stays_a_small_error(
        noise in prop::collection::vec((-1.0f64..1.0, -1.0f64..1.0), 9),
    ) {
        let grid: Vec<[f64; 2]> =
            (0..9).map(|n| [f64::from(n % 3) * 5.0, f64::from(n / 3) * 12.0]).collect();
        let mut noisy = points(&grid);
        for ((pixel, _), (dx, dy)) in noisy.iter_mut().zip(noise) {
            (pixel[0], pixel[1]) = (pixel[0] + dx, pixel[1] + dy);
        }
        let fit = Homography::fit(&noisy).expect("a ground");
        prop_assert!(fit.error_px() < 2.0 && fit.error_m() < 0.6, "{} {}", fit.error_px(), fit.error_m());
    }

    #[test]
    fn random_points_never_panic(
        all in prop::collection::vec((any::<f32>(), any::<f32>(), any::<f32>(), any::<f32>()), 0..12),
    ) {
        let all: Vec<Measured> = all
            .into_iter()
            .map(|(a, b, c, d)| ([f64::from(a), f64::from(b)], [f64::from(c), f64::from(d)]))
            .collect();
        if let Ok(fit) = Homography::fit(&all) {
            let _ = (fit.ground(Point { x: 1.0, y: 2.0 }), fit.metres_per_px(Point { x: 1.0, y: 2.0 }));
        }
    }
}
