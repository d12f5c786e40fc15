/** Deno's Jupyter kernel, started and spoken to as notebooks do: messages of the Jupyter protocol 5.3 over ZeroMQ. */

import { Socket } from "./zmtp.ts";

const encoder = new TextEncoder(), decoder = new TextDecoder();

/** Between what a message is routed by and what it says. */
const DELIMITER = "<IDS|MSG>";

/** An output of a cell, as notebooks store it. */
export type Output =
  | { readonly output_type: "stream"; readonly name: string; readonly text: string }
  | {
    readonly output_type: "execute_result" | "display_data";
    readonly data: Readonly<Record<string, unknown>>;
    readonly metadata: object;
    readonly execution_count?: number;
  }
  | {
    readonly output_type: "error";
    readonly ename: string;
    readonly evalue: string;
    readonly traceback: readonly string[];
  };

/** What came of a cell. */
export interface Execution {
  readonly status: string;
  readonly count: number;
  readonly outputs: readonly Output[];
}

interface Message {
  readonly type: string;
  readonly parent: string;
  readonly content: Record<string, unknown>;
}

/** A kernel that runs. */
export class Kernel implements AsyncDisposable {
  readonly #folder: string;
  readonly #process: Deno.ChildProcess;
  readonly #key: CryptoKey;
  readonly #session = crypto.randomUUID();
  readonly #shell: Socket;
  readonly #iopub: Socket;

  private constructor(
    folder: string,
    process: Deno.ChildProcess,
    key: CryptoKey,
    sockets: readonly [Socket, Socket],
  ) {
    this.#folder = folder;
    this.#process = process;
    this.#key = key;
    [this.#shell, this.#iopub] = sockets;
  }

  /**
   * Starts a kernel.
   *
   * @param cwd The folder it runs in: a notebook's own, as Jupyter has it.
   */
  static async start(cwd: URL): Promise<Kernel> {
    const folder = await Deno.makeTempDir(), key = crypto.randomUUID(), ports = freePorts(5);
    const names = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"];
    const connection = {
      ip: "127.0.0.1",
      transport: "tcp",
      key,
      signature_scheme: "hmac-sha256",
      kernel_name: "deno",
      ...Object.fromEntries(names.map((name, k) => [name, ports[k]])),
    };
    await Deno.writeTextFile(`${folder}/connection.json`, JSON.stringify(connection));
    const process = new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", `${folder}/connection.json`],
      cwd,
      env: { NO_COLOR: "1", RUST_BACKTRACE: "0" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      const hmac = await crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, ["sign"]);
      const shell = await patiently(() => Socket.connect("DEALER", ports[0]));
      const iopub = await patiently(() => Socket.connect("SUB", ports[1]));
      const kernel = new Kernel(folder, process, hmac, [shell, iopub]);
      await kernel.#untilHeard();
      return kernel;
    } catch (error) {
      process.kill("SIGKILL");
      await process.status;
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** What is published before the subscription has arrived is lost: asks until something is heard. */
  async #untilHeard(): Promise<void> {
    const heard = this.#receive(this.#iopub);
    for (let isHeard = false; !isHeard;) {
      const asked = await this.#send("kernel_info_request", {});
      await this.#reply(asked);
      isHeard = await Promise.race([heard.then(() => true), later(100).then(() => false)]);
    }
  }

  /**
   * Runs a cell.
   *
   * @param code Its text.
   */
  async execute(code: string): Promise<Execution> {
    const options = {
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    };
    const asked = await this.#send("execute_request", { code, ...options });
    const outputs: Output[] = [];
    await this.#collect(asked, asked, outputs);
    const { content } = await this.#reply(asked);
    // This kernel may publish a result behind the word that it is idle: what it does next comes behind both.
    if (!outputs.some(({ output_type }) => output_type === "execute_result")) await later(50);
    const next = await this.#send("kernel_info_request", {});
    await this.#reply(next);
    await this.#collect(asked, next, outputs);
    return { status: String(content.status), count: Number(content.execution_count), outputs };
  }

  /** Takes the outputs of a request until the kernel has published all of another one. */
  async #collect(asked: string, last: string, outputs: Output[]): Promise<void> {
    for (;;) {
      const { type, parent, content } = await this.#receive(this.#iopub);
      if (parent === last && type === "status" && content.execution_state === "idle") return;
      const output = parent === asked ? outputOf(type, content) : undefined;
      if (output !== undefined) addOutput(outputs, output);
    }
  }

  async #send(type: string, content: object): Promise<string> {
    const id = crypto.randomUUID();
    const header = {
      msg_id: id,
      session: this.#session,
      username: "tests",
      date: new Date().toISOString(),
      msg_type: type,
      version: "5.3",
    };
    const parts = [header, {}, {}, content].map((part) => encoder.encode(JSON.stringify(part)));
    await this.#shell.send(
      [DELIMITER, await this.#sign(parts)].map((text) => encoder.encode(text)).concat(parts),
    );
    return id;
  }

  async #sign(parts: readonly Uint8Array[]): Promise<string> {
    const whole = new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
    return new Uint8Array(await crypto.subtle.sign("HMAC", this.#key, whole)).toHex();
  }

  /** The reply to a request. */
  async #reply(asked: string): Promise<Message> {
    for (;;) {
      const message = await this.#receive(this.#shell);
      if (message.parent === asked) return message;
    }
  }

  async #receive(socket: Socket): Promise<Message> {
    const parts = await socket.receive();
    const at = parts.findIndex((part) => decoder.decode(part) === DELIMITER);
    const signed = parts.slice(at + 2, at + 6);
    if (at < 0 || decoder.decode(parts[at + 1]) !== await this.#sign(signed)) {
      throw new Error("A message of the kernel is not signed with its key");
    }
    const [header, parent, , content] = signed.map((part) => JSON.parse(decoder.decode(part)));
    return { type: header.msg_type, parent: parent.msg_id ?? "", content };
  }

  /** Ends the kernel. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#shell[Symbol.dispose]();
    this.#iopub[Symbol.dispose]();
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function outputOf(type: string, content: Record<string, unknown>): Output | undefined {
  const { data, metadata, execution_count, name, text, ename, evalue, traceback } = content;
  switch (type) {
    case "stream":
      return { output_type: type, name: String(name), text: String(text) };
    case "execute_result":
      return {
        output_type: type,
        data: { ...Object(data) },
        metadata: Object(metadata),
        execution_count: Number(execution_count),
      };
    case "display_data":
      return { output_type: type, data: { ...Object(data) }, metadata: Object(metadata) };
    case "error":
      return {
        output_type: type,
        ename: String(ename),
        evalue: String(evalue),
        traceback: [...Object(traceback)].map(String),
      };
  }
}

/** Adds an output; what is printed in pieces is one. */
function addOutput(outputs: Output[], output: Output): void {
  const last = outputs.at(-1);
  if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
    outputs[outputs.length - 1] = { ...last, text: last.text + output.text };
  } else outputs.push(output);
}

/** Ports that nobody listens on. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => addr.transport === "tcp" ? addr.port : 0);
  for (const listener of listeners) listener.close();
  return ports;
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Tries for as long as nobody listens. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 600;; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused) || left === 0) throw error;
      await later(50);
    }
  }
}
