export type { ServerLimits, ServerOptions, ServerTimeouts } from "./options.js";
export { type RunningServer, startServer } from "./server.js";
export { ServerError, type ServerErrorCode } from "./server-error.js";
export type { TlsFiles } from "./tls.js";
