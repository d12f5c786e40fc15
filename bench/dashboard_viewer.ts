/**
 * What a browser does with a dashboard's events, without drawing: reads and parses them until the stream ends. Prints
 * how many there were, and their bytes.
 */

const [address] = Deno.args;
const answer = await fetch(address.replace("/?", "/events?"));
let events = 0, bytes = 0, rest = "";
for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
  bytes += piece.length;
  const texts = (rest + piece).split("\n\n");
  rest = texts.pop() ?? "";
  for (const text of texts) {
    JSON.parse(text.slice(text.indexOf("data: ") + 6));
    events++;
  }
}
console.log(JSON.stringify({ events, bytes }));
