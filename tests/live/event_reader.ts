/**
 * Reads server-sent events.
 *
 * @module
 */

import type { PagePayload } from "../../src/page/page_data.ts";
import type { EndEvent, StartEvent, TickEvent } from "../../src/live/live_messages.ts";

/** An event as a page gets it. */
export type LiveEvent =
  | { readonly name: "start"; readonly data: StartEvent }
  | { readonly name: "tick"; readonly data: TickEvent }
  | { readonly name: "end"; readonly data: EndEvent };

/** The address of something else of a dashboard. */
export function routeOf(url: string, route: string): string {
  return url.replace("/?", `${route}?`);
}

/** The events of a dashboard, until its stream ends. */
export async function* eventsOf(url: string): AsyncGenerator<LiveEvent> {
  const answer = await fetch(routeOf(url, "/events"));
  if (answer.body === null || answer.status !== 200) throw new Error(await answer.text());
  let text = "";
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const [, name, data] = event.match(/^event: (\w+)\ndata: (.*)$/) ?? [];
      if (name !== "start" && name !== "tick" && name !== "end") throw new Error(`Not an event: ${event}`);
      yield { name, data: JSON.parse(data) };
    }
  }
}

/** All events until the stream ends. */
export async function allEvents(url: string): Promise<LiveEvent[]> {
  const events: LiveEvent[] = [];
  for await (const event of eventsOf(url)) events.push(event);
  return events;
}

/** What a page shows at the end, and how the run ended. */
export function lastOf(event: LiveEvent | undefined): EndEvent & { readonly page: PagePayload } {
  if (event?.name !== "end") throw new Error(`Not the end: ${event?.name}`);
  const { page, html, outcome } = event.data;
  const [, text] = html?.match(/ id="data">([^<]*)</) ?? [];
  return { outcome, html, page: page ?? JSON.parse(text) };
}
