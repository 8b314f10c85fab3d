// This package is a command. A decider in-process is `@cordon/pdp`, one over HTTP `@cordon/client`.
export {};
