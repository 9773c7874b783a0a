import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expectAccounts } from "../../scripts/crash-run/oracle.js";
import type { AcceptedEvent, PostedData, PostedType } from "../../scripts/crash-run/posted-event.js";
import type { Configuration } from "../../src/domain/configuration.js";
import type { Decision } from "../../src/domain/decide.js";
import type { Json } from "../../src/domain/json.js";
import { acceptFeedEvents } from "../../src/feeds/accept-feed-events.js";
import { readFacts, readUser, readUserByExternalId } from "../../src/store/facts.js";
import { acknowledgeOutbox, takeOutbox, wakeGroupMembers } from "../../src/store/outbox.js";
import type { Db } from "../../src/store/schema.js";
import type { TestDatabase } from "../setup/databases.js";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import { bothDecisions, expectAgreement } from "./agreement.js";
import { configurationOf, facts, histories, runsOf } from "./histories.js";

/** One request in how many events, and whether the outbox is worked off after it. */
const requestShapes = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), drained: fc.boolean() }), {
  minLength: 40,
  maxLength: 40,
});

interface Request {
  readonly events: readonly AcceptedEvent[];
  readonly drained: boolean;
}

/** Cuts a history into requests; a request is of one feed. */
const requestsOf = (
  history: readonly AcceptedEvent[],
  shapes: readonly { readonly size: number; readonly drained: boolean }[],
): readonly Request[] => {
  const requests: Request[] = [];
  for (let at = 0; at < history.length;) {
    const { size, drained } = shapes[requests.length % shapes.length]!;
    const wanted = history.slice(at, at + size);
    const other = wanted.findIndex((one) => one.feed !== wanted[0]?.feed);
    const events = other < 0 ? wanted : wanted.slice(0, other);
    requests.push({ events, drained });
    at += events.length;
  }
  return requests;
};

const decisionsFor = async (db: Db, key: string, configuration: Configuration) => {
  const user = await readUser(db, key);
  return user === null ? null : bothDecisions(configuration, await readFacts(db, user, configuration));
};

type Decisions = ReturnType<typeof bothDecisions>;

const nothing: Decisions = { without: new Map(), holding: new Map() };

/** An account at such a connection was made under another filter; no event made it, so no event can be blamed. */
const ofUnknownFilter = (decision: Decision): boolean =>
  decision.reasons.some((reason) => reason.code === "filter_group_unknown");

/** Stands for dispatcher and planUser: whoever is woken is looked at, and what was decided is kept. */
const drain = async (
  db: Db,
  configuration: Configuration,
  decided: Map<string, Decisions>,
): Promise<void> => {
  for (;;) {
    const rows = await takeOutbox(db, 100);
    if (rows.length === 0) return;
    for (const row of rows) {
      if (row.kind === "group") {
        while (!(await wakeGroupMembers(db, row, 1)).done);
        continue;
      }
      const version = (await readUser(db, row.key))?.version ?? 0;
      decided.set(row.key, (await decisionsFor(db, row.key, configuration)) ?? nothing);
      await acknowledgeOutbox(db, "user", row.key, version);
    }
  }
};

const check = async (
  db: Db,
  history: readonly AcceptedEvent[],
  requests: readonly Request[],
): Promise<void> => {
  const configuration = configurationOf(`org-${randomUUID()}`);
  const decided = new Map<string, Decisions>();
  for (const { events, drained } of requests) {
    const feed = configuration.feeds.find((one) => one.id === events[0]?.feed)!;
    const items = events.map(({ event }) => event as unknown as Json);
    const results = await acceptFeedEvents(db, { configuration, feed, receivedAt: Date.now(), items });
    expect(results.map((result) => result.status)).toEqual(events.map(() => "accepted"));
    if (drained) await drain(db, configuration, decided);
  }
  await drain(db, configuration, decided);
  for (const [id, expected] of expectAccounts(history, facts)) {
    const user = await readUserByExternalId(db, configuration.organization, "hr", id);
    const decisions = await decisionsFor(db, user?.key ?? "", configuration);
    expectAgreement(expected, decisions!);
    // Nobody may be left with a decision that has changed since the last time somebody looked.
    const last = decided.get(user!.key) ?? nothing;
    for (const [connection, { want }] of decisions!.without)
      expect(want).toEqual(last.without.get(connection)?.want ?? { verb: "none" });
    for (const [connection, { want }] of decisions!.holding) {
      const held = last.holding.get(connection);
      if (held !== undefined && !ofUnknownFilter(held)) expect(want).toEqual(held.want);
    }
  }
};

const said = (second: number, type: PostedType, data: PostedData): AcceptedEvent => ({
  feed: "hr",
  event: {
    specversion: "1.0",
    id: `${type}-${second}`,
    source: "hr",
    type,
    time: new Date(Date.parse("2026-01-05T08:00:00Z") + second * 1_000).toISOString(),
    data,
  },
});
const ada = said(1, "user.created", { user: { id: "u-0", userName: "ada", groups: ["g-0"] } });
const list = (second: number, ...members: readonly string[]) =>
  said(second, "group.members", { group: { id: "g-0", members } });
const added = (second: number) => said(second, "group.members", { group: { id: "g-0", add: ["u-0"] } });
const left = (second: number) => said(second, "user.updated", { user: { id: "u-0", groups: [] } });

/** In order of arrival; the numbers are the times. */
const knownHistories: readonly (readonly [string, readonly AcceptedEvent[]])[] = [
  ["a full list keeps the members that it names", [ada, list(2, "u-0")]],
  ["a full list ends the memberships that it does not name", [ada, list(2, "u-1")]],
  [
    "a late change below a full list does nothing, and a later one counts",
    [ada, list(4), added(3), added(5)],
  ],
  ["a change below the user's own full list does nothing", [ada, left(4), added(3)]],
  [
    "a group that is deleted and filled again has its new members only",
    [
      ada,
      said(3, "group.deleted", { group: { id: "g-0" } }),
      added(2),
      said(4, "group.created", { group: { id: "g-0", members: ["u-1"] } }),
    ],
  ],
];

describe.each(databaseKinds)("on %s", (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  test(
    "storing in any order and batches decides what the plain order says, and wakes everybody it changes",
    async () => {
      await fc.assert(
        fc.asyncProperty(histories(16), requestShapes, (history, shapes) =>
          check(database.db, history, requestsOf(history, shapes)),
        ),
        runsOf(25),
      );
    },
    Math.max(120_000, runsOf(25).numRuns * 1_500),
  );

  test.each(knownHistories)("%s", async (_what, history) => {
    for (const drained of [true, false])
      await check(
        database.db,
        history,
        history.map((event) => ({ events: [event], drained })),
      );
    await check(database.db, history, [{ events: history, drained: true }]);
  });
});
