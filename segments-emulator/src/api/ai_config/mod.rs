//! AI Configs: only the parts that affect how segments are used.

mod config;
mod tool;
mod variation;

pub(crate) use config::{
    NewConfig, add, create, delete, get, get_targeting, list, patch, patch_targeting, set_targeting,
};
pub(crate) use tool::{
    create as create_tool, delete as delete_tool, get as get_tool, list as list_tools,
    patch as patch_tool, versions as tool_versions,
};
pub(crate) use variation::{
    add_to as add_variation, create as create_variation, delete as delete_variation,
    get as get_variation, patch as patch_variation,
};
