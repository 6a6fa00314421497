//! People: passes, visits, documents of a site, figures, crowding, exports. What is sensitive goes in and comes out open and lies
//! sealed.

use super::{Store, StoreError, Writer};

pub mod crowding;
pub mod documents;
pub mod exports;
pub mod figures;
pub mod imports;
pub mod passes;
pub mod visits;
