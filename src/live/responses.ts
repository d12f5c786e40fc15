/**
 * Answers of a dashboard.
 *
 * @module
 */

import { livePage } from "./live_page.ts";

/** What every answer says: that nothing is kept, told to others, or shown within another page. */
const HEADERS = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

const NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * An answer.
 *
 * @param body What it says.
 * @param type Its media type.
 * @param headers Further headers.
 */
export function textAnswer(
  body: string | ReadableStream<Uint8Array>,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, {
    headers: { ...HEADERS, "content-security-policy": NOTHING_ALLOWED, "content-type": type, ...headers },
  });
}

/**
 * An answer that says why there is none.
 *
 * @param status Its status.
 * @param sentence Why.
 * @param headers Further headers.
 */
export function refusal(
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${sentence}\n`, {
    status,
    headers: {
      ...HEADERS,
      "content-security-policy": NOTHING_ALLOWED,
      "content-type": "text/plain; charset=utf-8",
      ...headers,
    },
  });
}

/**
 * The page.
 *
 * @param title Its heading.
 */
export function pageAnswer(title: string | undefined): Response {
  const nonce = crypto.randomUUID();
  const policy = `${NOTHING_ALLOWED}; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; ` +
    "connect-src 'self'; img-src data:";
  return textAnswer(livePage(nonce, title), "text/html; charset=utf-8", {
    "content-security-policy": policy,
  });
}
