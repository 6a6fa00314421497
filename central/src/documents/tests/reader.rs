//! Reads the text back out of a PDF that was written unpacked, as a viewer does for copying and searching: glyphs through each
//! font's ToUnicode map, and `ActualText` where it stands. Knows what this program's PDFs hold, and no more.

use std::collections::BTreeMap;

/// Text of each page; lines are separated by spaces.
pub fn pages(pdf: &[u8]) -> Vec<String> {
    let objects = objects(pdf);
    let text = |id: usize| String::from_utf8_lossy(&objects[&id]).into_owned();
    let kids = text(1);
    let kids = between(&kids, "/Kids[", "]").unwrap();
    references(kids)
        .into_iter()
        .map(|page| {
            let page = text(page);
            let resources = text(reference(&page, "/Resources "));
            let fonts = between(&resources, "/Font<<", ">>").unwrap();
            let maps = fonts.split('/').skip(1).map(|entry| {
                let (name, id) = entry.split_once(' ').unwrap();
                let font = text(references(id)[0]);
                (name.to_owned(), map(&text(reference(&font, "/ToUnicode "))))
            });
            content(&objects[&reference(&page, "/Contents ")], &maps.collect())
        })
        .collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(start)? + start.len()..];
    rest.split(end).next()
}

fn reference(text: &str, name: &str) -> usize {
    references(&text[text.find(name).unwrap() + name.len()..])[0]
}

/// Numbers of `12 0 R`.
fn references(text: &str) -> Vec<usize> {
    let numbers =
        text.split(" 0 R").filter_map(|part| part.rsplit([' ', '[', '/']).find(|word| !word.is_empty()));
    numbers.filter_map(|number| number.parse().ok()).collect()
}

fn objects(pdf: &[u8]) -> BTreeMap<usize, Vec<u8>> {
    let find = |from: usize, what: &[u8]| {
        pdf[from..].windows(what.len()).position(|window| window == what).map(|at| from + at)
    };
    let (mut all, mut at) = (BTreeMap::new(), 0);
    while let Some(start) = find(at, b" 0 obj") {
        let digits = pdf[..start].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let id = std::str::from_utf8(&pdf[start - digits..start]).unwrap().parse().unwrap();
        let end = find(start, b"endobj").unwrap();
        all.insert(id, pdf[start + 6..end].to_vec());
        at = end;
    }
    all
}

/// `<0001> <0043>` lines of a ToUnicode map.
fn map(text: &str) -> BTreeMap<u16, String> {
    let pair = |line: &str| {
        let (code, letters) = line.strip_prefix('<')?.split_once("> <")?;
        Some((u16::from_str_radix(code, 16).ok()?, utf16(letters.trim_end().strip_suffix('>')?)))
    };
    text.lines().filter_map(pair).filter(|(_, letters)| !letters.is_empty()).collect()
}

fn utf16(hex: &str) -> String {
    let units = (0..hex.len() / 4).map(|at| u16::from_str_radix(&hex[at * 4..at * 4 + 4], 16).unwrap());
    String::from_utf16(&units.filter(|unit| *unit != 0xfeff).collect::<Vec<_>>()).unwrap()
}

fn content(bytes: &[u8], fonts: &BTreeMap<String, BTreeMap<u16, String>>) -> String {
    let (mut out, mut at, mut font, mut actual) = (String::new(), 0, None, false);
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"/f") {
            let name: String = rest[1..].iter().map(|b| char::from(*b)).take_while(|c| *c != ' ').collect();
            at += 1 + name.len();
            font = fonts.get(&name);
        } else if rest.starts_with(b"/ActualText<") {
            let hex: String = rest[12..].iter().map(|b| char::from(*b)).take_while(|c| *c != '>').collect();
            out.push_str(&utf16(&hex));
            (actual, at) = (true, at + 13 + hex.len());
        } else if rest.starts_with(b"EMC") {
            (actual, at) = (false, at + 3);
        } else if rest.starts_with(b"ET") {
            out.push(' ');
            at += 2;
        } else if rest[0] == b'(' || rest[0] == b'<' && rest.get(1).is_some_and(u8::is_ascii_hexdigit) {
            let (codes, length) = string(rest);
            at += length;
            if !actual {
                let map = font.expect("a font before the first glyph");
                out.extend(codes.chunks(2).map(|pair| map[&u16::from_be_bytes([pair[0], pair[1]])].as_str()));
            }
        } else {
            at += 1;
        }
    }
    out
}

/// A string of a content stream: its bytes, and how long it is written.
fn string(text: &[u8]) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut at = 1;
    if text[0] == b'<' {
        while text[at] != b'>' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&text[at..at + 2]).unwrap(), 16).unwrap());
            at += 2;
        }
        return (bytes, at + 1);
    }
    let mut depth = 0;
    loop {
        match text[at] {
            b'\\' => {
                let next = text[at + 1];
                if next.is_ascii_digit() {
                    bytes.push(
                        u8::from_str_radix(std::str::from_utf8(&text[at + 1..at + 4]).unwrap(), 8).unwrap(),
                    );
                    at += 2;
                } else {
                    let plain = match next {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'f' => 12,
                        other => other,
                    };
                    bytes.push(plain);
                }
                at += 2;
            }
            b')' if depth == 0 => return (bytes, at + 1),
            byte => {
                depth += i32::from(byte == b'(') - i32::from(byte == b')');
                bytes.push(byte);
                at += 1;
            }
        }
    }
}
