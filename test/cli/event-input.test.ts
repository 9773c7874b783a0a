import { describe, expect, it } from "@jest/globals";
import { batchMax, readEvents } from "../../src/cli/event-input.js";

const batchesOf = (text: string) => {
  const input = readEvents(text, "events.json");
  if (input.kind !== "batch") throw new Error("one event");
  return input.batches;
};

describe("readEvents", () => {
  it("leaves a single event as it was written", () => {
    const body = '{ "id": "a", "sequence": 12345678901234567890 }\n';
    expect(readEvents(body, "events.json")).toEqual({ kind: "single", body });
  });

  it("divides at the most events of a request, in order and without loss", () => {
    const events = Array.from({ length: 2 * batchMax + 1 }, (_, id) => ({ id }));
    const batches = batchesOf(JSON.stringify(events));
    expect(batches.map((one) => one.count)).toEqual([batchMax, batchMax, 1]);
    expect(batches.flatMap((one) => JSON.parse(one.body) as unknown[])).toEqual(events);
  });

  it("divides large events so that no request exceeds what the server takes, counted in bytes", () => {
    const events = Array.from({ length: 5 }, (_, id) => ({ id, note: "ä".repeat(700_000) }));
    const batches = batchesOf(events.map((event) => JSON.stringify(event)).join("\n"));
    expect(batches.map((one) => one.count)).toEqual([2, 2, 1]);
    for (const { body } of batches) expect(Buffer.byteLength(body)).toBeLessThan(4 * 1_024 * 1_024);
  });

  it("sends an event that is larger than a request alone: the server is the one to refuse it", () => {
    const large = JSON.stringify({ note: "x".repeat(5_000_000) });
    expect(batchesOf(`{"id":1}\n${large}\n{"id":2}`).map((one) => one.count)).toEqual([1, 1, 1]);
  });
});
