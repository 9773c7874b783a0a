import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { pino } from "pino";
import { userWorkflowId } from "../../src/workflows/contract.js";
import { readAccounts } from "../../src/store/accounts.js";
import { buildApp } from "../../src/http/app.js";
import { parseWithConnectors } from "../../src/runtime/configuration-file.js";
import { createMetrics } from "../../src/runtime/metrics.js";
import { scimConfiguration } from "../support/configuration.js";
import type { FaultProxy } from "../support/fault-proxy.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import type { ScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { TestSystem } from "../support/system.js";
import { organization, startSystem } from "../support/system.js";
import { until } from "../support/until.js";

const personal = [
  "zyxadaline",
  "Zyxgiven",
  "Zyxfamily",
  "zyx.ada@acme.example",
  "Zyxtitle",
  "Zyxcompensation",
];
const secrets = { TARGET_TOKEN: "zyx-target-secret-0123456789", FEED_TOKEN: "zyx-feed-secret-0123456789" };
const adminToken = "zyx-admin-secret-0123456789";
const forbidden = [...personal, ...Object.values(secrets), adminToken];

/** The text of a history with every payload and base64 field opened. */
const opened = (value: unknown): string => {
  const parts: string[] = [];
  const visit = (one: unknown): void => {
    if (one instanceof Uint8Array) parts.push(Buffer.from(one).toString("utf8"));
    else if (Array.isArray(one)) one.forEach(visit);
    else if (typeof one === "object" && one !== null)
      Object.entries(one).forEach(([key, item]) => {
        parts.push(key);
        visit(item);
      });
    else if (typeof one === "string" || typeof one === "number") parts.push(String(one));
  };
  visit(value);
  return parts.join("\n");
};

describe("nothing personal, nothing secret (promise 8, statement 36)", () => {
  let system: TestSystem;
  let target: ScimmyTarget;
  let proxy: FaultProxy;
  let app: Awaited<ReturnType<typeof buildApp>>;
  const metrics = createMetrics();
  const logged: string[] = [];
  const seen: Record<string, string> = {};

  const post = async (type: string, id: string, user: Record<string, unknown>): Promise<string> => {
    const answer = await app.inject({
      method: "POST",
      url: `/v1/organizations/${organization}/feeds/hr/events`,
      headers: { authorization: `Bearer ${secrets.FEED_TOKEN}`, "content-type": "application/json" },
      payload: {
        specversion: "1.0",
        id,
        source: "hr",
        type,
        time: new Date().toISOString(),
        data: { user: { id: `u-${id.slice(0, 1)}`, ...user } },
      },
    });
    system.dispatcher.wake();
    return (answer.json<{ results?: { user?: string }[] }>().results ?? [])[0]?.user ?? "";
  };
  const ada = (name: string, more = {}) => ({
    userName: name,
    name: { givenName: "Zyxgiven", familyName: "Zyxfamily" },
    emails: [{ value: "zyx.ada@acme.example", primary: true }],
    title: "Zyxtitle",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Zyxcompensation" },
    ...more,
  });
  const rests = (key: string) =>
    until(
      async () =>
        ["settled", "parked"].includes((await readAccounts(system.db, key)).get("demo")?.state ?? ""),
      40_000,
      "rest",
    );

  beforeAll(async () => {
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        logged.push(String(chunk));
        done();
      },
    });
    const logger = pino({ level: "trace" }, sink);
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      jest.spyOn(stream, "write").mockImplementation(((chunk: string | Uint8Array, ...rest: never[]) => {
        logged.push(String(chunk));
        return write(chunk, ...rest);
      }) as typeof stream.write);
    }
    target = await startScimmyTarget({ token: secrets.TARGET_TOKEN });
    proxy = await startFaultProxy(target.url);
    system = await startSystem({ secrets, logger, metrics });
    app = await buildApp({
      db: system.db,
      resolveSecret: (reference) => Promise.resolve(secrets[reference.slice(4) as keyof typeof secrets]),
      adminToken,
      onCommitted: () => undefined,
      inspectRun: (org, user) => system.runs.inspectRun(org, user),
      parseConfiguration: parseWithConnectors,
      health: () => Promise.resolve({ store: true, temporal: true, outbox: { waiting: 0, oldestMs: 0 } }),
      testConnection: () => Promise.resolve({ ok: true, code: null }),
      logger,
    });
    await system.configure(scimConfiguration([{ id: "demo", url: proxy.url }]));
    const echo = {
      kind: "answer",
      status: 400,
      headers: { "content-type": "application/scim+json" },
      body: JSON.stringify({
        schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
        status: "400",
        scimType: "Zyxtitle",
        detail: forbidden.join(" "),
      }),
    } as const;
    const one = await post("user.created", "1-created", ada("zyxadaline"));
    await rests(one);
    proxy.next(
      "write",
      { kind: "drop-after" },
      { kind: "answer", status: 503, headers: {}, body: forbidden.join(" ") },
    );
    await post("user.updated", "1-updated", { title: "Zyxtitle 2" });
    await rests(one);
    proxy.next("write", echo);
    const two = await post("user.created", "2-created", ada("zyxadaline-2"));
    await rests(two);
    const three = await post("user.created", "3-created", ada("zyxadaline"));
    await rests(three);
    await post("user.deleted", "1-deleted", {});
    await post("user.created", "4-created", { userName: 17, title: "Zyxtitle" });
    await until(async () => (await target.users())[0]?.["active"] === false);
    for (const key of [one, two, three]) {
      const handle = system.client.workflow.getHandle(userWorkflowId(organization, key));
      await handle.result().catch(() => undefined);
      const described = await handle.describe();
      seen[`history ${key}`] = opened(await handle.fetchHistory());
      seen[`description ${key}`] = opened([described.typedSearchAttributes, described.memo, described.raw]);
    }
    seen["metrics"] = await metrics.registry.metrics();
    seen["logs"] = logged.join("");
    seen["journal"] = JSON.stringify(await system.db.selectFrom("journal").selectAll().execute());
    seen["events"] = JSON.stringify(await system.db.selectFrom("events").selectAll().execute());
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.close();
    await system.stop();
    await proxy.close();
    await target.close();
  });

  it("the run was busy: successes, refusals, conflicts and lost replies left their traces", () => {
    expect(seen["journal"]).toEqual(expect.stringContaining("reply_lost"));
    expect(seen["journal"]).toEqual(expect.stringContaining("rejected"));
    expect(seen["metrics"]).toEqual(expect.stringContaining("outbound_attempts_total"));
    expect(seen["logs"]?.length).toBeGreaterThan(100);
    expect(Object.keys(seen).filter((name) => name.startsWith("history"))).toHaveLength(3);
  });

  it.each(forbidden)(
    "%s stands in no history, description, metric, log, journal line or event row",
    (value) => {
      const leaks = Object.entries(seen).filter(([, text]) =>
        text.toLowerCase().includes(value.toLowerCase()),
      );
      expect(leaks.map(([place]) => place)).toEqual([]);
    },
  );
});
