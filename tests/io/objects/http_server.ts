/**
 * A server over HTTP that does as it is told.
 *
 * @module
 */

/** Answers a request in place of the server, if it gives something. */
export type Handler = (
  request: Request,
  path: string,
) => Response | undefined | Promise<Response | undefined>;

/** A server of a folder's files, in which some requests are answered by a handler. */
export async function withServer(
  folder: string,
  handler: Handler,
  run: (address: string, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    asked.push(path);
    return await handler(request, path) ?? await serveFile(folder + path, request.headers.get("range"));
  });
  await run(`http://127.0.0.1:${server.addr.port}`, asked);
}

async function serveFile(path: string, range: string | null): Promise<Response> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch {
    return new Response("no such file", { status: 404 });
  }
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (match === null) return new Response(bytes);
  const first = match[1] === "" ? Math.max(0, bytes.length - Number(match[2])) : Number(match[1]);
  const last = match[1] === "" ? bytes.length - 1 : Math.min(bytes.length - 1, Number(match[2]));
  const headers = { "content-range": `bytes ${first}-${last}/${bytes.length}` };
  return new Response(bytes.slice(first, last + 1), { status: 206, headers });
}
