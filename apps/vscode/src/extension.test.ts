import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";
import { serverCommand } from "./server-command.js";
import { extensionFolder } from "./testing-internal/tokenizer.js";

const manifest = JSON.parse(readFileSync(`${extensionFolder}package.json`, "utf8"));

test("every file that the manifest names is there or is built", () => {
  const { languages, grammars, yamlValidation } = manifest.contributes;
  const paths: string[] = [
    ...languages.map(({ configuration }: { configuration: string }) => configuration),
    ...grammars.map(({ path }: { path: string }) => path),
  ];
  for (const path of paths) JSON.parse(readFileSync(extensionFolder + path, "utf8"));
  for (const { url } of yamlValidation as { url: string }[]) {
    const source = `${extensionFolder}../../${url.replace("./dist/", "")}`;
    assert.ok(existsSync(source), source);
  }
});

test("every setting of the manifest is in the documentation, with its name", () => {
  const page = readFileSync(`${extensionFolder}../../docs/editors.md`, "utf8");
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    assert.ok(page.includes(`\`${name}\``), name);
  }
});

test("all of the extension is one file, which needs nothing but the editor", async () => {
  const result = await build({
    absWorkingDir: extensionFolder,
    entryPoints: ["src/extension.ts"],
    bundle: true,
    write: false,
    metafile: true,
    format: "cjs",
    platform: "node",
    external: ["vscode"],
    logLevel: "silent",
  });
  const [output] = Object.values(result.metafile.outputs);
  const outside = (output?.imports ?? []).map(({ path }) => path).filter((path) => !path.startsWith("node:"));
  const builtIn = new Set((await import("node:module")).builtinModules);
  assert.deepEqual(
    [...new Set(outside)].filter((path) => !builtIn.has(path)),
    ["vscode"],
  );
  const text = result.outputFiles[0]?.text ?? "";
  assert.match(text, /activate: \(\) => activate/);
});

const folder = mkdtempSync(join(tmpdir(), "cordon-vscode-"));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
writeFileSync(join(folder, "node_modules/.bin/cordon"), "");
const installed = join(folder, "node_modules/.bin/cordon");

const found: [
  what: string,
  setting: string,
  folders: string[],
  platform: NodeJS.Platform,
  line: string,
  shell: boolean,
][] = [
  ["the workspace's own", "", ["/nowhere", folder], "linux", `${installed} lsp --stdio`, false],
  ["the one on the PATH", "", ["/nowhere"], "linux", "cordon lsp --stdio", false],
  ["on Windows, by a shell", "", ["/nowhere"], "win32", "cordon.cmd lsp --stdio", true],
  ["the setting's", "/opt/cordon", [folder], "darwin", "/opt/cordon lsp --stdio", false],
  [
    "the setting's, in the workspace",
    "bin/cordon",
    ["/work"],
    "linux",
    "/work/bin/cordon lsp --stdio",
    false,
  ],
  [
    "a script",
    `\${workspaceFolder}/bin/cordon.js`,
    ["/work"],
    "linux",
    "node /work/bin/cordon.js lsp --stdio",
    false,
  ],
];

for (const [what, setting, folders, platform, line, shell] of found) {
  test(`the server is ${what}`, () => {
    const command = serverCommand(setting, folders, platform);
    assert.equal([command.command, ...command.args].join(" "), line);
    assert.equal(command.shell, shell);
  });
}
