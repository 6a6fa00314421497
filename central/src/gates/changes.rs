//! What differs between two versions of a document, for people who read it later. Pure.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One place that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PathChange {
    /// Where: `gates[cong-2].lanes[lan-1].policy.unknown`. Things with an id are named by it, others by their place.
    pub path: String,
    /// What it was; null where there was nothing.
    pub from: Value,
    /// What it is; null where it is gone.
    pub to: Value,
}

/// Every place in which two documents differ, in the order of the document.
pub fn between(before: &Value, after: &Value) -> Vec<PathChange> {
    let mut found = Vec::new();
    compare(String::new(), before, after, &mut found);
    found
}

fn compare(path: String, before: &Value, after: &Value, found: &mut Vec<PathChange>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(
                    path,
                    old.get(key).unwrap_or(&Value::Null),
                    new.get(key).unwrap_or(&Value::Null),
                    found,
                );
            }
        }
        (Value::Array(old), Value::Array(new)) if has_ids(old) && has_ids(new) => {
            let ids = old.iter().chain(new.iter().filter(|item| find(old, id(item)).is_none())).map(id);
            for id in ids {
                let [old, new] = [old, new].map(|list| find(list, id).unwrap_or(&Value::Null));
                compare(format!("{path}[{id}]"), old, new, found);
            }
        }
        _ => found.push(PathChange { path, from: before.clone(), to: after.clone() }),
    }
}

fn id(item: &Value) -> &str {
    item.get("id").or_else(|| item.get("date")).and_then(Value::as_str).unwrap_or_default()
}

fn has_ids(list: &[Value]) -> bool {
    list.iter().all(|item| !id(item).is_empty())
}

fn find<'a>(list: &'a [Value], wanted: &str) -> Option<&'a Value> {
    list.iter().find(|item| id(item) == wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_named_by_ids_and_fields() {
        let before = json!({"gates": [{"id": "a", "lanes": [{"id": "l", "unknown": "deny"}]}, {"id": "b"}], "form": "1"});
        let after = json!({"gates": [{"id": "a", "lanes": [{"id": "l", "unknown": "wait"}]}, {"id": "c"}], "form": "1"});
        let found = between(&before, &after);
        assert_eq!(
            found[0],
            PathChange { path: "gates[a].lanes[l].unknown".into(), from: json!("deny"), to: json!("wait") }
        );
        assert_eq!((found[1].path.as_str(), &found[1].to), ("gates[b]", &Value::Null));
        assert_eq!((found[2].path.as_str(), &found[2].from), ("gates[c]", &Value::Null));
        assert_eq!(found.len(), 3);
        assert_eq!(between(&after, &after), []);
    }
}
