export { commentsOf } from "./comments.js";
export { type Formatted, PolicyFormatter } from "./policy-formatter.js";
