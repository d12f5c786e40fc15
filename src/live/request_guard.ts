/**
 * Who may talk to a dashboard: whoever has its address with the token, and no page of another site.
 *
 * @module
 */

/** Names that always mean this machine. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Addresses that mean all of a machine's own. */
const WILDCARDS = ["0.0.0.0", "[::]"];

/** Decides what is answered. */
export class RequestGuard {
  readonly #token: Uint8Array;
  readonly #hosts: readonly string[];

  /**
   * @param token What the address must have as `token`.
   * @param host The host that is listened on, as a URL has it.
   */
  constructor(token: string, host: string) {
    this.#token = new TextEncoder().encode(token);
    this.#hosts = [...new Set([...LOOPBACK, host.toLowerCase()])];
  }

  /**
   * Why a request is not answered.
   *
   * @param request The request.
   * @returns A sentence; null if it may be answered.
   */
  objection(request: Request): string | null {
    const url = new URL(request.url), host = (request.headers.get("host") ?? url.host).toLowerCase();
    if (!this.#isOwnHost(host)) {
      return `This is not the dashboard of ${host}: open the address that the command printed.`;
    }
    const token = url.searchParams.get("token");
    if (token === null) {
      return "The token is missing: open the whole address that the command printed, with ?token=….";
    }
    if (!this.#isToken(token)) return "The token is wrong: open the address that this run's command printed.";
    return isForeign(request, host) ? "Only the dashboard's own page may do that." : null;
  }

  /** A name that leads here by trickery (DNS rebinding) is refused; a number cannot be redirected. */
  #isOwnHost(host: string): boolean {
    const name = host.replace(/:\d+$/, "");
    if (this.#hosts.includes(name)) return true;
    const isAnywhere = this.#hosts.some((known) => WILDCARDS.includes(known));
    return isAnywhere && /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/.test(name);
  }

  /** Takes the same time wherever a wrong token differs. */
  #isToken(text: string): boolean {
    const given = new TextEncoder().encode(text), token = this.#token;
    let difference = given.length ^ token.length;
    for (let k = 0; k < token.length; k++) difference |= (given[k] ?? 0) ^ token[k];
    return difference === 0;
  }
}

/** Whether a page of another site asks. Programs that are no browsers say nothing about that; they have the token. */
function isForeign(request: Request, host: string): boolean {
  const origin = request.headers.get("origin"), site = request.headers.get("sec-fetch-site");
  if (origin !== null && origin.toLowerCase() !== `http://${host}`) return true;
  // Somebody who types the address, or follows a link to it, has "none" or comes from elsewhere with a plain GET.
  return request.method !== "GET" && site !== null && site !== "same-origin";
}

/** A token of 128 random bits. */
export function newToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
