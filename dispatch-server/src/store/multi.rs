//! Statements over many rows: few sizes, so that few statements are prepared and all of them stay prepared.

use sqlx::{QueryBuilder, Sqlite};

/// Rows of one statement, the largest first: the largest is far below SQLite's limit of parameters.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// The rows in pieces of these sizes.
pub(super) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    core::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (piece, rest) = rows.split_at_checked(size)?;
        rows = rest;
        Some(piece)
    })
}

/// Keys for an `IN` list, in pieces of these sizes; the last key stands more than once where a piece is not full.
pub(super) fn keys<T: Copy>(all: &[T]) -> impl Iterator<Item = Vec<T>> {
    all.chunks(SIZES[0]).map(|chunk| {
        let size = SIZES.into_iter().rev().find(|size| *size >= chunk.len()).unwrap_or(chunk.len());
        let mut keys = chunk.to_vec();
        keys.extend(chunk.last().into_iter().cycle().take(size - chunk.len()));
        keys
    })
}

/// Writes the ids of an `IN (` list, and its end.
pub(super) fn push_ids(query: &mut QueryBuilder<Sqlite>, ids: impl IntoIterator<Item = [u8; 16]>) {
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id.to_vec());
    }
    list.push_unseparated(")");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_in_one_piece_and_every_key_in_a_list() {
        for n in [0, 1, 3, 4, 5, 63, 64, 65, 200] {
            let all: Vec<usize> = (0..n).collect();
            assert_eq!(pieces(&all).flatten().copied().collect::<Vec<_>>(), all);
            assert!(pieces(&all).all(|piece| SIZES.contains(&piece.len())));
            let mut listed: Vec<usize> = keys(&all).flatten().collect();
            assert!(keys(&all).all(|list| SIZES.contains(&list.len())));
            listed.dedup();
            assert_eq!(listed, all);
        }
    }
}
