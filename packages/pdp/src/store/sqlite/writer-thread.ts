import { parentPort, workerData } from "node:worker_threads";
import { StoreError } from "../../store-error.js";
import type { LogWriterOptions } from "./log-writer.js";
import { LogWriter } from "./log-writer.js";
import { keepMaintained } from "./maintenance.js";
import { type FromWriter, type Notice, type ToWriter, unpackBatch } from "./writer-messages.js";

const port = parentPort;
if (port === null) throw new Error("the writer runs as a thread only");

const writer = new LogWriter(workerData as LogWriterOptions);
const stopMaintenance = keepMaintained(writer, (report) => send({ kind: "retention", report }));

port.on("message", (message: ToWriter) => {
  if (message.kind === "close") {
    stopMaintenance();
    writer.close();
    send({ kind: "closed" });
    port.close();
    return;
  }
  send(write(message.batch));
});

function write(batch: string): FromWriter {
  try {
    return { kind: "written", report: writer.write(unpackBatch(batch)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "failed", message, help: error instanceof StoreError ? error.help : null };
  }
}

function send(message: FromWriter | Notice): void {
  port?.postMessage(message);
}
