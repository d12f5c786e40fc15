/**
 * The part of Python's literals that .npy headers are written in. Text is parsed, never evaluated.
 *
 * @module
 */

/** A value: a dict is a Map, lists and tuples are arrays. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>;

/** Nesting beyond this is refused, so that no input can exhaust the stack. */
const DEEPEST = 32;

/** A number, a name, a quoted string without escapes, or one other character. */
const TOKEN = /\s*(?:(-?\d+)L?|([A-Za-z_]\w*)|'([^'\\\n]*)'|"([^"\\\n]*)"|(.))/suy;

/** One token: exactly one of the fields is set, or none at the end. */
interface Token {
  readonly number?: number;
  readonly name?: string;
  readonly text?: string;
  readonly mark?: string;
}

/**
 * Parses a literal.
 *
 * @param source The text: strings, integers, True, False, None, tuples, lists and dicts with string keys.
 * @throws {SyntaxError} If it is anything else; the message names the place.
 */
export function parsePythonLiteral(source: string): PythonValue {
  const parser = new Parser(source);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #source: string;
  #next: number = 0;
  #start: number = 0;
  #token: Token;

  constructor(source: string) {
    this.#source = source.trimEnd();
    this.#token = this.#read();
  }

  #read(): Token {
    this.#start = this.#next;
    if (this.#next >= this.#source.length) return {};
    TOKEN.lastIndex = this.#next;
    const match = TOKEN.exec(this.#source);
    if (match === null) return {};
    this.#next = TOKEN.lastIndex;
    const [, number, name, single, double, mark] = match;
    if (number !== undefined) return { number: Number(number) };
    if (name !== undefined) return { name };
    if (mark !== undefined) return { mark };
    return { text: single ?? double };
  }

  #fail(expected: string): never {
    throw new SyntaxError(`expected ${expected} at character ${this.#start}`);
  }

  #take(): Token {
    const token = this.#token;
    this.#token = this.#read();
    return token;
  }

  #takeMark(mark: string): boolean {
    if (this.#token.mark !== mark) return false;
    this.#take();
    return true;
  }

  end(): void {
    if (this.#next < this.#source.length || Object.keys(this.#token).length > 0) this.#fail("the end");
  }

  value(depth: number): PythonValue {
    if (depth > DEEPEST) this.#fail(`no more than ${DEEPEST} levels`);
    if (this.#takeMark("{")) return this.#dict(depth);
    if (this.#takeMark("[")) return this.#items("]", depth).items;
    if (this.#takeMark("(")) {
      const { items, commas } = this.#items(")", depth);
      // Parentheses around a single value without a comma only group.
      return items.length === 1 && commas === 0 ? items[0] : items;
    }
    const { number, name, text } = this.#token;
    const word = name === undefined ? undefined : WORDS.get(name);
    const value = number ?? text ?? word;
    if (value === undefined) this.#fail("a value");
    this.#take();
    return value;
  }

  #items(close: string, depth: number): { items: PythonValue[]; commas: number } {
    const items: PythonValue[] = [];
    let commas = 0;
    while (!this.#takeMark(close)) {
      if (items.length > commas) this.#fail(`a comma or "${close}"`);
      items.push(this.value(depth + 1));
      if (this.#takeMark(",")) commas++;
    }
    return { items, commas };
  }

  #dict(depth: number): Map<string, PythonValue> {
    const dict = new Map<string, PythonValue>();
    let separated = true;
    while (!this.#takeMark("}")) {
      const { text } = this.#token;
      if (!separated) this.#fail('a comma or "}"');
      if (text === undefined) this.#fail("a quoted key");
      this.#take();
      if (!this.#takeMark(":")) this.#fail("a colon");
      dict.set(text, this.value(depth + 1));
      separated = this.#takeMark(",");
    }
    return dict;
  }
}

const WORDS: ReadonlyMap<string, PythonValue> = new Map([["True", true], ["False", false], ["None", null]]);
