/**
 * Text of others as messages show it: nobody knows what a file names its arrays, or what was typed.
 *
 * @module
 */

/** Longer text is cut, and of more names than that only the first are shown. */
const MOST_CHARACTERS = 60, MOST_NAMES = 20;

/** Of a longer message the beginning and the end are shown, which say what is wrong with what. */
const LONGEST_LINE = 1000;

/** Characters that end a line, steer a terminal, show other characters in another order, or are none. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A piece of text that stays within its line.
 *
 * @param text The text, as a file has it.
 */
export function shownText(text: string): string {
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return plain(short);
}

function plain(text: string): string {
  return text.replace(UNFIT, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * A message that stays within its line.
 *
 * @param message The message, which may name words of others.
 */
export function shownLine(message: string): string {
  if (message.length <= LONGEST_LINE) return plain(message);
  return plain(`${message.slice(0, LONGEST_LINE / 2)} … ${message.slice(-LONGEST_LINE / 2)}`);
}

/**
 * What a file has, as a list.
 *
 * @param items What there is, each already shown; as many of them as it takes are looked at.
 * @param count How many there are.
 */
export function shownList(items: Iterable<string>, count: number): string {
  if (count === 0) return "none";
  const first = Iterator.from(items).take(MOST_NAMES).toArray().join(", ");
  return count > MOST_NAMES ? `${first} and ${count - MOST_NAMES} more` : first;
}
