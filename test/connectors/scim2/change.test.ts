import { afterEach, describe, expect, it } from "@jest/globals";
import { callContext } from "../../support/call-context.js";
import { failureOf } from "../../support/failure-of.js";
import { json } from "../../support/scripted-server.js";
import { against, bodyOf, closeAll, enterprise, list, stored } from "./kit.js";

afterEach(closeAll);

describe("updating by PUT", () => {
  const put = { dialect: { base: "rfc", updateMethod: "put" } };
  const whole = {
    ...stored,
    schemas: ["x"],
    meta: { created: "2026-11-24T08:00:00Z" },
    groups: [{ value: "g" }],
    name: { givenName: "Ada", familyName: "Lovelace" },
    nickName: "A",
    [enterprise]: { department: "Analysis", costCenter: "7" },
  };

  it("keeps what is not ours, writes what is set and drops what is cleared", async () => {
    const { connector, server } = await against(json(200, whole), put);
    const change = { set: { "name.givenName": "Augusta" }, clear: ["nickName", `${enterprise}:department`] };
    await connector.update("1", { ...change, active: false }, null, callContext());
    expect(server.requests().map(({ method }) => method)).toEqual(["GET", "PUT"]);
    expect(bodyOf(server.requests()[1])).toEqual({
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
      externalId: "u-1",
      active: false,
      userName: "Ada",
      name: { givenName: "Augusta", familyName: "Lovelace" },
      [enterprise]: { costCenter: "7" },
    });
  });

  it("does not read again what was read, and clears a whole complex attribute", async () => {
    const { connector, server } = await against(json(200, whole), put);
    const observed = await connector.get("1", callContext());
    await connector.update("1", { set: {}, clear: ["name", enterprise] }, observed, callContext());
    expect(server.requests().map(({ method }) => method)).toEqual(["GET", "PUT"]);
    const body = bodyOf(server.requests()[1]);
    expect(body).not.toHaveProperty("name");
    expect(body).not.toHaveProperty([enterprise]);
    expect(body).toMatchObject({ nickName: "A" });
  });

  it("is absent when there is nothing to read", async () => {
    const { connector, server } = await against(json(404, {}), put);
    const change = { set: {}, clear: [], active: false };
    expect((await failureOf(connector.update("1", change, null, callContext()))).code).toBe("absent");
    expect(server.requests()).toHaveLength(1);
  });
});

describe("versions", () => {
  const dialect = { base: "rfc", supportsEtag: true };
  const versioned = json(200, { ...stored, meta: { version: 'W/"7"' } });
  const change = { set: { title: "Countess" }, clear: ["nickName"] };

  it("make the first write conditional where the target enforces them", async () => {
    const split = { dialect: { ...dialect, patchStyle: "onePerRequest" } };
    const { connector, server } = await against(versioned, split);
    const observed = await connector.get("1", callContext());
    expect(observed?.version).toBe('W/"7"');
    await connector.update("1", change, observed, callContext());
    expect(server.requests().map(({ headers }) => headers["if-match"])).toEqual([
      undefined,
      'W/"7"',
      undefined,
    ]);
  });

  it("are not used unless the dialect says so", async () => {
    const { connector, server } = await against(versioned);
    await connector.update("1", change, await connector.get("1", callContext()), callContext());
    expect(server.requests().map(({ headers }) => headers["if-match"])).toEqual([undefined, undefined]);
  });

  it("that have changed are a conflict of their own", async () => {
    const { connector } = await against(json(412, {}), { dialect });
    const error = await failureOf(connector.update("1", change, null, callContext()));
    expect(error).toMatchObject({ code: "version_conflict", class: "conflict" });
  });
});

describe("removing", () => {
  it.each([
    [{ status: 204 }, "deleted"],
    [json(200, { deleted: true }), "deleted"],
    [json(404, {}), "absent"],
    [{ status: 410 }, "absent"],
  ])("takes %j for %s", async (answer, outcome) => {
    const { connector } = await against(answer);
    expect(await connector.remove("1", callContext())).toBe(outcome);
  });
});

describe("credentials", () => {
  it.each([
    [{ kind: "bearer", token: "env:TOKEN" }, "authorization", "Bearer token"],
    [
      { kind: "basic", username: "adm", password: "env:PASSWORD" },
      "authorization",
      `Basic ${Buffer.from("adm:p:wörd").toString("base64")}`,
    ],
    [{ kind: "api-key", header: "X-Api-Key", value: "env:TOKEN" }, "x-api-key", "token"],
  ])("are sent as %j says", async (auth, field, value) => {
    const { connector, server } = await against(list(), { auth });
    await connector.probe(callContext());
    expect(server.requests()[0]?.headers[field]).toBe(value);
  });

  it.each([401, 403])("are refused when a probe is answered %i", async (status) => {
    const { connector } = await against({ status });
    expect(await failureOf(connector.probe(callContext()))).toMatchObject({
      code: "credentials_refused",
      status,
    });
  });

  it("are not in doubt when the target is down or the base URL is wrong", async () => {
    const down = await against({ status: 500 });
    expect((await failureOf(down.connector.probe(callContext()))).code).toBe("target_error");
    const wrong = await against({ status: 404 });
    expect((await failureOf(wrong.connector.probe(callContext()))).code).toBe("rejected");
  });
});
