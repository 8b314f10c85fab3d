export { parsePolicySyntax } from "./policy-parser.js";
export { type Declaration, outlineSchema } from "./schema-outline.js";
export type {
  AnnotationSyntax,
  ClauseSyntax,
  Mention,
  PolicySyntax,
  ScopePart,
  Span,
} from "./syntax.js";
