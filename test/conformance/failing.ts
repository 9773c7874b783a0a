import { describe, expect, it } from "@jest/globals";
import { createConnector } from "../../src/connectors/registry.js";
import { callContext } from "../support/call-context.js";
import { failureOf } from "../support/failure-of.js";
import { startFaultProxy, type Answer, type Fault } from "../support/fault-proxy.js";
import { type Harness } from "./harness.js";
import { servicesFor } from "./profile.js";

const html: Answer = { status: 200, headers: { "content-type": "text/html" }, body: "<html>sign in</html>" };
const notJson: Answer = { status: 200, headers: { "content-type": "application/json" }, body: '{"id":' };
const noId: Answer = {
  status: 200,
  headers: { "content-type": "application/json" },
  body: '{"some":"thing"}',
};
const moved: Answer = { status: 302, headers: { location: "/elsewhere" } };

/** Targets that are busy, broken, or not what they seem, and credentials that fail. */
export function describeFailing(on: Harness): void {
  describe("when the target is busy or broken", () => {
    const answer = (status: number, headers: Record<string, string> = {}): Fault => ({
      kind: "answer",
      status,
      headers,
    });

    it("passes on a pause in seconds, with the create certainly not done", async () => {
      on.proxy.next("write", answer(429, { "retry-after": "7" }));
      const error = await failureOf(on.connector.create(on.sample(), callContext()));
      expect(error).toMatchObject({
        code: "throttled",
        class: "throttled",
        sent: "answered",
        retryAfterMs: 7000,
      });
    });

    it("passes on a pause until a date", async () => {
      const date = new Date(Date.now() + 90_000).toUTCString();
      on.proxy.next("write", answer(429, { "retry-after": date }));
      const error = await failureOf(on.connector.create(on.sample(), callContext()));
      expect(error.code).toBe("throttled");
      expect(error.retryAfterMs).toBeGreaterThan(80_000);
      expect(error.retryAfterMs).toBeLessThanOrEqual(90_000);
    });

    it("takes a 503 with a pause as throttling, but not as proof that nothing was done", async () => {
      on.proxy.next("write", answer(503, { "retry-after": "5" }));
      const error = await failureOf(on.connector.create(on.sample(), callContext()));
      expect(error).toMatchObject({ code: "throttled", sent: "maybe", retryAfterMs: 5000 });
    });

    it.each([500, 502, 503, 504])("takes a %i as a passing failure that may have acted", async (status) => {
      on.proxy.next("write", answer(status));
      const error = await failureOf(on.connector.create(on.sample(), callContext()));
      expect(error).toMatchObject({ code: "target_error", class: "transient", sent: "maybe", status });
    });

    it("does not take a failing look-up for an empty one", async () => {
      on.proxy.next("read", answer(500));
      expect((await failureOf(on.byKey(on.sample()))).code).toBe("target_error");
    });

    it("loses the reply within the deadline when the answer does not come", async () => {
      const account = on.sample();
      on.proxy.next("write", { kind: "stall" });
      const started = performance.now();
      const error = await failureOf(on.connector.create(account, callContext(1500)));
      expect(error).toMatchObject({ code: "reply_lost", sent: "maybe" });
      expect(performance.now() - started).toBeLessThan(5000);
      await on.proxy.settled();
      expect(await on.byKey(account)).toHaveLength(1);
    });

    it("sends nothing when the deadline has passed already", async () => {
      const error = await failureOf(on.connector.create(on.sample(), callContext(0)));
      expect(error).toMatchObject({ code: "attempt_timeout", sent: "no" });
      expect(on.proxy.requests()).toEqual([]);
    });

    it("knows that nothing was sent when no connection can be made", async () => {
      const gone = await startFaultProxy(on.target.url);
      await gone.close();
      const lost = createConnector(on.profile.connection(gone.url), servicesFor(on.target.secrets));
      const error = await failureOf(lost.create(on.sample(), callContext()));
      expect(error).toMatchObject({ code: "target_unreachable", class: "transient", sent: "no" });
      await lost.close();
    });
  });

  describe("when the answer breaks the protocol", () => {
    it.each([
      ["HTML", html],
      ["broken JSON", notJson],
      ["no id", noId],
      ["a redirect", moved],
    ])("reports a create answered by %s as contract, possibly done", async (_what, answer) => {
      const account = on.sample();
      on.proxy.next("write", { kind: "rewrite", ...answer });
      const error = await failureOf(on.connector.create(account, callContext()));
      expect(error).toMatchObject({ code: "contract", class: "contract", sent: "maybe" });
      expect(await on.byKey(account)).toHaveLength(1);
    });

    it.each([
      ["HTML", html],
      ["broken JSON", notJson],
      ["no list", noId],
      ["a redirect", moved],
    ])("does not take a look-up answered by %s for an empty one", async (_what, answer) => {
      on.proxy.next("read", { kind: "rewrite", ...answer });
      expect((await failureOf(on.byKey(on.sample()))).code).toBe("contract");
    });

    it("does not take a sign-in page for a successful update or removal", async () => {
      const { remote, id } = await on.created();
      const read = on.observed(remote);
      const change = { set: {}, clear: [], active: false };
      on.proxy.next("write", { kind: "answer", ...html }, { kind: "answer", ...html });
      expect((await failureOf(on.connector.update(id, change, read, callContext()))).code).toBe("contract");
      expect((await failureOf(on.connector.remove(id, callContext()))).code).toBe("contract");
    });
  });

  describe("credentials", () => {
    it("proves them with a harmless read", async () => {
      await on.connector.probe(callContext());
      expect(on.proxy.requests().every(({ method }) => method === "GET")).toBe(true);
      expect(on.proxy.requests().length).toBeGreaterThan(0);
    });

    it("are unauthorized for a call and refused for a probe when they are wrong", async () => {
      const wrong = Object.fromEntries(Object.keys(on.target.secrets).map((key) => [key, "wrong-secret"]));
      const stranger = createConnector(on.profile.connection(on.proxy.url), servicesFor(wrong));
      const call = await failureOf(stranger.create(on.sample(), callContext()));
      expect(call.class).toBe("unauthorized");
      const probe = await failureOf(stranger.probe(callContext()));
      expect(probe).toMatchObject({ code: "credentials_refused", class: "unauthorized" });
      await stranger.close();
    });

    it("are unavailable, with nothing sent, when the secret cannot be read", async () => {
      const without = createConnector(on.profile.connection(on.proxy.url), servicesFor({}));
      const error = await failureOf(without.create(on.sample(), callContext()));
      expect(error).toMatchObject({ code: "secret_unavailable", sent: "no" });
      expect(on.proxy.requests()).toEqual([]);
      await without.close();
    });
  });

  it("repeats nothing that the target wrote in an error message", async () => {
    const detail = "Ada Lovelace ada@acme.example";
    const body = JSON.stringify({ detail, scimType: detail, error: { message: detail } });
    on.proxy.next("write", {
      kind: "answer",
      status: 400,
      headers: { "content-type": "application/json" },
      body,
    });
    const error = await failureOf(on.connector.create(on.sample(), callContext()));
    expect(error.class).toBe("rejected");
    expect(error.message).toBe("rejected (HTTP 400)");
    expect(error.keyword).toBeUndefined();
  });
}
