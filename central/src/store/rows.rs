//! What reading shares: rows as structs, the sites an account sees, lists of placeholders.

/// Declares a struct and how it is read from a row whose columns have the fields' names.
macro_rules! row {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        impl $name {
            /// Reads a row whose columns have the fields' names.
            pub(in crate::store) fn read(row: &sqlx::any::AnyRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?,)* })
            }
        }
    };
}
pub(in crate::store) use row;

/// The sites that an account sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// Every site.
    pub fn all() -> Self {
        Self(String::new())
    }

    /// These sites; an empty list means every site. What is no site name cannot match anything.
    pub fn of(sites: &[String]) -> Self {
        match sites {
            [] => Self::all(),
            sites => Self(format!(",{},", sites.join(","))),
        }
    }

    /// Whether `site` is in it.
    pub fn sees(&self, site: &str) -> bool {
        self.0.is_empty() || self.0.contains(&format!(",{site},"))
    }

    /// For queries: `($n = '' or $n like '%,' || site || ',%')`. Site names hold no wildcard.
    pub(in crate::store) fn sql(&self) -> &str {
        &self.0
    }
}

/// `$from, …` for `count` values.
pub(in crate::store) fn placeholders(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_sees_its_sites_and_an_empty_one_all() {
        let scope = Scope::of(&["kcn".into(), "trang-an".into()]);
        assert!(scope.sees("kcn") && scope.sees("trang-an"));
        assert!(!scope.sees("kc") && !scope.sees("trang") && !scope.sees(""));
        assert!(Scope::of(&[]).sees("anything"));
    }

    #[test]
    fn placeholders_are_numbered() {
        assert_eq!(placeholders(2, 3), "$2, $3, $4");
    }
}
