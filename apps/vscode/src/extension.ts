import { commands, type ExtensionContext, window, workspace } from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";
import { serverCommand } from "./server-command.js";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand("cordon.restart", restart),
    workspace.onDidChangeConfiguration(async (change) => {
      // The server hears of its own settings by itself; another path is another server.
      if (change.affectsConfiguration("cordon.path")) await restart();
    }),
  );
  await start();
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}

async function restart(): Promise<void> {
  await client?.stop();
  await start();
}

async function start(): Promise<void> {
  const settings = workspace.getConfiguration("cordon");
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const { command, args, shell } = serverCommand(settings.get("path", ""), folders);
  const server: ServerOptions = { command, args: [...args], options: { shell } };
  client = new LanguageClient("cordon", "Cordon", server, clientOptions(settings.get("server", {})));
  try {
    await client.start();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(
      `Cordon's language server doesn't start: ${why}. Install it (npm install --save-dev cordon) or name it in the setting cordon.path.`,
    );
  }
}

function clientOptions(server: object): LanguageClientOptions {
  return {
    documentSelector: [
      { scheme: "file", language: "cedar" },
      { scheme: "file", language: "cedarschema" },
      { scheme: "file", language: "yaml", pattern: "**/cordon.yaml" },
      { scheme: "file", language: "yaml", pattern: "**/tests/**/*.{yaml,yml}" },
    ],
    initializationOptions: { server },
    synchronize: {
      configurationSection: "cordon",
      fileEvents: workspace.createFileSystemWatcher(
        "**/{*.cedar,*.cedarschema,cordon.yaml,tests/**/*.{yaml,yml,txt},entities/**/*.json}",
      ),
    },
  };
}
