/**
 * Kernels that are a line of JavaScript, written where they are used.
 *
 * @module
 */

/**
 * A kernel module from its source.
 *
 * @param source JavaScript, with an `export default`.
 */
export function inlineKernel(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
