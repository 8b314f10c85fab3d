/** As much of a syntax tree as changes look at. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

export interface Change {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "&&": ["||"],
  "||": ["&&"],
  "??": ["&&"],
  "+=": ["-="],
  "++": ["--"],
};

const METHODS: Readonly<Record<string, string>> = {
  some: "every",
  every: "some",
  startsWith: "endsWith",
  endsWith: "startsWith",
  min: "max",
  max: "min",
};

/** What is changed at one place: operators, conditions, literals, blocks, calls of methods, optional chaining. */
export function changesOf(node: SyntaxNode, text: string): Change[] {
  const whole = (replacement: string): Change => ({ start: node.start, end: node.end, replacement });
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
      return [...operatorChanges(node, text), ...(isTest(node) ? [whole("true"), whole("false")] : [])];
    case "AssignmentExpression":
      return operatorChanges(node, text);
    case "UpdateExpression":
      return [whole(text.slice(node.start, node.end).replace("++", "--"))];
    case "IfStatement":
    case "ConditionalExpression":
      return conditionChanges(node.test as SyntaxNode);
    case "UnaryExpression":
      return node.operator === "!" || node.operator === "-" ? [whole(sliceOf(node.argument, text))] : [];
    case "BooleanLiteral":
      return [whole(String(!node.value))];
    case "StringLiteral":
      return [whole(node.value === "" ? '"changed"' : '""')];
    case "TemplateLiteral":
      return [whole("``")];
    case "NumericLiteral":
      return [whole(String((node.value as number) + 1))];
    case "ArrayExpression":
      return (node.elements as unknown[]).length > 0 ? [whole("[]")] : [];
    case "BlockStatement":
      return (node.body as unknown[]).length > 0 ? [whole("{}")] : [];
    case "ReturnStatement":
      return [];
    default:
      return callChanges(node, text);
  }
}

function isTest({ operator }: SyntaxNode): boolean {
  return ["===", "!==", "<", "<=", ">", ">=", "&&", "||", "instanceof"].includes(operator as string);
}

function conditionChanges(test: SyntaxNode): Change[] {
  // Comparisons and their like are made true and false where they stand.
  if (test.type === "BinaryExpression" || test.type === "LogicalExpression") return [];
  return ["true", "false"].map((replacement) => ({ start: test.start, end: test.end, replacement }));
}

function operatorChanges(node: SyntaxNode, text: string): Change[] {
  const [left, right] = [node.left as SyntaxNode, node.right as SyntaxNode];
  const operator = node.operator as string;
  const start = text.indexOf(operator, left.end);
  if (start < 0 || start >= right.start) return [];
  return (OPERATORS[operator] ?? []).map((replacement) => ({
    start: node.start,
    end: node.end,
    replacement: `${text.slice(node.start, start)}${replacement}${text.slice(start + operator.length, node.end)}`,
  }));
}

function callChanges(node: SyntaxNode, text: string): Change[] {
  if (node.type === "OptionalMemberExpression" && node.optional === true && node.computed === false) {
    const object = node.object as SyntaxNode;
    const rest = text.slice(object.end, node.end).replace("?.", ".");
    return [{ start: node.start, end: node.end, replacement: sliceOf(object, text) + rest }];
  }
  if (node.type !== "CallExpression") return [];
  const callee = node.callee as SyntaxNode;
  if (callee.type !== "MemberExpression" || callee.computed === true) return [];
  const object = callee.object as SyntaxNode;
  const { name, start, end } = callee.property as SyntaxNode & { name: string };
  const without = { start: node.start, end: node.end, replacement: sliceOf(object, text) };
  if (name === "sort" || name === "slice" || name === "filter") return [without];
  const other = METHODS[name];
  return other === undefined
    ? []
    : [
        {
          start: node.start,
          end: node.end,
          replacement: text.slice(node.start, start) + other + text.slice(end, node.end),
        },
      ];
}

function sliceOf(node: unknown, text: string): string {
  const { start, end } = node as SyntaxNode;
  return text.slice(start, end);
}
