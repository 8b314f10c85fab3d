export { compilePredicate, type EntityFilter } from "./compile-predicate.js";
