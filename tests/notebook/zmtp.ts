/** As much of ZMTP 3.0, the protocol of ZeroMQ, as a client of a Jupyter kernel needs: no security, two kinds of sockets. */

/** Bits of a frame's first byte. */
const MORE = 1, LONG = 2, COMMAND = 4;

const encoder = new TextEncoder(), decoder = new TextDecoder();

/** The first 64 bytes that a side sends: signature, version 3.0, mechanism NULL, no server. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(encoder.encode("NULL"), 12);
  return bytes;
}

function frame(flags: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const isLong = body.length > 255, head = isLong ? 9 : 2;
  const bytes = new Uint8Array(head + body.length), view = new DataView(bytes.buffer);
  bytes[0] = flags | (isLong ? LONG : 0);
  if (isLong) view.setBigUint64(1, BigInt(body.length));
  else bytes[1] = body.length;
  bytes.set(body, head);
  return bytes;
}

/** The command with which sides tell what they are. */
function ready(type: string): Uint8Array {
  const name = "Socket-Type", value = encoder.encode(type);
  const body = new Uint8Array(6 + 1 + name.length + 4 + value.length), view = new DataView(body.buffer);
  body[0] = 5;
  body.set(encoder.encode("READY"), 1);
  body[6] = name.length;
  body.set(encoder.encode(name), 7);
  view.setUint32(7 + name.length, value.length);
  body.set(value, 11 + name.length);
  return body;
}

/** A socket that is connected. */
export class Socket implements Disposable {
  readonly #connection: Deno.Conn;
  #held = new Uint8Array(0);

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /**
   * Connects, and greets.
   *
   * @param type What the socket is; one that subscribes does so to everything.
   * @param port Where, on this machine.
   */
  static async connect(type: "DEALER" | "SUB", port: number): Promise<Socket> {
    const socket = new Socket(await Deno.connect({ hostname: "127.0.0.1", port }));
    try {
      await socket.#write(greeting());
      const theirs = await socket.#read(64);
      if (theirs[0] !== 0xff || theirs[10] < 3) throw new Error("The other side does not speak ZMTP 3");
      await socket.#write(frame(COMMAND, ready(type)));
      const { flags, body } = await socket.#frame();
      if ((flags & COMMAND) === 0 || decoder.decode(body.subarray(1, 6)) !== "READY") {
        throw new Error("The other side is not ready");
      }
      if (type === "SUB") await socket.send([Uint8Array.of(1)]);
      return socket;
    } catch (error) {
      socket[Symbol.dispose]();
      throw error;
    }
  }

  /** Sends a message of several parts. */
  async send(parts: readonly Uint8Array[]): Promise<void> {
    for (const [k, part] of parts.entries()) await this.#write(frame(k + 1 < parts.length ? MORE : 0, part));
  }

  /** The next message. */
  async receive(): Promise<Uint8Array[]> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const { flags, body } = await this.#frame();
      // The other side may ask whether this one is still there.
      if ((flags & COMMAND) !== 0) continue;
      parts.push(body);
      if ((flags & MORE) === 0) return parts;
    }
  }

  async #frame(): Promise<{ readonly flags: number; readonly body: Uint8Array }> {
    const [flags] = await this.#read(1);
    const head = await this.#read((flags & LONG) === 0 ? 1 : 8);
    const length = head.length === 1 ? head[0] : Number(new DataView(head.buffer).getBigUint64(0));
    return { flags, body: await this.#read(length) };
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) done += await this.#connection.write(bytes.subarray(done));
  }

  /** The next bytes, in memory of their own. */
  async #read(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    for (let filled = 0; filled < count;) {
      if (this.#held.length === 0) {
        const chunk = new Uint8Array(65536), got = await this.#connection.read(chunk);
        if (got === null) throw new Error("The other side has closed the connection");
        this.#held = chunk.subarray(0, got);
      }
      const piece = this.#held.subarray(0, count - filled);
      bytes.set(piece, filled);
      filled += piece.length;
      this.#held = this.#held.subarray(piece.length);
    }
    return bytes;
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
