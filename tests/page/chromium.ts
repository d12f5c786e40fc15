/**
 * A headless Chromium, driven by the DevTools protocol, for tests of pages.
 *
 * @module
 */

/** Where a Chromium may be; `CHROMIUM` names another one. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
];

/** The browser's program, or undefined where there is none. */
export function findChromium(): string | undefined {
  return [Deno.env.get("CHROMIUM") ?? "", ...PLACES].find((path) => {
    try {
      return path !== "" && Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

interface Waiting {
  resolve(result: Record<string, unknown>): void;
  reject(error: Error): void;
}

/** A browser that runs until it is disposed. */
export class Chromium implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, (answer: Answer) => void>();
  #last = 0;

  private constructor(process: Deno.ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("Chromium has ended"));
      this.#waiting.clear();
    };
  }

  /** Starts a browser with an empty profile. */
  static async open(): Promise<Chromium> {
    const program = findChromium();
    if (program === undefined) throw new Error("There is no Chromium");
    const folder = await Deno.makeTempDir({ prefix: "chromium" });
    const flags = [
      "no-sandbox",
      "disable-gpu",
      "disable-quic",
      "no-first-run",
      "disable-background-networking",
    ];
    const others = [
      "disable-component-update",
      "disable-sync",
      "disable-dev-shm-usage",
      "force-color-profile=srgb",
    ];
    const process = new Deno.Command(program, {
      args: [
        "--headless",
        ...[...flags, ...others].map((flag) => `--${flag}`),
        "--remote-debugging-port=0",
        `--user-data-dir=${folder}`,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const [port, path] = (await textOf(`${folder}/DevToolsActivePort`)).split("\n");
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error("Chromium does not answer"));
      });
      return new Chromium(process, folder, socket);
    } catch (cause) {
      process.kill("SIGKILL");
      await process.status;
      throw cause;
    }
  }

  #take(answer: Answer): void {
    if (answer.id === undefined) return this.#listeners.get(answer.sessionId ?? "")?.(answer);
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer.result ?? {});
    else waiting?.reject(new Error(answer.error.message));
  }

  /** Sends a command of the protocol. */
  send(
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(
        JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }),
      );
    });
  }

  /** Opens a new tab. */
  async newPage({ width = 1280, height = 900, dark = false } = {}): Promise<Page> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, String(sessionId));
    this.#listeners.set(String(sessionId), (answer) => page.heard(answer.method ?? "", answer.params ?? {}));
    for (const domain of ["Page", "Runtime", "Log"]) await page.send(`${domain}.enable`);
    await page.resize(width, height);
    await page.setDark(dark);
    return page;
  }

  /** Ends the browser and removes its profile. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    await this.send("Browser.close").catch(() => {});
    await closed;
    await this.#process.status;
    // Helper processes may write to the folder for a moment longer.
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        await Deno.remove(this.#folder, { recursive: true });
        return;
      } catch (cause) {
        if (cause instanceof Deno.errors.NotFound) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** A tab. */
export class Page {
  /** What the page complained of: exceptions, errors on the console, resources that did not load. */
  readonly errors: string[] = [];
  readonly #browser: Chromium;
  readonly #session: string;
  #loaded = () => {};

  constructor(browser: Chromium, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  /** Sends a command of the protocol to the tab. */
  send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.#browser.send(method, params, this.#session);
  }

  /** Is not for tests: what the tab told. */
  heard(method: string, params: Record<string, unknown>): void {
    if (method === "Page.loadEventFired") this.#loaded();
    const isError = method === "Runtime.exceptionThrown" ||
      (method === "Runtime.consoleAPICalled" && (params.type === "error" || params.type === "warning")) ||
      (method === "Log.entryAdded" && isRecord(params.entry) && params.entry.level === "error");
    if (isError) this.errors.push(JSON.stringify(params));
  }

  /** Goes to a URL, and waits until it is loaded. */
  async goTo(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.#loaded = resolve);
    await this.send("Page.navigate", { url });
    await loaded;
  }

  /** The value of an expression in the page, as JSON has it; a promise is awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
    return isRecord(answer.result) ? answer.result.value : undefined;
  }

  /** Waits until an expression in the page is true. */
  async until(expression: string, ms = 20_000): Promise<void> {
    for (const end = Date.now() + ms; !await this.evaluate(`Boolean(${expression})`);) {
      if (Date.now() > end) throw new Error(`It does not become true: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The size of the window, with so many pixels of the screen for one of the page. */
  async resize(width: number, height: number, deviceScaleFactor = 1): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor,
      mobile: false,
    });
  }

  /** Which colours the system prefers. */
  async setDark(dark: boolean): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await this.send("Emulation.setEmulatedMedia", { features });
  }

  /** Something that the mouse does: `mouseMoved`, `mousePressed`, `mouseReleased`, `mouseWheel`. */
  async mouse(type: string, x: number, y: number, more: Record<string, unknown> = {}): Promise<void> {
    const button = type === "mousePressed" || type === "mouseReleased"
      ? { button: "left", clickCount: 1 }
      : {};
    await this.send("Input.dispatchMouseEvent", { type, x, y, ...button, ...more });
  }

  /** Presses a key and lets it go. */
  async key(key: string, more: Record<string, unknown> = {}): Promise<void> {
    const text = key.length === 1 ? { text: key } : key === "Enter" ? { text: "\r" } : {};
    const code = { Enter: 13, Tab: 9, Escape: 27 }[key];
    const codes = code === undefined ? {} : { windowsVirtualKeyCode: code, code: key };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", key, ...text, ...codes, ...more });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", key, ...codes, ...more });
  }

  /** The middle of an element, after it was scrolled into view. */
  async middleOf(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await this.evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: "center" });
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2, width, height };
    })()`);
    if (!isRecord(box)) throw new Error(`There is no ${selector}`);
    return { x: Number(box.x), y: Number(box.y), width: Number(box.width), height: Number(box.height) };
  }

  /** The page as it is seen, as a PNG file. */
  async screenshot(full = true): Promise<Uint8Array<ArrayBuffer>> {
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: full,
    });
    return fromBase64(String(data));
  }

  /** The page as it is printed, as a PDF file. */
  async pdf(): Promise<Uint8Array<ArrayBuffer>> {
    const { data } = await this.send("Page.printToPDF", { preferCSSPageSize: true, printBackground: false });
    return fromBase64(String(data));
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** The text of a file that is written by another process soon. */
async function textOf(path: string): Promise<string> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (text.includes("\n")) return text;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`There is no ${path}`);
}
