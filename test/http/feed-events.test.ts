import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { viewUser } from "../../src/domain/user.js";
import { readUser, readUserByExternalId } from "../../src/store/facts.js";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { admin, base, created, event, fingerprint, post, storeConfiguration, testApp } from "./support.js";

interface Result {
  readonly id: string | null;
  readonly status: string;
  readonly user?: string;
  readonly group?: string;
  readonly version?: number;
  readonly stale?: boolean;
  readonly index?: number;
  readonly code?: string;
}

interface Answer {
  readonly results: readonly Result[];
  readonly settled?: boolean;
  readonly connections?: readonly object[];
}

describe.each(databaseKinds)("the event feed on %s", (kind) => {
  let database: TestDatabase;
  let app: FastifyInstance;
  const onCommitted = jest.fn();

  beforeAll(async () => {
    database = await openTestDatabase(kind);
    await storeConfiguration(database.db);
    app = await testApp(database.db, { onCommitted });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  const send = async (body: unknown, options: Parameters<typeof post>[2] = {}): Promise<Answer> => {
    const response = await post(app, body, options);
    expect([response.statusCode, response.statusCode === 202 ? "" : response.body]).toEqual([202, ""]);
    return response.json<Answer>();
  };
  const viewOf = async (externalId: string) => {
    const user = await readUserByExternalId(database.db, "acme", "hr", externalId);
    if (user === null) throw new Error("no such user");
    return viewUser(user.state);
  };
  const statusOf = async (id: string) =>
    (await admin(app, "GET", `/events/${id}`)).json<Record<string, unknown>>();

  it("answers 202 with our key, the version and nothing stale, and wakes the dispatcher", async () => {
    onCommitted.mockClear();
    const { results } = await send(created("joiner"));
    const user = await readUserByExternalId(database.db, "acme", "hr", "joiner");
    expect(results).toEqual([
      { id: expect.any(String), status: "accepted", user: user?.key, version: 1, stale: false },
    ]);
    expect(onCommitted).toHaveBeenCalledTimes(1);
  });

  it.each([
    "application/cloudevents+json",
    "application/json",
    "application/cloudevents+json; charset=utf-8",
  ])("takes one event as %s", async (type) => {
    expect((await send(created(`typed-${type.length}`), { type })).results[0]?.status).toBe("accepted");
  });

  it.each(["application/cloudevents-batch+json", "application/json"])(
    "takes a batch as %s, in its order",
    async (type) => {
      const events = [created(`b1-${type.length}`), created(`b2-${type.length}`)];
      const { results } = await send(events, { type });
      expect(results.map((result) => result.id)).toEqual(events.map((one) => one["id"]));
    },
  );

  it("takes an empty batch", async () => {
    expect(await send([])).toEqual({ results: [] });
  });

  it("takes a second token of the feed during a rotation", async () => {
    expect((await send(created("rotated"), { token: "hr-feed-token-next" })).results[0]?.status).toBe(
      "accepted",
    );
  });

  it("merges named attributes, clears with null, and leaves the rest alone (statement 27)", async () => {
    const at = (time: string) => ({ time: `2026-11-24T${time}Z` });
    await send(
      created(
        "merge",
        {
          title: "Dr",
          name: { givenName: "Ada", familyName: "King" },
          emails: [{ value: "ada@acme.example" }],
        },
        at("08:00:00"),
      ),
    );
    await send(
      event(
        "user.updated",
        { user: { id: "merge", title: null, name: { familyName: "Lovelace" } } },
        at("09:00:00"),
      ),
    );
    await send(event("user.disabled", { user: { id: "merge" } }, at("10:00:00")));
    expect(await viewOf("merge")).toMatchObject({
      exists: true,
      enabled: false,
      attributes: {
        userName: "merge",
        name: { givenName: "Ada", familyName: "Lovelace" },
        emails: [{ value: "ada@acme.example" }],
      },
    });
    expect((await viewOf("merge")).attributes["title"]).toBeUndefined();
  });

  it("lets the last state of the source win, whatever order its events arrive in", async () => {
    const steps = [
      created("order", { title: "first" }, { time: "2026-11-24T08:00:00Z" }),
      event("user.updated", { user: { id: "order", title: "second" } }, { time: "2026-11-24T09:00:00Z" }),
      event("user.deleted", { user: { id: "order" } }, { time: "2026-11-24T10:00:00Z" }),
      created("order", { displayName: "Rehired" }, { time: "2026-11-24T11:00:00Z" }),
    ];
    for (const step of [3, 1, 0, 2].map((at) => steps[at])) await send(step);
    expect(await viewOf("order")).toMatchObject({
      exists: true,
      attributes: { userName: "order", displayName: "Rehired" },
    });
    expect((await viewOf("order")).attributes["title"]).toBeUndefined();
  });

  it("accepts an event that changes nothing as stale, and its status says so", async () => {
    await send(created("stale", { title: "new" }, { time: "2026-11-24T09:00:00Z" }));
    const old = event(
      "user.updated",
      { user: { id: "stale", title: "old" } },
      { time: "2026-11-24T08:00:00Z" },
    );
    // The first event that was ever seen of a user moves: the second update lies after it and before the creation.
    await send(old);
    const older = event(
      "user.updated",
      { user: { id: "stale", title: "older" } },
      { time: "2026-11-24T08:30:00Z" },
    );
    const { results } = await send(older);
    expect(results[0]).toMatchObject({ status: "accepted", stale: true, version: 2 });
    expect(await statusOf(String(older["id"]))).toMatchObject({ status: "stale", version: 2 });
  });

  it("takes a repeated event once, and answers what it answered before", async () => {
    const one = created("twice");
    const [first] = (await send(one)).results;
    const before = await fingerprint(database.db);
    onCommitted.mockClear();
    expect((await send({ ...one })).results).toEqual([{ ...first, status: "duplicate" }]);
    expect(await fingerprint(database.db)).toEqual(before);
    expect(onCommitted).not.toHaveBeenCalled();
  });

  it("takes an event that a batch names twice once", async () => {
    const one = created("twice-in-batch");
    expect((await send([one, one])).results.map((result) => result.status)).toEqual([
      "accepted",
      "duplicate",
    ]);
  });

  it("refuses an id that belongs to another event of the source", async () => {
    const one = created("reused");
    await send(one);
    const response = await post(app, { ...one, type: "user.updated" });
    expect([response.statusCode, response.json()]).toMatchObject([
      422,
      { code: "event_id_reused", id: one["id"] },
    ]);
    const batch = await send([{ ...one, type: "user.updated" }]);
    expect(batch.results[0]).toMatchObject({ status: "rejected", code: "event_id_reused", index: 0 });
  });

  it("the same id of another source is another event, and asking for it needs the source", async () => {
    const url = `${base}/feeds/partner/events`;
    await send(created("shared", {}, { id: "shared-id" }));
    const { results } = await send(created("shared", {}, { id: "shared-id", source: "partner" }), {
      url,
      token: "partner-feed-token",
    });
    expect(results[0]?.status).toBe("accepted");
    const ambiguous = await admin(app, "GET", "/events/shared-id");
    expect([ambiguous.statusCode, ambiguous.json()]).toMatchObject([
      409,
      { code: "event_ambiguous", sources: ["hr", "partner"] },
    ]);
    const named = await admin(app, "GET", "/events/shared-id?source=partner");
    expect(named.json()).toMatchObject({ source: "partner", feed: "partner", user: results[0]?.user });
  });

  it("one bad item blocks no other of its batch, and leaves nothing behind", async () => {
    const good = created("isolated-1");
    const last = created("isolated-2");
    const { results } = await send([
      good,
      5,
      created("isolated-3", { shoeSize: 38 }),
      { type: "user.created" },
      last,
    ]);
    expect(results.map(({ status, code, index, id }) => [status, code, index, id])).toEqual([
      ["accepted", undefined, undefined, good["id"]],
      ["rejected", "invalid_event", 1, null],
      ["rejected", "unknown_attribute", 2, expect.any(String)],
      ["rejected", "invalid_event", 3, null],
      ["accepted", undefined, undefined, last["id"]],
    ]);
    expect(await readUserByExternalId(database.db, "acme", "hr", "isolated-3")).toBeNull();
  });

  it("the id of a rejected event may be sent again", async () => {
    const bad = created("again", { shoeSize: 38 });
    expect((await post(app, bad)).statusCode).toBe(422);
    expect(
      (await send({ ...bad, data: { user: { id: "again", userName: "again" } } })).results[0]?.status,
    ).toBe("accepted");
  });

  it("takes a batch of 1,000 in one transaction and refuses 1,001 as a whole", async () => {
    const events = Array.from({ length: 1_001 }, (_, at) => created(`many-${at}`));
    const refused = await post(app, events);
    expect([refused.statusCode, refused.json()]).toMatchObject([413, { code: "batch_too_large" }]);
    expect(await readUserByExternalId(database.db, "acme", "hr", "many-0")).toBeNull();
    const { results } = await send(events.slice(0, 1_000));
    expect(results.filter((result) => result.status === "accepted")).toHaveLength(1_000);
  });

  it("a non-authoritative feed ends only what it enrolled itself", async () => {
    const partner = { url: `${base}/feeds/partner/events`, token: "partner-feed-token" };
    await send(created("guest", {}, { source: "partner" }), partner);
    const gone = event(
      "user.deleted",
      { user: { id: "guest" } },
      { source: "partner", time: "2026-11-24T09:00:00Z" },
    );
    const { results } = await send(gone, partner);
    expect(viewUser((await readUser(database.db, results[0]?.user ?? ""))!.state).exists).toBe(false);
  });

  it("keeps no password, in whatever table", async () => {
    await send(created("secretive", { password: "correct horse battery staple" }));
    const rows = await database.db.selectFrom("users").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain("horse");
  });
});
