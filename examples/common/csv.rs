//! How does a line look in a table that spreadsheets read (RFC 4180)?

/// The cells as a line, none of them a formula.
pub(crate) fn line<const N: usize>(cells: [String; N]) -> String {
    cells.map(|cell| quoted(&harmless(cell))).join(",") + "\r\n"
}

/// A spreadsheet takes a cell that begins like this for a formula and runs it.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
