/**
 * Server-sent events to any number of pages. A page is told what is new when it is ready to be told, so that a slow one
 * is told less often and more at a time, and nothing piles up.
 *
 * @module
 */

/** What is told, page by page. */
export interface Teller<Place> {
  /**
   * What a page is to be told next.
   *
   * @param place How far it was told; null for one that knows nothing yet.
   * @returns The text, and how far the page knows then, which is null where this was the last that there is.
   */
  next(place: Place | null): Promise<Told<Place>> | Told<Place>;
}

/** What a page is told. */
export interface Told<Place> {
  readonly text: string;
  readonly place: Place | null;
}

/** The pages that listen. */
export class EventHub<Place> {
  readonly #teller: Teller<Place>;
  readonly #listeners = new Set<ReadableStreamDefaultController<Uint8Array>>();
  #news = Promise.withResolvers<void>();
  #version = 0;
  #whenAlone: (() => void)[] = [];

  /** @param teller Says what is told. */
  constructor(teller: Teller<Place>) {
    this.#teller = teller;
  }

  /** How many pages listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Says that there is something new. */
  wake(): void {
    this.#version++;
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  /** Resolves when no page listens any more. */
  get alone(): Promise<void> {
    return this.#listeners.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#whenAlone.push(resolve));
  }

  /** Ends all that still listen. */
  drop(): void {
    for (const controller of [...this.#listeners]) {
      this.#leave(controller);
      controller.error(new DOMException("The dashboard is closed", "AbortError"));
    }
    this.wake();
  }

  #leave(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (!this.#listeners.delete(controller) || this.#listeners.size > 0) return;
    for (const resolve of this.#whenAlone.splice(0)) resolve();
  }

  /** What a page is told next; one that cannot be told anything is none any more. */
  async #told(
    place: Place | null,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<Told<Place>> {
    try {
      return await this.#teller.next(place);
    } catch (error) {
      this.#leave(controller);
      throw error;
    }
  }

  /** A stream of events for one more page. */
  listen(): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let place: Place | null = null,
      version = -1,
      own: ReadableStreamDefaultController<Uint8Array> | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#listeners.add(controller);
      },
      pull: async (controller) => {
        while (version === this.#version && this.#listeners.has(controller)) await this.#news.promise;
        if (!this.#listeners.has(controller)) return;
        version = this.#version;
        const told = await this.#told(place, controller);
        if (!this.#listeners.has(controller)) return;
        place = told.place;
        controller.enqueue(encoder.encode(told.text));
        if (place !== null) return;
        this.#leave(controller);
        controller.close();
      },
      cancel: () => {
        if (own !== undefined) this.#leave(own);
        this.wake();
      },
      // Nothing is made before it can be sent.
    }, { highWaterMark: 0 });
  }
}
