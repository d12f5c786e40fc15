/** Splits a command line into words as shells do, as far as examples need it. */

/**
 * @param line The line; what is in double quotes has no dollar signs and backslashes.
 */
export function shellSplit(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
}
