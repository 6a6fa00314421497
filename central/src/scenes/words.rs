//! Problems of scenes in Vietnamese. The English text is [`wire::scene::check`]'s own.

use wire::scene::SceneProblem;

/// English, Vietnamese.
const WORDS: &[(&str, &str)] = &[
    ("this program speaks format 1", "phần mềm này chỉ hiểu định dạng 1"),
    ("width and height must be above 0", "chiều rộng và chiều cao phải lớn hơn 0"),
    ("at most 64 of each kind", "mỗi loại tối đa 64"),
    ("this id is used twice in the scene", "mã này được dùng hai lần trong sơ đồ"),
    (
        "flow needs two points that differ: traffic goes from the first to the second",
        "hướng đi cần hai điểm khác nhau: xe đi từ điểm thứ nhất đến điểm thứ hai",
    ),
    ("the line has no length", "vạch chưa có chiều dài"),
    ("governed names a signal that is not drawn", "vạch chịu một đèn chưa được vẽ"),
    ("a marking needs two points or more", "vạch kẻ cần ít nhất hai điểm"),
    ("draw its lamps or name its controller", "hãy vẽ các bóng đèn hoặc chọn tủ điều khiển"),
    ("colour of a lamp is red, yellow, green or any", "màu bóng đèn là đỏ, vàng, xanh hoặc chung một ô"),
    (
        "a lamp's box must lie in the picture and be no smaller than 0.002",
        "ô bóng đèn phải nằm trong ảnh và không nhỏ hơn 0,002 chiều ảnh",
    ),
    ("four measured points at least", "cần ít nhất bốn điểm đo"),
    ("metres must be within 10 km of the origin", "toạ độ mét phải trong vòng 10 km quanh gốc"),
    (
        "dwell_s, way, length_m and limit_kmh must be above 0",
        "thời gian dừng, quãng đường, chiều dài đoạn và tốc độ giới hạn phải lớn hơn 0",
    ),
    ("hours are HH:MM, days 1 (Monday) to 7", "giờ viết dạng GG:PP, ngày từ 1 (thứ Hai) đến 7 (Chủ nhật)"),
    ("about names stop lines that a signal governs", "luật đèn đỏ cần vạch dừng có đèn điều khiển"),
    ("about names the entry line, then the exit line", "luật rẽ cần vạch vào trước, rồi vạch ra"),
    (
        "about names its lines: first and second, or the one here when the other camera has the other",
        "luật đo đoạn cần vạch đầu và vạch cuối, hoặc một vạch ở đây khi camera kia có vạch còn lại",
    ),
    (
        "with one line here, draw it as entry at the first camera and as exit at the second",
        "chỉ một vạch ở đây thì vẽ vạch vào tại camera đầu đoạn, vạch ra tại camera cuối đoạn",
    ),
    ("length_m must be set", "hãy ghi chiều dài đoạn"),
    ("limit_kmh must be set", "hãy ghi tốc độ giới hạn"),
    ("dwell_s must be set", "hãy ghi dừng bao lâu thì tính là lỗi"),
    ("speed needs ground: four measured points", "đo tốc độ cần mặt đường đã đo: bốn điểm"),
    ("a point is outside of the picture; coordinates go from 0 to 1", "có điểm nằm ngoài ảnh"),
    ("needs three to 64 corners that enclose an area", "cần từ ba đến 64 góc bao quanh một vùng đủ lớn"),
];

/// What is wrong, in Vietnamese; the English text where this version has none.
pub fn vietnamese(problem: &SceneProblem) -> String {
    if let Some((_, vi)) = WORDS.iter().find(|(en, _)| *en == problem.what) {
        return (*vi).to_owned();
    }
    named(&problem.what).unwrap_or_else(|| problem.what.clone())
}

/// Sentences that name something drawn.
fn named(what: &str) -> Option<String> {
    let (name, rest) = what.strip_prefix("about names ")?.split_once(", ")?;
    if rest == "which is not drawn" {
        return Some(format!("luật nhắc đến {name}, chưa được vẽ"));
    }
    if rest.starts_with("a zone of another kind") {
        return Some(format!("luật nhắc đến {name}, vùng thuộc loại khác nên sẽ không báo gì"));
    }
    let lists = rest.split_once("; it is about ")?.1;
    let word = |list: &str| match list {
        "lanes" => "làn",
        "lines" => "vạch",
        "zones" => "vùng",
        _ => "vạch kẻ",
    };
    let lists = lists.split(" and ").map(word).collect::<Vec<_>>().join(" hoặc ");
    Some(format!("luật nhắc đến {name}, nhưng luật này cần {lists}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wire::scene::{Scene, check};

    use super::*;

    #[test]
    fn every_problem_that_a_scene_can_have_is_said_in_vietnamese() {
        let bad = json!({
            "v": 2, "camera": "c", "picture": [0, 0],
            "ground": { "points": [{ "at": [2.0, 0.0], "metres": [1e9, 0.0] }], "measured_on": "2026-01-01", "measured_by": "" },
            "lanes": [{ "id": "a", "corners": [], "flow": [[0.1, 0.1], [0.1, 0.1]] }, { "id": "a", "corners": [], "flow": [[0.1, 0.1], [0.2, 0.1]] }],
            "lines": [{ "id": "b", "from": [0.1, 0.1], "to": [0.1, 0.1], "kind": "stop", "governed": [{ "signal": "no" }] }],
            "markings": [{ "id": "m", "points": [[0.1, 0.1]] }],
            "signals": [{ "id": "s", "lamps": [] }, { "id": "t", "lamps": [{ "colour": "blue", "area": [0.0, 0.0, 0.0, 0.0] }] }],
            "rules": [
                { "id": "r", "kind": "red_light", "about": ["gone"], "dwell_s": -1.0, "hours": [{ "from": "x", "to": "y" }] },
                { "id": "u", "kind": "u_turn" }, { "id": "p", "kind": "stop_park", "about": ["b"] }, { "id": "v", "kind": "speed_section" },
                { "id": "v1", "kind": "speed_section", "about": ["b"] },
            ],
        });
        let mut bad: Scene = serde_json::from_value(bad).unwrap();
        let mut all = check(&bad);
        bad.ground = None;
        let other = json!([{ "id": "w", "kind": "speed_homography" }, { "id": "x", "kind": "stop_park", "about": ["z0"] }]);
        bad.rules = serde_json::from_value(other).unwrap();
        bad.zones = (0..65)
            .map(|n| {
                serde_json::from_value(json!({ "id": format!("z{n}"), "corners": [], "kind": "junction" }))
                    .unwrap()
            })
            .collect();
        all.extend(check(&bad));
        let mut said: Vec<&str> = all.iter().map(|problem| problem.what.as_str()).collect();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), WORDS.len() + 3, "every text of the table, and those with a name: {said:#?}");
        for problem in &all {
            assert_ne!(vietnamese(problem), problem.what, "{problem}");
        }
    }
}
