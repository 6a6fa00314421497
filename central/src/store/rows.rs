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

/// What no site's list holds: a name has no '-' in front.
const NO_SITE: &str = ",-,";

/// What an account sees: sites, of an enterprise's account one group within its site, and whether it learns of what only the
/// police may know.
///
/// A query that knows of groups binds [`sites_sql`](Self::sites_sql) and [`group_sql`](Self::group_sql). One that does not binds
/// [`sql`](Self::sql), which shows an enterprise nothing: what was not made for tenants stays closed to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    sites: String,
    group: Option<String>,
    police: bool,
}

impl Scope {
    /// Every site.
    pub fn all() -> Self {
        Self::default()
    }

    /// These sites; an empty list means every site. What is no site name cannot match anything.
    pub fn of(sites: &[String]) -> Self {
        match sites {
            [] => Self::all(),
            sites => Self { sites: format!(",{},", sites.join(",")), group: None, police: false },
        }
    }

    /// The same, narrowed to one group.
    pub fn within(self, group: Option<String>) -> Self {
        Self { group, ..self }
    }

    /// The same for an account of the police role, or of another.
    pub fn for_police(self, police: bool) -> Self {
        Self { police, ..self }
    }

    /// For queries: `police_only <= $n`.
    pub(in crate::store) fn police(&self) -> i64 {
        i64::from(self.police)
    }

    /// The only group that is seen; `None` for everybody but an enterprise.
    pub fn group(&self) -> Option<&str> {
        self.group.as_deref()
    }

    /// Whether everything of `site` is in it; never for an enterprise.
    pub fn sees(&self, site: &str) -> bool {
        self.group.is_none() && self.sees_part_of(site)
    }

    /// Whether something of `site` is in it.
    pub fn sees_part_of(&self, site: &str) -> bool {
        self.sites.is_empty() || self.sites.contains(&format!(",{site},"))
    }

    /// Whether what belongs to this group of `site` (or to none) is in it.
    pub fn sees_of_group(&self, site: &str, group: Option<&str>) -> bool {
        self.sees_part_of(site) && self.group.as_deref().is_none_or(|own| group == Some(own))
    }

    /// For queries that know of no groups: `($n = '' or $n like '%,' || site || ',%')`. Site names hold no wildcard.
    pub(in crate::store) fn sql(&self) -> &str {
        if self.group.is_some() { NO_SITE } else { &self.sites }
    }

    /// As [`sql`](Self::sql), for queries that also bind [`group_sql`](Self::group_sql).
    pub(in crate::store) fn sites_sql(&self) -> &str {
        &self.sites
    }

    /// For queries: `($n = '' or group_id = $n)`.
    pub(in crate::store) fn group_sql(&self) -> &str {
        self.group.as_deref().unwrap_or_default()
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
    fn an_enterprise_sees_its_group_and_nothing_where_groups_are_not_known() {
        let scope = Scope::of(&["kcn".into()]).within(Some("may-10".into()));
        assert!(scope.sees_of_group("kcn", Some("may-10")) && scope.sees_part_of("kcn"));
        assert!(!scope.sees_of_group("kcn", Some("may")) && !scope.sees_of_group("kcn", None));
        assert!(!scope.sees_of_group("trang-an", Some("may-10")) && !scope.sees("kcn"));
        assert_eq!((scope.sql(), scope.sites_sql(), scope.group_sql()), (NO_SITE, ",kcn,", "may-10"));
        assert!(wire::Name::new(NO_SITE.trim_matches(',')).is_err(), "no site has that name");
        assert!(Scope::of(&["kcn".into()]).sees_of_group("kcn", None));
    }

    #[test]
    fn placeholders_are_numbered() {
        assert_eq!(placeholders(2, 3), "$2, $3, $4");
    }
}
