/**
 * What of JavaScript is not part of the language, and what to write instead.
 *
 * @module
 */

import { quoted } from "./diagnostics.ts";

const LOOP = "An expression is computed for every element and has no loops";
const IMPORT = "An expression cannot import or export anything";
const CLASS = "An expression has no classes";
const INNER_FUNCTION = "A function within an expression is not possible: write its body in its place";

/** By the type of the part; the types are ESTree's. */
const SENTENCES: Readonly<Record<string, string>> = {
  ArrayExpression: "An expression has no lists: give each value a name of its own",
  ArrowFunctionExpression: INNER_FUNCTION,
  AwaitExpression: "An expression cannot await anything",
  BlockStatement:
    "An expression has no blocks: for several outputs write name = expression; name = expression",
  BreakStatement: LOOP,
  ChainExpression: "An expression has no optional chaining: every input has a value",
  ClassDeclaration: CLASS,
  ClassExpression: CLASS,
  ContinueStatement: LOOP,
  DebuggerStatement: "An expression has no debugger statement",
  DoWhileStatement: LOOP,
  ExportAllDeclaration: IMPORT,
  ExportDefaultDeclaration: IMPORT,
  ExportNamedDeclaration: IMPORT,
  ForInStatement: LOOP,
  ForOfStatement: LOOP,
  ForStatement: LOOP,
  FunctionDeclaration: "A function's text has to be an arrow function: (a, b) => a + b",
  FunctionExpression: INNER_FUNCTION,
  IfStatement: "An expression has no if: write condition ? yes : no",
  ImportDeclaration: IMPORT,
  ImportExpression: IMPORT,
  LabeledStatement: "An expression has no labels: for several outputs write name = expression",
  MetaProperty: IMPORT,
  NewExpression: "An expression cannot make objects with new",
  ObjectExpression: "An object of outputs can only be what a function returns: (a) => ({ name: expression })",
  PrivateIdentifier: "An expression has no private names",
  ReturnStatement: "A return can only be the last statement of a function",
  SequenceExpression: "A comma stands only between arguments: separate statements by a semicolon",
  SpreadElement: "An expression has no spread: write the arguments one by one",
  Super: "An expression has no super",
  SwitchStatement: "An expression has no switch: write condition ? yes : no",
  TaggedTemplateExpression: "An expression has no text, so it has no template strings",
  TemplateLiteral: "An expression has no text, so it has no template strings",
  ThisExpression: "An expression has no this: give every value a name among inputs or scalars",
  ThrowStatement: "An expression cannot throw: write NaN where there is no value",
  TryStatement: "An expression has no try: nothing in it can throw",
  UpdateExpression: "An expression changes nothing: write + 1 or - 1",
  WhileStatement: LOOP,
  WithStatement: "An expression has no with: its values are numbers, and have no members",
  YieldExpression: "An expression cannot yield anything",
};

/** By the operator. */
const OPERATORS: Readonly<Record<string, string>> = {
  "??": "An expression has no ??, since every input has a value: write isnan(a) ? b : a",
  in: "An expression has no in: its values are numbers",
  instanceof: "An expression has no instanceof: its values are numbers",
  typeof: "An expression has no typeof: its values are numbers",
  void: "An expression has no void: write NaN where there is no value",
  delete: "An expression has no delete: its values are numbers",
};

/** Whether a part of JavaScript is refused wherever it stands. */
function isRefused(type: string): boolean {
  return Object.hasOwn(SENTENCES, type);
}

/**
 * Why a part of JavaScript is refused.
 *
 * @param type Its type, as ESTree names it.
 */
export function refusalOf(type: string): string {
  return isRefused(type) ? SENTENCES[type] : `An expression has no ${type}`;
}

/**
 * Why something that is neither a name nor a member is not called.
 *
 * @param type Its type, as ESTree names it.
 * @param raw What is written, if it is a literal.
 */
export function refusalOfCallee(type: string, raw: string | undefined): string {
  if (raw !== undefined && /^[\d.]/.test(raw)) {
    return `${quoted(raw)} is a number and cannot be called: a product is written with *`;
  }
  return isRefused(type) ? refusalOf(type) : "Only functions that have a name can be called";
}

/**
 * Why an operator is refused.
 *
 * @param operator The operator.
 */
export function refusalOfOperator(operator: string): string {
  return Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : `Unknown operator ${quoted(operator)}`;
}

/**
 * Why a literal that is not a number is refused.
 *
 * @param value Its value.
 */
export function refusalOfLiteral(value: unknown): string {
  if (value === null) return "null is not a number: write NaN where there is no value";
  if (typeof value === "string") return "An expression has no text: its values are numbers";
  return "An expression has no regular expressions: a division needs a value on its left";
}

/**
 * Why a declaration is refused.
 *
 * @param kind The word it starts with.
 */
export function refusalOfDeclaration(kind: string): string {
  return `An expression has no ${kind}: declare values with const`;
}

/**
 * Why an assignment is refused.
 *
 * @param operator Its operator; `=` where it is part of an expression.
 */
export function refusalOfAssignment(operator: string): string {
  if (operator === "=") return "An assignment has to be a statement of its own: name = expression";
  const plain = operator.slice(0, -1);
  return `An expression has no ${operator}: write name = name ${plain} …`;
}
