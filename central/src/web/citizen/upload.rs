//! What a citizen sends: words, and a few files whose type is found in their content. Nothing is kept of a form with anything wrong
//! in it; the page still holds what was typed.

use axum::extract::multipart::Field;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use bytes::Bytes;
use unicode_normalization::UnicodeNormalization as _;

use crate::store::handling::Attachment;
use crate::web::Web;
use crate::web::problem::Problem;

/// Most files of an answer.
pub const MAX_FILES: usize = 5;
/// Largest file, bytes.
pub const MAX_FILE: usize = 5 * 1024 * 1024;
/// Fewest and most characters of an answer.
const WORDS: std::ops::RangeInclusive<usize> = 10..=4000;
/// Most bytes of the words.
const MAX_TEXT: usize = 32 * 1024;
/// Most bytes of a whole form.
pub const MAX_BODY: usize = MAX_FILES * MAX_FILE + 256 * 1024;
/// Longest file name that is kept, letters.
const MAX_NAME: usize = 60;

/// Words with files.
#[derive(Debug)]
pub struct Statement {
    /// What was written.
    pub text: String,
    /// What came with it.
    pub files: Vec<Attachment>,
}

/// The form as it is described.
#[derive(Debug, utoipa::ToSchema)]
#[allow(dead_code)] // described for OpenAPI, read field by field
pub struct StatementForm {
    /// 10 to 4000 characters.
    text: String,
    /// Up to five files of at most 5 MiB: JPEG, PNG or PDF by their content.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
}

fn too_large(what: &'static str) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", what)
}

/// Reads a form. What is too much is read to its end and dropped, so that the browser hears the answer.
pub async fn statement(web: &Web, request: Request) -> Result<Statement, Problem> {
    let _permit = web.citizen.uploads.acquire().await.map_err(|error| Problem::internal(&error))?;
    let mut parts = Multipart::from_request(request, web).await?;
    let (mut text, mut files, mut wrong) = (None, Vec::new(), None);
    while let Some(part) = parts.next_field().await.map_err(whole)? {
        let name = part.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "text" => match bounded(part, MAX_TEXT).await? {
                Some(bytes) => text = String::from_utf8(bytes).ok(),
                None => wrong = wrong.or(Some(Problem::unacceptable("bad_fields", "text: too long"))),
            },
            "file" => {
                let file_name = part.file_name().unwrap_or_default().to_owned();
                match (files.len() < MAX_FILES, bounded(part, MAX_FILE).await?) {
                    (false, _) => {
                        wrong =
                            wrong.or(Some(Problem::unacceptable("too_many_files", "file: at most 5 files")))
                    }
                    (true, None) => wrong = wrong.or(Some(too_large("file: at most 5 MiB each"))),
                    (true, Some(bytes)) => match file(&file_name, bytes, files.len()) {
                        Ok(file) => files.push(file),
                        Err(problem) => wrong = wrong.or(Some(problem)),
                    },
                }
            }
            _ => return Err(Problem::bad_request("bad_form", "the form has the fields text and file")),
        }
    }
    if let Some(problem) = wrong {
        return Err(problem);
    }
    let text = text.map(|text| text.trim().replace("\r\n", "\n")).unwrap_or_default();
    if !WORDS.contains(&text.chars().count())
        || text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return Err(Problem::unacceptable("bad_fields", "text: write 10 to 4000 characters"));
    }
    Ok(Statement { text, files })
}

/// A form that is larger than all its files may be is one with a file too large.
fn whole(error: axum::extract::multipart::MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large("the form is larger than 5 files of 5 MiB");
    }
    error.into()
}

/// A part's bytes; none when there are more than `most`.
async fn bounded(mut part: Field<'_>, most: usize) -> Result<Option<Vec<u8>>, Problem> {
    let (mut bytes, mut more) = (Vec::new(), false);
    while let Some(chunk) = part.chunk().await.map_err(whole)? {
        more |= bytes.len() + chunk.len() > most;
        if more {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((!more).then_some(bytes))
}

/// A file whose content is what it may be; its name and what the browser said of its type do not count.
fn file(name: &str, bytes: Vec<u8>, index: usize) -> Result<Attachment, Problem> {
    let found = infer::get(&bytes).map(|kind| kind.mime_type());
    let (media_type, extension) = match found {
        Some("image/jpeg") => ("image/jpeg", "jpg"),
        Some("image/png") => ("image/png", "png"),
        Some("application/pdf") => ("application/pdf", "pdf"),
        _ => {
            let detail = "file: only JPEG, PNG or PDF; the content counts, not the name";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "bad_type", detail));
        }
    };
    Ok(Attachment { name: safe_name(name, extension, index), media_type, content: Bytes::from(bytes) })
}

/// A name that can stand in a header and in a folder: letters and digits without marks, and the ending of what it really is.
fn safe_name(name: &str, extension: &str, index: usize) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let plain = stem.replace(['đ', 'Đ'], "d").nfd().filter(char::is_ascii).collect::<String>();
    let plain: String =
        plain.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(MAX_NAME).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let stem = if words.is_empty() { format!("tep-{}", index + 1) } else { words.join("-") };
    format!("{stem}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_safe_and_ends_as_its_content_says() {
        assert_eq!(safe_name("Hợp đồng mua bán xe.PDF", "pdf", 0), "Hop-dong-mua-ban-xe.pdf");
        assert_eq!(safe_name("..\\..\\etc/passwd\".exe\r\n", "jpg", 0), "passwd.jpg");
        assert_eq!(safe_name("", "png", 2), "tep-3.png");
        assert!(safe_name(&"á".repeat(500), "png", 0).len() <= MAX_NAME + 4);
    }

    #[test]
    fn the_content_of_a_file_counts_and_not_its_name() {
        assert_eq!(file("a.exe", b"%PDF-1.7\n".to_vec(), 0).unwrap().media_type, "application/pdf");
        assert_eq!(
            file("a", vec![0x89, b'P', b'N', b'G', 13, 10, 26, 10], 0).unwrap().media_type,
            "image/png"
        );
        for bytes in [
            &b"MZ\x90"[..],
            b"<html>",
            b"",
            b"GIF89a\x01",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"PK\x03\x04",
        ] {
            assert!(file("a.pdf", bytes.to_vec(), 0).is_err(), "{bytes:?}");
        }
    }
}
