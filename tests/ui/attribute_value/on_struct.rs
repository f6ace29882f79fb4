use segments_runtime::AttributeValue;

#[derive(AttributeValue)]
pub struct Plan;

fn main() {}
