// Waits until each port given accepts a connection; a reader of the document would see the server's line and go on.
import { connect } from "node:net";

const deadline = Date.now() + 20_000;
for (const port of process.argv.slice(2)) {
  while (!(await accepts(Number(port)))) {
    if (Date.now() > deadline) {
      process.stderr.write(`nothing listens on port ${port}\n`);
      process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @param {number} port */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
