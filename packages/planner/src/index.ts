export * from "./mapping/index.js";
