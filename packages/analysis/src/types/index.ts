export { generateTypes, type TypesInput } from "./generate-types.js";
