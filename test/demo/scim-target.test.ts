import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import {
  startDemoScimTarget,
  type DemoScimTarget,
  type DemoScimTargetOptions,
} from "../../src/demo/scim-target.js";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function start(options: Partial<DemoScimTargetOptions> = {}): Promise<DemoScimTarget> {
  const target = await startDemoScimTarget({ token: "demo-token", record: true, ...options });
  cleanUp.push(() => target.close());
  return target;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "demo-target-"));
  cleanUp.push(() => rm(path, { recursive: true }));
  return path;
}

function call(target: DemoScimTarget, method: string, path: string, body?: unknown, token = "demo-token") {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`${target.url}${path}`, { method, headers, ...content });
}

const user = (userName: string) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName,
  active: false,
});

describe("the demo target", () => {
  it("keeps what it was sent, with an id and a location of its own", async () => {
    const target = await start();
    const answer = await call(target, "POST", "/Users", {
      ...user("Ada"),
      externalId: "u-1",
      title: "Countess",
    });
    expect(answer.status).toBe(201);
    const created = (await answer.json()) as { id: string; meta: { location: string } };
    expect(target.users()).toMatchObject([
      { id: created.id, userName: "Ada", externalId: "u-1", title: "Countess", active: false },
    ]);
    expect(created.meta.location).toBe(`${target.url}/Users/${created.id}`);
  });

  it("opens to its token only", async () => {
    const target = await start();
    expect((await call(target, "GET", "/Users", undefined, "other")).status).toBe(401);
  });

  it("has each user name once, whatever its case, and gives it free again", async () => {
    const target = await start();
    const first = (await (await call(target, "POST", "/Users", user("Ada"))).json()) as { id: string };
    const second = await call(target, "POST", "/Users", user("ADA"));
    expect([second.status, await second.json()]).toMatchObject([409, { scimType: "uniqueness" }]);
    const renamed = await call(target, "PUT", `/Users/${first.id}`, user("Augusta"));
    expect(renamed.status).toBe(200);
    expect((await call(target, "POST", "/Users", user("ada"))).status).toBe(201);
    await call(target, "DELETE", `/Users/${first.id}`);
    expect((await call(target, "POST", "/Users", user("augusta"))).status).toBe(201);
  });

  it("runs several times in one process, each with users and addresses of its own", async () => {
    const [one, two] = [await start(), await start()];
    const answers = await Promise.all(
      [one, two, one, two].map(async (target, index) => {
        const answer = await call(target, "POST", "/Users", user(`user-${String(index)}`));
        return { target, created: (await answer.json()) as { meta: { location: string } } };
      }),
    );
    for (const { target, created } of answers) expect(created.meta.location).toContain(target.url);
    expect(
      one
        .users()
        .map(({ userName }) => userName)
        .sort(),
    ).toEqual(["user-0", "user-2"]);
    expect(
      two
        .users()
        .map(({ userName }) => userName)
        .sort(),
    ).toEqual(["user-1", "user-3"]);
  });

  it("has its users again after a restart, with nothing half-written beside them", async () => {
    const path = await folder();
    const file = join(path, "users.json");
    const before = await start({ file });
    await call(before, "POST", "/Users", user("Ada"));
    await call(before, "POST", "/Users", user("Bob"));
    await call(before, "DELETE", `/Users/${before.users()[1]!.id}`);
    const after = await start({ file });
    expect(after.users()).toEqual(before.users());
    expect(await readdir(path)).toEqual(["users.json"]);
    expect((await call(after, "POST", "/Users", user("ADA"))).status).toBe(409);
  });

  it("remembers requests when it is told to", async () => {
    const [target, forgetful] = [await start(), await start({ record: false })];
    await call(target, "GET", "/Users?count=1");
    await call(target, "POST", "/Users", user("Ada"));
    await call(forgetful, "GET", "/Users?count=1");
    expect(target.requests()).toEqual([
      { method: "GET", path: "/Users?count=1", body: undefined },
      { method: "POST", path: "/Users", body: user("Ada") },
    ]);
    expect(forgetful.requests()).toEqual([]);
  });

  it("fails on demand: before the work, after it, or with a status", async () => {
    const faults = ["drop-before", "drop-after", { status: 429, headers: { "retry-after": "3" } }] as const;
    let next = 0;
    const target = await start({ fault: () => faults[next++] });
    await expect(call(target, "POST", "/Users", user("before"))).rejects.toThrow();
    expect(target.users()).toEqual([]);
    await expect(call(target, "POST", "/Users", user("after"))).rejects.toThrow();
    expect(target.users()).toMatchObject([{ userName: "after" }]);
    const throttled = await call(target, "POST", "/Users", user("throttled"));
    expect([throttled.status, throttled.headers.get("retry-after")]).toEqual([429, "3"]);
    expect(target.users()).toHaveLength(1);
    expect((await call(target, "POST", "/Users", user("fine"))).status).toBe(201);
  });
});
