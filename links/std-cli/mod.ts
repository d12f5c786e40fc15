/**
 * Tools for command-line programs.
 *
 * @module
 */
export * from "./parse_args.ts";
