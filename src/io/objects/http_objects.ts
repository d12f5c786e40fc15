/**
 * Objects that a server gives over HTTP.
 *
 * @module
 */

import { StoreError, UnsupportedError } from "../../errors.ts";
import type { ByteRange, ListedFolder, ListedObject, ObjectsLocation, ObjectStore } from "./object_store.ts";
import { bytesOf, rangeHeader } from "./ranged.ts";
import { Requests, statusOf } from "./requests.ts";

/** Objects that a server gives. Needs `--allow-net`. */
export class HttpObjects implements ObjectStore {
  readonly text: string;
  readonly inFlight: number = 8;
  readonly #base: string;
  readonly #query: string;
  readonly #headers: Readonly<Record<string, string>> = {};
  readonly #requests: Requests;

  /**
   * Objects below an address.
   *
   * @param location The address, and how often and how long the server is asked.
   */
  constructor({ url, requests }: ObjectsLocation & { kind: "http" }) {
    const parsed = new URL(url);
    this.#query = parsed.search;
    parsed.search = parsed.hash = "";
    // Requests are not made to addresses with names and passwords, but with this header.
    const { username, password } = parsed;
    if (username !== "" || password !== "") {
      const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      this.#headers = { authorization: `Basic ${new TextEncoder().encode(words).toBase64()}` };
    }
    // Names, passwords and signatures stay out of messages.
    parsed.username = parsed.password = "";
    this.text = this.#base = parsed.href.replace(/\/+$/, "");
    this.#requests = new Requests(requests);
  }

  /** Reads an object, or a part of it. */
  get(key: string, range?: ByteRange): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const path = key.split("/").map(encodeURIComponent).join("/"), text = `${this.text}/${key}`;
    const asked = {
      method: "GET",
      url: `${this.#base}/${path}${this.#query}`,
      text,
      headers: { ...this.#headers, ...rangeHeader(range) },
    } as const;
    return this.#requests.ask(asked, (answer) => {
      if (answer.status === 404 || answer.status === 410) return undefined;
      // Beyond the end of an object there is nothing.
      if (answer.status === 416 && range !== undefined) return new Uint8Array(0);
      if (answer.status === 200 || answer.status === 206) return bytesOf(answer, range);
      throw new StoreError(`Cannot read ${text}: the server answered ${statusOf(answer)}`, text);
    });
  }

  /** Servers are only read. */
  put(key: string): Promise<boolean> {
    return Promise.reject(
      new UnsupportedError(`${this.text}/${key} cannot be written: servers are only read over HTTP`),
    );
  }

  /** Servers do not list. */
  list(): Promise<ListedObject[]> {
    return Promise.reject(this.#unlisted());
  }

  /** Servers do not list. */
  keys(): Promise<{ keys: string[]; torn: string[] }> {
    return Promise.reject(this.#unlisted());
  }

  /** Servers do not list. */
  children(): Promise<ListedFolder> {
    return Promise.reject(this.#unlisted());
  }

  #unlisted(): UnsupportedError {
    return new UnsupportedError(
      `${this.text} cannot be listed: a server says nothing of what it has over HTTP`,
    );
  }

  /** Servers are only read. */
  remove(key: string): Promise<void> {
    return Promise.reject(
      new UnsupportedError(`${this.text}/${key} cannot be removed: servers are only read over HTTP`),
    );
  }
}
