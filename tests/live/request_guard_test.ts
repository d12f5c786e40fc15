import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { newToken, RequestGuard } from "../../src/live/request_guard.ts";

const TOKEN = "00112233445566778899aabbccddeeff";

/** What a guard says of a request. */
function objection(
  { host = "127.0.0.1", header = "127.0.0.1:8787", token = TOKEN, method = "GET", ...headers }: Record<
    string,
    string
  > = {},
): string | null {
  const address = `http://127.0.0.1:8787/?token=${encodeURIComponent(token)}`;
  const request = new Request(address, { method, headers: { host: header, ...headers } });
  return new RequestGuard(TOKEN, host).objection(request);
}

Deno.test("whoever has the token and came to the right host is let in", () => {
  for (const header of ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787", "localhost"]) {
    assertEquals(objection({ header }), null);
  }
  assertEquals(objection({ host: "cluster.example", header: "cluster.example:8787" }), null);
  assertEquals(
    objection({ method: "POST", origin: "http://127.0.0.1:8787", "sec-fetch-site": "same-origin" }),
    null,
  );
  assertEquals(objection({ method: "POST" }), null);
});

Deno.test("a missing or wrong token is told in a sentence", () => {
  const request = new Request("http://127.0.0.1:8787/", { headers: { host: "127.0.0.1:8787" } });
  assertMatch(new RequestGuard(TOKEN, "127.0.0.1").objection(request) ?? "", /^The token is missing: .+\.$/);
  for (
    const token of [
      "",
      "x",
      TOKEN.slice(1),
      `${TOKEN}0`,
      TOKEN.toUpperCase(),
      TOKEN.replace("0", "1"),
      "é".repeat(16),
    ]
  ) {
    assertMatch(objection({ token }) ?? "", /^The token is wrong: .+\.$/);
  }
});

Deno.test("a name that leads here by trickery is refused, even with the token", () => {
  for (
    const header of [
      "evil.example:8787",
      "127.0.0.1.evil.example",
      "192.168.1.9:8787",
      "localhost.evil:80",
      "",
    ]
  ) {
    assertMatch(objection({ header }) ?? "", /^This is not the dashboard of /, header);
  }
  assertEquals(objection({ host: "0.0.0.0", header: "192.168.1.9:8787" }), null);
  assertEquals(objection({ host: "[::]", header: "[fe80::1]:8787" }), null);
  assert(objection({ host: "0.0.0.0", header: "evil.example:8787" }) !== null);
});

Deno.test("pages of other sites are refused, even with the token", () => {
  const refused = "Only the dashboard's own page may do that.";
  for (const origin of ["http://evil.example", "null", "https://127.0.0.1:8787", "http://127.0.0.1:9999"]) {
    assertEquals(objection({ method: "POST", origin }), refused);
    assertEquals(objection({ origin }), refused);
  }
  assertEquals(objection({ method: "POST", "sec-fetch-site": "cross-site" }), refused);
  assertEquals(objection({ "sec-fetch-site": "none" }), null);
});

Deno.test("a token has 128 bits, and is another one each time", () => {
  assertMatch(newToken(), /^[\da-f]{32}$/);
  assertNotEquals(newToken(), newToken());
});
