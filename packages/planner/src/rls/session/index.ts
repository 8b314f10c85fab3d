export { withPrincipal } from "./pg.js";
export { installSecret, removeSecret, type SessionOptions, type SessionPrincipal } from "./statements.js";
