// Shows Cordon at work: installs and builds what is missing, starts a PostgreSQL, the decision server and a small
// application guarded by it, and walks through real requests. Needs nothing but Node.js and npm. Exits with 1 if an
// answer is not the expected one.
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  anyServerEnds,
  killProcesses,
  reportedErrors,
  startServer,
  stopProcesses,
} from "./demo/processes.mjs";
import { DemoProject, shiftAround } from "./demo/project.mjs";
import { play } from "./demo/scenes.mjs";
import { setUp } from "./demo/setup.mjs";
import { Stage } from "./demo/stage.mjs";
import { invite } from "./demo/stay.mjs";
import { bold, dim, green, progress, red, say, wrapped } from "./demo/terminal.mjs";
import { root } from "./testing/workspaces.mjs";

const USAGE = `npm run demo -- [--stay]

  --stay   leave the servers running afterwards and print requests to try
`;

const { values } = parseArgs({
  options: { stay: { type: "boolean" }, help: { type: "boolean", short: "h" } },
});
let project;
let surroundings;
let interrupted = false;
let staying = false;

if (values.help) process.stdout.write(USAGE);
else await main();

async function main() {
  cleanUpOnSignals();
  try {
    process.exitCode = await demonstrate();
  } catch (error) {
    if (interrupted) return;
    say(red(error instanceof Error ? error.message : String(error)));
    if (process.env.CORDON_DEBUG && error instanceof Error) say(error.stack);
    process.exitCode = 1;
  } finally {
    await stopAll();
    project?.remove();
  }
}

async function stopAll() {
  await stopProcesses();
  await surroundings?.stop();
  surroundings = undefined;
}

async function demonstrate() {
  const started = Date.now();
  say(bold("Cordon: the help desk of Halyard, guarded while you watch"));
  say(wrapped("Who is who: examples/helpdesk/README.md. The rules: examples/helpdesk/policies."));
  say();
  await setUp();
  const stage = await open();
  const began = Date.now();
  await play(stage, project);
  summarise(stage, began, started);
  if (values.stay) {
    await setShift(-2, 10);
    await invite(stage, project, `node '${join(root, "packages/cli/bin/cordon.js")}'`);
    staying = true;
    await anyServerEnds();
    throw new Error("a server ended by itself");
  }
  return stage.failed === 0 ? 0 : 1;
}

/** Copies the project and starts everything. */
async function open() {
  let cordon = "";
  let desk = "";
  project = new DemoProject();
  await progress("starting PostgreSQL, with the help desk's data", async () => {
    const { startSurroundings } = await import("../examples/helpdesk/dist/local/surroundings.js");
    surroundings = await startSurroundings();
    const { port, version } = surroundings.database;
    return `PostgreSQL ${version}   port ${port}`;
  });
  // Bob's hours are about now, whenever now is.
  await setShift(-2, 2);
  await progress("starting the decision server (cordon serve)", async () => {
    const command = [
      join(root, "packages/cli/bin/cordon.js"),
      "serve",
      "--project",
      project.directory,
      "--port",
      "0",
    ];
    cordon = await startServer("decision server", command, surroundings.settings);
    return `decision server   ${cordon}  ${dim(`project ${project.directory}`)}`;
  });
  await progress("starting the help desk (Express)", async () => {
    desk = await startServer("help desk", [join(root, "examples/helpdesk/dist/main.js")], {
      ...surroundings.settings,
      PORT: "0",
      CORDON_URL: cordon,
      HELPDESK_PROJECT: project.directory,
    });
    return `help desk         ${desk}`;
  });
  return new Stage({ desk, cordon, surroundings });
}

async function setShift(fromHours, toHours) {
  const { start, end } = shiftAround(fromHours, toHours);
  await surroundings.run("UPDATE staff SET shift_start = $1, shift_end = $2 WHERE id = 'bob'", [start, end]);
}

function summarise(stage, began, started) {
  const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
  const mark = stage.failed === 0 ? green("✓") : red("✗");
  say();
  say(
    `${mark} ${bold(`${stage.passed} of ${stage.passed + stage.failed} as expected`)}, in ${seconds(began)} (${seconds(started)} with setting up)`,
  );
  if (stage.failed > 0) for (const line of reportedErrors()) say(red(line));
  if (!values.stay) say(dim("  npm run demo -- --stay leaves it running and prints requests to try"));
}

/** A second signal, or an exit by any other way, doesn't wait for anybody. */
function cleanUpOnSignals() {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ]) {
    process.once(signal, async () => {
      interrupted = true;
      say();
      await stopAll();
      process.exit(staying ? 0 : code);
    });
  }
  process.on("exit", () => {
    killProcesses();
    project?.remove();
  });
}
