//! `mcp`: the definitions as tools for agents that speak the Model Context Protocol, over standard input and output.
//!
//! No tool writes, neither to LaunchDarkly nor to a file: an edit is proposed, and a person or the agent's own
//! editor makes it. What a command says, its tool says, because it runs the command.
//!
//! | what | where |
//! |---|---|
//! | what each tool takes, and whom it asks | `tools` |
//! | commands of this program | `commands` |
//! | an edit: its findings, its effect, its difference | `proposal` |
//! | definitions by words | `search` |
//! | the text of answers, and its length | `answer` |

mod answer;
mod commands;
mod project;
mod proposal;
mod search;
mod tools;

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::{RequestContext, ServerInitializeError};
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::stdio_pipes;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};

use crate::DefinitionsSource;
use crate::arguments::Mcp;
use crate::failure::Failure;
use crate::output::{Output, Text};
use crate::signals;
use crate::status::Status;
use project::Project;

/// The largest message, in bytes. A longer one is passed over, whoever sends it.
const LONGEST_MESSAGE: usize = 16 << 20;

/// What every agent is told.
const INSTRUCTIONS: &str = "\
LaunchDarkly segments as code: audiences, AI Configs and flags that are declared in `segments.toml` or in Rust. \
Start with `search` to find a definition and its line, and with `explain` to see why a context is in a segment. \
To change something, hand the whole new text of the file to `propose`: it answers with findings, with who joins and \
leaves (proved, with an example), and with a unified diff. Nothing here writes to LaunchDarkly or to a file. After \
the file is edited, `plan` shows what an apply would do, and `impact` which recorded contexts would move.";

pub(crate) fn mcp(
    arguments: &Mcp,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let project = Project::new(arguments, declared, output)?;
    output.detail(format_args!(
        "speaking the Model Context Protocol over standard input and output; agents may read below `{}`",
        project.top.display()
    ));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Start)?;
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = serve(project) => ended,
            () = signals::stop() => Ok(()),
        }
    });
    // What waits for standard input is not waited for.
    runtime.shutdown_background();
    ended.map(|()| Status::Done)
}

/// Serves until the client is gone, which is how it ends.
async fn serve(project: Project) -> Result<(), Failure> {
    let (input, output) = stdio_pipes();
    let transport =
        AsyncRwTransport::new_server(input, output).with_max_line_length(LONGEST_MESSAGE);
    match (Server(Arc::new(project))).serve(transport).await {
        Ok(running) => running
            .waiting()
            .await
            .map(drop)
            .map_err(|error| Failure::Protocol(error.to_string())),
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        // The message that was not understood may hold anything.
        Err(ServerInitializeError::ExpectedInitializeRequest(_)) => Err(Failure::Protocol(
            "the client did not begin with `initialize`".to_owned(),
        )),
        Err(error) => Err(Failure::Protocol(error.to_string())),
    }
}

/// What a client talks to.
struct Server(Arc<Project>);

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let name = Implementation::new("cargo-segments", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(capabilities)
            .with_server_info(name)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let answer = tools::call(&self.0, &request.name, arguments);
        let answer = tokio::select! {
            answer = answer => answer,
            // Dropping the call ends the command that it runs.
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("cancelled", None)),
        };
        match answer {
            Some(answer) => Ok(answer.into()),
            None => Err(ErrorData::invalid_params(unknown(&request.name), None)),
        }
    }
}

/// Says that there is no such tool.
fn unknown(name: &str) -> String {
    let names: Vec<String> = tools::all()
        .iter()
        .map(|tool| tool.name.to_string())
        .collect();
    let meant = segments_model::or_list(name, names.iter().map(String::as_str));
    let name: String = name.chars().take(64).collect();
    Text::from(format_args!("there is no tool `{name}`{meant}")).told()
}
