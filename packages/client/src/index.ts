export { type ConnectOptions, connect } from "./connect.js";
export { ConnectError, DeciderUnavailable, Unauthorized, type UnavailableCode } from "./errors.js";
