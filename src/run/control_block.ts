/**
 * The shared state of a run, and the only place of a run that uses Atomics.
 *
 * 32-bit words in shared memory. Those of the run, each on cache lines of its own:
 *
 * | word | written by | meaning |
 * |---|---|---|
 * | next | every worker, by `add` | the first tile that nobody has claimed |
 * | signals | see below, by `or`, `and`, `add` | what workers look at before each tile: 0 when there is nothing to heed |
 * | returns | a worker that gives tiles away, or finds none while others wait, by `add` | counts such events, so that sleepers can wait for one |
 * | finished | every worker of an iteration, by `add` | how many tickets are finished: whoever has one of a later step waits |
 * | ended | the worker that finds that an iteration shall end | how many tickets there are then; 0 before |
 *
 * The bits of signals: `stop` (1), set once by anyone: claim nothing more, and end after the tile at hand; `yield` (2),
 * set and cleared by the pool: end the part after the tile at hand, others wait for this worker; `revoked` (4), set once
 * by the pool: some slot was revoked, look whether it is yours; the rest counts the workers that wait for tiles,
 * each of which adds and takes off its own 8.
 *
 * A slot for each part, on cache lines of its own. Only the worker whose part it is writes it, but for the state of its
 * offer, see below, and for `revoked` and `last` when the pool gives up the worker:
 *
 * | word | meaning |
 * |---|---|
 * | state | {@linkcode PART_STATE}: not begun, loading, at work, waiting, ended |
 * | done | tiles finished, in all claims of the slot |
 * | begin, base | the first tile of the claim at hand, and what `done` was before it |
 * | last | what `done` will be behind it: `last - done` tiles are left, of which `begin + done - base` is at hand |
 * | beats | counts what is no tile done and yet a sign of life |
 * | revoked | 1 when the pool has given up the worker: it counts no tile any more and ends as soon as it can |
 *
 * and, on lines apart because others look at it, the offer of the slot: `state` (empty, full, taken), `begin`, `end`.
 *
 * ```text
 * claim   tile = add(next, grain); when tile < tiles: base, begin, last are stored, the claim is open
 * work    for each tile: load(signals); kernel; store(done)
 * share   when signals counts waiting workers, the claim has two tiles or more, and the own offer is empty:
 *         last is lowered, offer.begin and offer.end are stored, then offer.state = full, add(returns), notify
 * take    compareExchange(offer.state, full, taken); offer.begin and offer.end are read; offer.state = empty
 * wait    when next is beyond the tiles and no offer is full: while a slot has two tiles or more left, sleep until
 *         returns changes; otherwise the part ends, and those that still wait are woken to look again
 * ```
 *
 * What that promises: a tile is in exactly one of these places: not yet claimed, in the open claim of one slot, in one
 * offer, with the pool (from a part that ended before its claim did), or done; or, for the few steps of a line above, in
 * the hands of the worker that takes them. `add` hands out each number once; an
 * offer that is full belongs to the one whose compareExchange succeeds. All accesses are sequentially consistent. What a
 * worker wrote to arrays before it counted a tile as done is visible to whoever sees it counted, and before it posts its
 * end message to whoever receives that. `tests/run/protocol_model_test.ts` goes through all interleavings of this code
 * for a few workers and tiles.
 *
 * @module
 */

/** 32-bit words between slots: two cache lines, because processors fetch them in pairs. */
const LINE_WORDS = 32;

const NEXT = 0;
const SIGNALS = LINE_WORDS;
const RETURNS = 2 * LINE_WORDS;
const FINISHED = 3 * LINE_WORDS;
const ENDED = 4 * LINE_WORDS;
const SLOTS = 5 * LINE_WORDS;
const SLOT_WORDS = 2 * LINE_WORDS;

/** Words of a slot. */
const STATE = 0, DONE = 1, BEGIN = 2, BASE = 3, LAST = 4, REVOKED = 5, BEATS = 6;

/** Words of its offer. */
const OFFER = LINE_WORDS, OFFER_BEGIN = LINE_WORDS + 1, OFFER_END = LINE_WORDS + 2;
const EMPTY = 0, FULL = 1, TAKEN = 2;

const STOP = 1, YIELD = 2, SOME_REVOKED = 4, ONE_WAITING = 8;

/** How far a part is. */
export const PART_STATE = { none: 0, loading: 1, working: 2, waiting: 3, ended: 4 } as const;

/** How often a waiting worker looks before it sleeps: about as long as falling asleep and waking up take. */
const LOOKS = 2000;

/** Milliseconds after which a sleeping worker looks whether the run was stopped. */
const NAP_MS = 20;

/** The accesses that a block makes to its words; a test interposes on them. */
export interface WordAccess
  extends Pick<Atomics, "load" | "store" | "add" | "or" | "and" | "compareExchange" | "wait" | "notify"> {
  /** How often a waiting worker looks before it sleeps. */
  readonly looks?: number;
}

/** Tiles from one to before another, in tile order. */
export interface TileRange {
  readonly begin: number;
  readonly end: number;
}

/** The control block of a run, over memory that all its workers share. */
export class ControlBlock {
  /** The memory, to be posted. */
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #access: WordAccess;
  readonly #looks: number;

  private constructor(buffer: SharedArrayBuffer, access: WordAccess) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.#access = access;
    this.#looks = access.looks ?? LOOKS;
  }

  /**
   * A block for a new run.
   *
   * @param slots How many parts there may be: one a worker, and one for each that takes the place of a lost one.
   * @param first The first tile.
   * @param access What accesses its words.
   */
  static create(slots: number, first: number = 0, access: WordAccess = Atomics): ControlBlock {
    const block = new ControlBlock(new SharedArrayBuffer((SLOTS + slots * SLOT_WORDS) * 4), access);
    block.#words[NEXT] = first;
    return block;
  }

  /**
   * The block of a run that somebody else created.
   *
   * @param buffer Its memory.
   * @param access What accesses its words.
   */
  static attach(buffer: SharedArrayBuffer, access: WordAccess = Atomics): ControlBlock {
    return new ControlBlock(buffer, access);
  }

  /** How many parts there may be. */
  get slots(): number {
    return (this.#words.length - SLOTS) / SLOT_WORDS;
  }

  /**
   * Takes the next tiles.
   *
   * @param grain How many.
   * @returns The first of them; beyond the last tile when none is left.
   */
  claimTiles(grain: number): number {
    return this.#access.add(this.#words, NEXT, grain);
  }

  /** How many tiles have been claimed; more than there are when workers asked in vain. */
  tilesClaimed(): number {
    return this.#access.load(this.#words, NEXT);
  }

  /** Asks all workers to end after the tile at hand. */
  requestStop(): void {
    this.#access.or(this.#words, SIGNALS, STOP);
  }

  /** Whether the workers were asked to end. */
  isStopRequested(): boolean {
    return (this.#access.load(this.#words, SIGNALS) & STOP) !== 0;
  }

  /**
   * Asks all workers to end their parts after the tile at hand because others wait for them, or no longer.
   *
   * @param isWanted Whether they shall.
   */
  requestYield(isWanted: boolean): void {
    if (isWanted) this.#access.or(this.#words, SIGNALS, YIELD);
    else this.#access.and(this.#words, SIGNALS, ~YIELD);
  }

  /**
   * Takes a slot from a worker that is given up, so that its tiles can be done by another.
   *
   * @param slot The slot.
   * @returns Its whole claim, and the tile at hand.
   */
  revoke(slot: number): TileRange & { readonly at: number } {
    this.#store(slot, REVOKED, 1);
    this.#access.or(this.#words, SIGNALS, SOME_REVOKED);
    const { begin: at, end } = this.claimOf(slot);
    // Nobody waits for what it might give away.
    this.#store(slot, LAST, 0);
    return { begin: at < end ? this.#load(slot, BEGIN) : at, at, end };
  }

  /**
   * Whether a worker may go on to its next tile.
   *
   * @param slot Its slot.
   */
  heed(slot: number): Heed {
    const signals = this.#access.load(this.#words, SIGNALS);
    // The usual case, which is paid once a tile.
    if (signals === 0) return "go";
    if ((signals & STOP) !== 0 || this.isRevoked(slot, signals)) return "stop";
    if ((signals & YIELD) !== 0) return "yield";
    return signals >= ONE_WAITING ? "share" : "go";
  }

  /**
   * Whether a slot was revoked.
   *
   * @param slot The slot.
   * @param signals The signals, where they are known.
   */
  isRevoked(slot: number, signals: number = this.#access.load(this.#words, SIGNALS)): boolean {
    return (signals & SOME_REVOKED) !== 0 && this.#load(slot, REVOKED) !== 0;
  }

  /** How far a part is. */
  stateOf(slot: number): number {
    return this.#load(slot, STATE);
  }

  /**
   * Says how far a part is.
   *
   * @param slot Its slot.
   * @param state One of {@linkcode PART_STATE}.
   */
  setState(slot: number, state: number): void {
    this.#store(slot, STATE, state);
  }

  /** How many tiles a slot's parts have finished. */
  doneOf(slot: number): number {
    return this.#load(slot, DONE);
  }

  /**
   * Says that a worker goes on, though it counts no tile.
   *
   * @param slot Its slot.
   */
  beat(slot: number): void {
    this.#store(slot, BEATS, this.#load(slot, BEATS) + 1);
  }

  /** How often a worker said so. */
  beatsOf(slot: number): number {
    return this.#load(slot, BEATS);
  }

  /**
   * Opens a claim.
   *
   * @param slot The slot of the worker that has claimed it.
   * @param range Its tiles.
   */
  openClaim(slot: number, { begin, end }: TileRange): void {
    const done = this.#load(slot, DONE);
    // The claim before is done, so that nothing is left until the last of these.
    this.#store(slot, BASE, done);
    this.#store(slot, BEGIN, begin);
    this.#store(slot, LAST, done + end - begin);
  }

  /**
   * Counts tiles as done.
   *
   * @param slot The slot.
   * @param done How many are, in all its claims.
   */
  countDone(slot: number, done: number): void {
    this.#store(slot, DONE, done);
  }

  /**
   * Ends a claim before its last tile: what is left of it goes elsewhere.
   *
   * @param slot The slot.
   * @param end Where it ends now.
   */
  cutClaim(slot: number, end: number): void {
    this.#store(slot, LAST, this.#load(slot, BASE) + end - this.#load(slot, BEGIN));
  }

  /** What is left of a slot's claim, the tile at hand included; nothing once it is done. */
  claimOf(slot: number): TileRange {
    const words = () => [BASE, DONE, BEGIN, LAST].map((word) => this.#load(slot, word));
    // Its worker may go on to another claim meanwhile: what is found twice was so at one moment.
    let seen = words();
    for (let again = words(); again.some((value, k) => value !== seen[k]); again = words()) seen = again;
    const [base, done, from, last] = seen, begin = from + done - base;
    return { begin, end: begin + Math.max(0, last - done) };
  }

  /**
   * Offers the second half of what is left of a claim to workers that wait.
   *
   * @param slot The slot.
   * @param at The tile at hand, which is kept.
   * @param end Where the claim ends.
   * @returns Where it ends from now on.
   */
  share(slot: number, at: number, end: number): number {
    if (end - at < 2 || this.#load(slot, OFFER) !== EMPTY) return end;
    const middle = at + Math.ceil((end - at) / 2);
    this.cutClaim(slot, middle);
    this.#store(slot, OFFER_BEGIN, middle);
    this.#store(slot, OFFER_END, end);
    this.#store(slot, OFFER, FULL);
    this.#wakeWaiting();
    return middle;
  }

  /** Takes tiles that were offered; null where there are none. */
  takeOffer(): TileRange | null {
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.#load(slot, OFFER) !== FULL) continue;
      if (this.#access.compareExchange(this.#words, this.#place(slot, OFFER), FULL, TAKEN) !== FULL) continue;
      const range = { begin: this.#load(slot, OFFER_BEGIN), end: this.#load(slot, OFFER_END) };
      this.#store(slot, OFFER, EMPTY);
      return range;
    }
    return null;
  }

  /** What is offered and not taken. */
  offers(): TileRange[] {
    const found: TileRange[] = [];
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.#load(slot, OFFER) !== FULL) continue;
      found.push({ begin: this.#load(slot, OFFER_BEGIN), end: this.#load(slot, OFFER_END) });
    }
    return found;
  }

  /**
   * Waits for tiles that others may give away, when all are claimed.
   *
   * @param slot The slot of the worker that waits.
   * @returns Tiles; null when nobody has any to give, or the part shall end.
   */
  waitForOffer(slot: number): TileRange | null {
    const offered = this.takeOffer();
    if (offered !== null) return offered;
    const range = this.#canGive(slot) ? this.#waitLonger(slot) : null;
    // Those that wait have to learn that this worker has nothing to give any more.
    if (range === null) this.#wakeWaiting();
    return range;
  }

  #waitLonger(slot: number): TileRange | null {
    this.setState(slot, PART_STATE.waiting);
    this.#access.add(this.#words, SIGNALS, ONE_WAITING);
    try {
      for (let looks = 0;; looks++) {
        const signals = this.#access.load(this.#words, SIGNALS);
        if ((signals & (STOP | YIELD)) !== 0 || this.isRevoked(slot, signals)) return null;
        const seen = this.#access.load(this.#words, RETURNS);
        const range = this.takeOffer();
        if (range !== null || !this.#canGive(slot)) return range;
        // A stop wakes nobody, so that sleep is short.
        if (looks >= this.#looks) this.#access.wait(this.#words, RETURNS, seen, NAP_MS);
      }
    } finally {
      this.#access.add(this.#words, SIGNALS, -ONE_WAITING);
    }
  }

  /**
   * Whether a part that begins would find no tile, because others have begun all of them and have none to give.
   *
   * @param slot Its slot.
   * @param end Where the run's tiles end.
   */
  isNothingLeft(slot: number, end: number): boolean {
    return this.tilesClaimed() >= end && this.offers().length === 0 && !this.#canGive(slot) &&
      this.tilesDone() > 0;
  }

  /** Tells workers that wait for tiles that something has changed. */
  #wakeWaiting(): void {
    if (this.#access.load(this.#words, SIGNALS) < ONE_WAITING) return;
    this.#access.add(this.#words, RETURNS, 1);
    this.#access.notify(this.#words, RETURNS);
  }

  /** Whether a worker other than one has tiles that it could give away. */
  #canGive(except: number): boolean {
    for (let slot = 0; slot < this.slots; slot++) {
      if (slot === except) continue;
      if (this.#load(slot, LAST) - this.#load(slot, DONE) > 1) return true;
    }
    return false;
  }

  /**
   * Counts a ticket of an iteration that is finished.
   *
   * @param wakeAt The count at which others may go on.
   */
  finishTicket(wakeAt: number): void {
    if (this.#access.add(this.#words, FINISHED, 1) + 1 === wakeAt) {
      this.#access.notify(this.#words, FINISHED);
    }
  }

  /**
   * Waits until so many tickets are finished.
   *
   * @param count How many.
   * @returns Whether they are: not if the run was stopped, or the iteration has ended, before.
   */
  waitForTickets(count: number): boolean {
    for (let looks = 0;; looks++) {
      const finished = this.#access.load(this.#words, FINISHED);
      if (this.isStopRequested() || this.ticketsAtEnd() > 0) return false;
      if (finished >= count) return true;
      // A stop wakes nobody, so that sleep is short.
      if (looks >= this.#looks) this.#access.wait(this.#words, FINISHED, finished, NAP_MS);
    }
  }

  /**
   * Ends an iteration.
   *
   * @param tickets How many tickets there are, all of them finished.
   */
  endAt(tickets: number): void {
    this.#access.store(this.#words, ENDED, tickets);
    this.#access.notify(this.#words, FINISHED);
  }

  /** How many tickets an iteration had when it ended before its last step; 0 while it has not. */
  ticketsAtEnd(): number {
    return this.#access.load(this.#words, ENDED);
  }

  /** How many tiles all workers have finished. */
  tilesDone(): number {
    let sum = 0;
    for (let slot = 0; slot < this.slots; slot++) sum += this.#load(slot, DONE);
    return sum;
  }

  #place(slot: number, word: number): number {
    return SLOTS + slot * SLOT_WORDS + word;
  }

  #load(slot: number, word: number): number {
    return this.#access.load(this.#words, SLOTS + slot * SLOT_WORDS + word);
  }

  #store(slot: number, word: number, value: number): void {
    this.#access.store(this.#words, SLOTS + slot * SLOT_WORDS + word, value);
  }
}

/** What a worker shall do before its next tile. */
export type Heed = "go" | "stop" | "yield" | "share";
