/** A terminal that shows what is written to it, as far as the command makes use of terminals. */

interface Row {
  text: string[];
  /** Whether the next row goes on with what did not fit here. */
  goesOn: boolean;
}

/** Breaks lines that are too long, and breaks them anew when its width changes, as most terminals do. */
export class Screen {
  #columns: number;
  #rows: Row[] = [{ text: [], goesOn: false }];
  #row = 0;
  #column = 0;
  /** Codes that it does not know. */
  readonly unknown: string[] = [];

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** The rows without colours, from the first one that was written to. */
  get lines(): string[] {
    return this.#rows.map(({ text }) => Array.from(text, (character) => character ?? " ").join("").trimEnd());
  }

  /** The rows down to the last one with something on it. */
  get shown(): string[] {
    const { lines } = this, last = lines.findLastIndex((line) => line !== "");
    return lines.slice(0, last + 1);
  }

  /** The row and the column of the cursor. */
  get cursor(): readonly [row: number, column: number] {
    return [this.#row, this.#column];
  }

  resize(columns: number): void {
    const rows: Row[] = [];
    let at: [number, number] = [0, 0], line: string[] = [];
    this.#rows.forEach(({ text, goesOn }, row) => {
      const begins = line.length;
      if (row === this.#row) at = [rows.length, begins + this.#column];
      line.push(...text);
      if (goesOn) return;
      for (let start = 0; start === 0 || start < line.length; start += columns) {
        rows.push({ text: line.slice(start, start + columns), goesOn: start + columns < line.length });
      }
      line = [];
    });
    this.#rows = rows;
    this.#columns = columns;
    this.#row = at[0] + Math.floor(at[1] / columns);
    this.#column = at[1] % columns;
    this.#reach();
  }

  write(text: string): void {
    // deno-lint-ignore no-control-regex
    for (const [token, code] of text.matchAll(/\x1b\[([\d;?]*[A-Za-z])|[^]/gu)) {
      if (code !== undefined) this.#obey(code);
      else if (token === "\r") this.#column = 0;
      else if (token === "\n") {
        this.#row++;
        this.#column = 0;
        this.#reach();
      } else this.#put(token);
    }
  }

  #put(character: string): void {
    if (this.#column === this.#columns) {
      this.#rows[this.#row].goesOn = true;
      this.#row++;
      this.#column = 0;
      this.#reach();
    }
    const { text } = this.#rows[this.#row];
    while (text.length < this.#column) text.push(" ");
    text[this.#column++] = character;
  }

  #obey(code: string): void {
    const row = this.#rows[this.#row];
    if (code.endsWith("m")) return;
    if (code === "K" || code === "J") {
      row.text.length = Math.min(row.text.length, this.#column);
      row.goesOn = false;
      if (code === "J") this.#rows.length = this.#row + 1;
    } else if (/^\d+A$/.test(code)) this.#row = Math.max(0, this.#row - parseInt(code));
    else this.unknown.push(code);
  }

  #reach(): void {
    while (this.#rows.length <= this.#row) this.#rows.push({ text: [], goesOn: false });
  }
}
