use segments_runtime::AttributeValue;

#[derive(AttributeValue)]
pub enum Plan {}

fn main() {}
