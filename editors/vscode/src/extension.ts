// Starts `cargo segments lsp` for segments.toml. Everything else is in the server.

import * as vscode from "vscode";
import {
  type DynamicFeature,
  LanguageClient,
  type StaticFeature,
  type ClientCapabilities,
} from "vscode-languageclient/node";

/** What the server tells after a save: the Rust files that include the file. */
interface Included {
  uri: string;
  files: string[];
  packages: string[];
}

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("segments.restart", async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("segments")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function stop(): Promise<void> {
  await client?.stop();
  client = undefined;
}

async function start(): Promise<void> {
  const settings = vscode.workspace.getConfiguration("segments");
  const [command, ...args] = settings.get<string[]>("command", ["cargo-segments", "lsp"]);
  if (command === undefined) {
    return;
  }
  const history = settings.get<string>("history", "");
  client = new LanguageClient(
    "segments",
    "LaunchDarkly segments",
    { command, args },
    {
      documentSelector: [{ scheme: "file", pattern: "**/*.toml" }],
      initializationOptions: history === "" ? {} : { history },
    },
  );
  client.registerFeature(new TellsWhoIncludes());
  client.onNotification("segments/included", (told: Included) => checkAgain(told));
  try {
    await client.start();
  } catch (error) {
    const what = `cannot start \`${command}\`; install it with \`cargo install --locked cargo-segments\`, or set \`segments.command\``;
    void vscode.window.showErrorMessage(`${what}: ${String(error)}`);
    client = undefined;
  }
}

/** Says that this editor can have crates checked again. */
class TellsWhoIncludes implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const experimental = (capabilities.experimental ?? {}) as Record<string, unknown>;
    capabilities.experimental = { ...experimental, segments: { includes: true } };
  }
  initialize(): void {}
  getState(): ReturnType<DynamicFeature<unknown>["getState"]> {
    return { kind: "static" };
  }
  clear(): void {}
}

/** rust-analyzer does not look at a file that a macro includes: it is asked to check again. */
async function checkAgain(told: Included): Promise<void> {
  const wanted = vscode.workspace.getConfiguration("segments").get<boolean>("checkOnSave", true);
  const rust = vscode.extensions.getExtension("rust-lang.rust-analyzer");
  if (wanted && rust?.isActive && told.files.length > 0) {
    await vscode.commands.executeCommand("rust-analyzer.runFlycheck");
  }
}
