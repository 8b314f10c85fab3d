import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { connect } from "@cordon/client";
import { helpdesk } from "./app.js";
import { Desk } from "./desk.js";
import { setting } from "./setting.js";
import { mappingsOf } from "./ticket-list.js";

const project = process.env.HELPDESK_PROJECT ?? fileURLToPath(new URL("../live", import.meta.url));
const key = process.env.CORDON_KEY;
const url = setting("CORDON_URL", "where the decision server listens, for example http://127.0.0.1:8181");
const desk = new Desk(
  setting("HELPDESK_APP_DATABASE_URL", "the help desk's database, by a user who may write"),
);

const app = helpdesk({
  desk,
  decider: connect(key === undefined ? { url } : { url, key }),
  mappings: mappingsOf(project),
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    server.close(() => void desk.end());
    server.closeIdleConnections();
  });
}
