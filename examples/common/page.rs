//! stub
pub(crate) struct Row {
    pub path: String,
    pub format: Option<&'static str>,
    pub content: Option<&'static str>,
    pub marker: Option<&'static str>,
    pub level: Option<&'static str>,
    pub similarity: Option<u16>,
    pub from: Option<f64>,
    pub to: Option<f64>,
    pub record: Option<String>,
    pub changes: Vec<String>,
    pub sentence: String,
    pub error: Option<String>,
}
pub(crate) fn page(_: &[Row], h: &str) -> String {
    h.to_owned()
}
pub(crate) fn csv(_: &[Row]) -> String {
    String::new()
}
