import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { PlanError, RunRecorder, SharedNdArray, tiledMap, ValueError } from "../../mod.ts";
import { openDashboard } from "../../src/live/dashboard.ts";
import type { DashboardOptions } from "../../src/live/dashboard_options.ts";
import { decodeSpans } from "../../src/page/page_data.ts";
import { allEvents, eventsOf, lastOf, routeOf } from "./event_reader.ts";
import { ScriptedRecorder, ScriptedRun } from "./scripted_run.ts";

/** A dashboard on any port, of runs that a test scripts or of none. */
function open(options: DashboardOptions = {}, recorder: object = new RunRecorder({ tiles: false })) {
  // A scripted recorder has all that a dashboard looks at.
  return openDashboard(recorder as RunRecorder, { port: 0, ...options });
}

async function textOf(address: string, init?: RequestInit): Promise<[status: number, text: string]> {
  const answer = await fetch(address, init);
  return [answer.status, await answer.text()];
}

async function reportOfRun(recorder: RunRecorder) {
  const a = SharedNdArray.ones([40, 40]), kernel = new URL("data:text/javascript,export default () => {}");
  const { report } = await tiledMap(kernel, {
    inputs: { a },
    tile: [2, 2],
    workers: 2,
    exact: true,
    recorder,
  });
  return report;
}

Deno.test("nothing is answered without the token", async () => {
  await using dashboard = await open();
  for (const route of ["/", "/events", "/report.html", "/nothing", "/favicon.ico"]) {
    const address = routeOf(dashboard.url, route);
    assertMatch((await textOf(address.replace(/\?.*/, "")))[1], /^The token is missing: .+\.\n$/);
    assertEquals((await textOf(address.replace(/.$/, "x")))[0], 403);
  }
  assertEquals(
    (await textOf(routeOf(dashboard.url, "/stop").replace(/\?.*/, ""), { method: "POST" }))[0],
    403,
  );
  assertEquals(dashboard.viewers, 0);
});

Deno.test("the page says that nothing is kept, told or framed", async () => {
  await using dashboard = await open();
  const { status, headers, body } = await fetch(dashboard.url);
  await body?.cancel();
  assertEquals(status, 200);
  assertEquals(headers.get("cache-control"), "no-store");
  assertEquals(headers.get("referrer-policy"), "no-referrer");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  const policy = headers.get("content-security-policy") ?? "";
  assertMatch(policy, /default-src 'none'; .*frame-ancestors 'none'; script-src 'nonce-[\da-f-]+'/);
  assert(!policy.includes("unsafe"));
});

Deno.test("other routes and methods are refused in a sentence", async () => {
  await using dashboard = await open();
  assertEquals(await textOf(routeOf(dashboard.url, "/other")), [
    404,
    "There is no /other: the dashboard is at /.\n",
  ]);
  assertEquals(await textOf(routeOf(dashboard.url, "/stop")), [405, "/stop takes POST only.\n"]);
  assertEquals(await textOf(dashboard.url, { method: "POST" }), [405, "/ takes GET only.\n"]);
  assertEquals(await textOf(routeOf(dashboard.url, "/stop"), { method: "POST" }), [
    409,
    "This run cannot be stopped from here.\n",
  ]);
  assertEquals((await textOf(routeOf(dashboard.url, "/report.html")))[0], 409);
});

Deno.test("another host is refused", async () => {
  await using dashboard = await open();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: dashboard.port });
  const path = dashboard.url.slice(dashboard.url.indexOf("/?"));
  await connection.write(
    new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n`),
  );
  const text = await new Response(connection.readable).text().catch(() => "");
  assertStringIncludes(text, "403");
  assertStringIncludes(text, "This is not the dashboard of evil.example:80");
});

Deno.test("a port in use is told, and the next free one is taken", async () => {
  await using first = await open();
  await using second = await open({ port: first.port });
  assert(second.port > first.port);
  assertEquals(second.notice, `Port ${first.port} is in use: the dashboard is at ${second.port}`);
  assertEquals(first.notice, null);
});

Deno.test("options that cannot be are refused", async () => {
  await assertRejects(() => open({ port: 65536 }), ValueError, "an integer from 0 to 65535, but is 65536");
  await assertRejects(() => open({ port: NaN }), ValueError);
  await assertRejects(
    () => open({ host: "http://x" }),
    ValueError,
    'a name or an address, but is "http://x"',
  );
  await assertRejects(() => open(Object.assign({ port: 0 }, { prot: 1 })), PlanError, "did you mean port?");
});

Deno.test("a page is told what was, what comes and the end", async () => {
  const recorder = new ScriptedRecorder(),
    run = new ScriptedRun(40, 2, performance.timeOrigin + performance.now());
  await using dashboard = await open({ title: "A run", onStop: () => {} }, recorder);
  recorder.runs.push(run);
  const names: string[] = [], counts: number[] = [];
  let spans = 0;
  for await (const { name, data } of eventsOf(dashboard.url)) {
    names.push(name);
    if (name === "end") {
      assertEquals(data.outcome, { kind: "failed", text: "The run failed: of the weather" });
      assertEquals([data.html, data.page?.title], [null, "A run"]);
      break;
    }
    const { status } = data;
    if (name === "start") {
      assertEquals([data.canStop, data.page.title, data.page.report], [true, "A run", null]);
      spans += data.page.phases.reduce(
        (sum, phase) => sum + decodeSpans(phase.spans).tiles.reduce((a, b) => a + b, 0),
        0,
      );
    } else for (let at = 0; at < data.rows.length; at += 8) spans += data.rows[at + 4];
    counts.push(status.done);
    assertEquals(spans, status.done);
    run.claim(0, 10);
    run.finish(0, 3);
    if (counts.length > 4) dashboard.fail(new Error("of the weather"));
  }
  assertEquals([names[0], names.at(-1)], ["start", "end"]);
  assert(
    names.slice(1, -1).every((name) => name === "tick") && counts.some((count) => count > 0),
    `${counts}`,
  );
});

Deno.test("several pages look on, and one that comes back is told all anew", async () => {
  const recorder = new RunRecorder({ tiles: false });
  await using dashboard = await open({}, recorder);
  const first = eventsOf(dashboard.url), again = eventsOf(dashboard.url);
  assertEquals((await first.next()).value?.name, "start");
  assertEquals((await again.next()).value?.name, "start");
  assertEquals(dashboard.viewers, 2);
  const report = await reportOfRun(recorder);
  assertEquals((await first.next()).value?.name, "tick");
  await first.return(undefined);
  const third = eventsOf(dashboard.url), { value } = await third.next();
  assertEquals(value?.name, "start");
  assert(value?.name === "start" && value.data.page.phases.length === 1 && value.data.status.done === 400);
  dashboard.finish(report);
  for (const reader of [again, third]) {
    const rest = [];
    for await (const event of reader) rest.push(event);
    const { outcome, page, html } = lastOf(rest.at(-1));
    assertEquals([outcome.kind, page.report?.tiles], ["done", 400]);
    assertStringIncludes(html ?? "", "<!DOCTYPE html>");
  }
  assertEquals((await allEvents(dashboard.url)).map(({ name }) => name), ["end"]);
  const [status, html] = await textOf(routeOf(dashboard.url, "/report.html"));
  assertEquals(status, 200);
  assertStringIncludes(html, "<!DOCTYPE html>");
});

Deno.test("the stop button's request cancels the run, once, from its own page only", async () => {
  const stop = new AbortController();
  let calls = 0;
  await using dashboard = await open({
    onStop: () => {
      calls++;
      stop.abort();
    },
  });
  const address = routeOf(dashboard.url, "/stop");
  const origin = new URL(dashboard.url).origin;
  assertEquals(
    (await textOf(address, { method: "POST", headers: { origin: "http://evil.example" } }))[0],
    403,
  );
  assertEquals(calls, 0);
  assertEquals((await textOf(address, { method: "POST", headers: { origin } }))[0], 200);
  assertEquals([calls, stop.signal.aborted], [1, true]);
  const events = allEvents(dashboard.url);
  dashboard.fail(stop.signal.reason);
  const last = (await events).at(-1);
  assert(last?.name === "end");
  assertEquals(last.data.outcome, { kind: "cancelled", text: "The run was cancelled from this page." });
  assertEquals((await textOf(address, { method: "POST" }))[0], 409);
});

Deno.test("closing tells pages and ends their connections", async () => {
  const dashboard = await open();
  const events = allEvents(dashboard.url);
  while (dashboard.viewers === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([dashboard.close(), dashboard.close()]);
  const last = (await events).at(-1);
  assert(last?.name === "end" && last.data.outcome.kind === "unknown");
  await assertRejects(() => fetch(dashboard.url), TypeError);
});

Deno.test("a page that does not read holds nothing up for long", async () => {
  const recorder = new ScriptedRecorder(),
    run = new ScriptedRun(4000, 2, performance.timeOrigin + performance.now());
  recorder.runs.push(run);
  const dashboard = await open({}, recorder);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: dashboard.port });
  const path = routeOf(dashboard.url, "/events").slice(dashboard.url.indexOf("/?"));
  await connection.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`));
  while (dashboard.viewers === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await dashboard.close();
  assertEquals(dashboard.viewers, 0);
});
