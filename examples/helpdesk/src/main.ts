import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { connect } from "@cordon/client";
import { helpdesk } from "./app.js";
import { Desk } from "./desk.js";
import { Sessions } from "./session.js";
import { setting } from "./setting.js";

const project = process.env.HELPDESK_PROJECT ?? fileURLToPath(new URL("..", import.meta.url));
const key = process.env.CORDON_KEY;
const url = setting("CORDON_URL", "where the decision server listens, for example http://127.0.0.1:8080");

const app = helpdesk({
  desk: new Desk(project),
  decider: connect(key === undefined ? { url } : { url, key }),
  sessions: new Sessions(setting("HELPDESK_SESSION_SECRET", "what session tokens are signed with")),
  edgeKey: setting("HELPDESK_EDGE_KEY", "what the edge proxy shows in X-Edge-Key"),
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
