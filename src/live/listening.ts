/**
 * Listening on a port, or on the next one that is free.
 *
 * @module
 */

import { ValueError } from "../errors.ts";

/** How many ports are tried. */
const MOST_TRIES = 100;

/** A server, and where it is. */
export interface Listening {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  readonly port: number;
}

/**
 * Starts a server.
 *
 * @param hostname Where it listens.
 * @param port The port that is tried first; 0 for any.
 * @param signal Cuts all connections.
 * @param handler Answers.
 * @throws {Deno.errors.AddrInUse} If no port is free.
 * @throws {ValueError} If the host is no address of this machine.
 * @throws {Deno.errors.NotCapable} If Deno was not given the permission.
 */
export function listen(
  hostname: string,
  port: number,
  signal: AbortSignal,
  handler: (request: Request) => Response | Promise<Response>,
): Listening {
  const last = port === 0 ? 0 : Math.min(65535, port + MOST_TRIES - 1);
  for (let tried = port; tried <= last; tried++) {
    try {
      const server = Deno.serve(
        { hostname, port: tried, signal, onListen: () => {}, onError: failed },
        handler,
      );
      return { server, port: server.addr.port };
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) continue;
      throw explained(error, hostname, tried);
    }
  }
  throw new Deno.errors.AddrInUse(`No port from ${port} to ${last} is free for the dashboard on ${hostname}`);
}

function failed(error: unknown): Response {
  return new Response(`The dashboard cannot answer: ${String(error)}\n`, { status: 500 });
}

function explained(error: unknown, hostname: string, port: number): unknown {
  if (error instanceof Deno.errors.NotCapable) {
    const place = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    return new Deno.errors.NotCapable(`The dashboard needs the permission to listen: --allow-net=${place}`, {
      cause: error,
    });
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new Deno.errors.PermissionDenied(`The system does not let the dashboard listen on port ${port}`, {
      cause: error,
    });
  }
  if (error instanceof Error) {
    return new ValueError(
      `The dashboard cannot listen on ${hostname}, which is no address of this machine: ${error.message}`,
    );
  }
  return error;
}
