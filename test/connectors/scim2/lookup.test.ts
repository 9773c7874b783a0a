import { afterEach, describe, expect, it } from "@jest/globals";
import type { Connector } from "../../../src/connectors/connector.js";
import { callContext } from "../../support/call-context.js";
import { failureOf } from "../../support/failure-of.js";
import { json } from "../../support/scripted-server.js";
import { against, closeAll, enterprise, filters, list, stored } from "./kit.js";

afterEach(closeAll);

const byKey = (connector: Connector, value: string) =>
  connector.find({ kind: "externalId", value }, callContext());
const byName = (connector: Connector, value: string) =>
  connector.find({ kind: "userName", value }, callContext());

describe("looking up", () => {
  it("counts only what really matches when a server ignores the filter and answers with everybody", async () => {
    const everybody = [stored, { id: "2", externalId: "U-1", userName: "Bob" }, { id: "3", userName: "ADA" }];
    const { connector } = await against(list(...everybody));
    expect((await byKey(connector, "u-1")).map(({ id }) => id)).toEqual(["1"]);
    expect((await byName(connector, "ada")).map(({ id }) => id)).toEqual(["1", "3"]);
    expect(await byKey(connector, "u-9")).toEqual([]);
  });

  it("hands on ten candidates at most", async () => {
    const twins = Array.from({ length: 25 }, (_none, index) => ({ id: String(index), userName: "ada" }));
    const { connector } = await against(list(...twins));
    expect(await byName(connector, "ada")).toHaveLength(10);
  });

  it("tries a user name as given, then in lower case, and stops at the first match", async () => {
    const found = list(stored);
    const { connector, server } = await against((_request, index) => (index === 1 ? found : list()));
    expect(await byName(connector, "Ada")).toHaveLength(1);
    expect(await byName(connector, "bob")).toEqual([]);
    expect(filters(server)).toEqual(['userName eq "Ada"', 'userName eq "ada"', 'userName eq "bob"']);
  });

  it("asks once where the server ignores case itself", async () => {
    const { connector, server } = await against(list(), {
      dialect: { base: "rfc", userNameCaseSensitiveFilter: false },
    });
    expect(await byName(connector, "Ada")).toEqual([]);
    expect(filters(server)).toEqual(['userName eq "Ada"']);
  });

  it("escapes what a filter value may not hold, or leaves such values alone where escaping fails", async () => {
    const { connector, server } = await against(list());
    await byKey(connector, 'a"b\\c');
    expect(filters(server)).toEqual(['externalId eq "a\\"b\\\\c"']);
    const strict = await against(list(stored), { dialect: { base: "rfc", escapeQuotes: false } });
    expect(await byKey(strict.connector, 'a"b')).toEqual([]);
    expect(strict.server.requests()).toEqual([]);
  });

  it("does not ask by a key that the server cannot search or does not keep", async () => {
    const dialect = { base: "rfc", filterable: ["userName"] };
    const { connector, server } = await against(list(stored), { dialect });
    expect(await byKey(connector, "u-1")).toEqual([]);
    expect(server.requests()).toEqual([]);
    const keyless = await against(list(stored), { dialect: { base: "rfc", keepsExternalId: false } });
    expect(keyless.connector.traits.keepsExternalId).toBe(false);
    expect(await byKey(keyless.connector, "u-1")).toEqual([]);
    expect(keyless.server.requests()).toEqual([]);
  });

  it("compares a further key inside lists and extensions, without case", async () => {
    const user = {
      ...stored,
      emails: [{ value: "Ada@acme.example" }],
      [enterprise]: { employeeNumber: "E7" },
    };
    const { connector } = await against(list(user, { id: "2", emails: [{ value: "bob@acme.example" }] }));
    const find = (attribute: string, value: string) =>
      connector.find({ kind: "attribute", attribute, value }, callContext());
    expect(await find("emails.value", "ada@acme.example")).toHaveLength(1);
    expect(await find(`${enterprise}:employeeNumber`, "e7")).toHaveLength(1);
    expect(await find("emails.value", "eve@acme.example")).toEqual([]);
  });

  it.each(["invalidFilter", "invalidPath"])("takes a refusal as %s for nothing found", async (scimType) => {
    const { connector } = await against(json(400, { scimType }));
    expect(await byKey(connector, "u-1")).toEqual([]);
  });

  it.each([
    [json(400, { scimType: "tooMany" }), "rejected"],
    [json(400, { detail: "tenant missing" }), "rejected"],
    [json(404, {}), "rejected"],
    [json(500, {}), "target_error"],
    [json(200, { Resources: "none" }), "contract"],
    [json(200, [stored]), "contract"],
    [list({ ...stored, id: undefined }), "contract"],
  ])("does not take %j for nothing found", async (answer, code) => {
    const { connector } = await against(answer);
    expect((await failureOf(byKey(connector, "u-1"))).code).toBe(code);
  });

  it("accepts a list of nobody without the member Resources", async () => {
    const { connector } = await against(json(200, { totalResults: 0 }));
    expect(await byKey(connector, "u-1")).toEqual([]);
  });
});

describe("reading", () => {
  it("gives the account flat, with time and activity as far as the target tells", async () => {
    const meta = { created: "2026-11-24T08:00:00Z", version: 'W/"1"' };
    const user = {
      schemas: ["x"],
      ...stored,
      active: "False",
      groups: [{ value: "g" }],
      meta,
      title: "Countess",
    };
    const { connector } = await against(json(200, user));
    expect(await connector.get("1", callContext())).toEqual({
      id: "1",
      externalId: "u-1",
      userName: "Ada",
      active: false,
      createdAt: Date.parse("2026-11-24T08:00:00Z"),
      attributes: { userName: "Ada", title: "Countess" },
      version: null,
    });
  });

  it("knows little of a bare resource, and takes a number for an id", async () => {
    const { connector } = await against(json(200, { id: 7 }));
    const unknown = { externalId: null, userName: null, active: null, createdAt: null, version: null };
    expect(await connector.get("7", callContext())).toEqual({ id: "7", ...unknown, attributes: {} });
  });

  it.each(["", ".", ".."])("does not accept the id %j, which would lead elsewhere", async (id) => {
    const { connector, server } = await against(json(200, { ...stored, id }));
    expect((await failureOf(connector.get("1", callContext()))).code).toBe("contract");
    const error = await failureOf(connector.remove(id, callContext()));
    expect(error).toMatchObject({ code: "contract", sent: "no" });
    expect(server.requests().map(({ method }) => method)).toEqual(["GET"]);
  });

  it("encodes an id in the path", async () => {
    const { connector, server } = await against({ status: 204 });
    await connector.remove("a/../b?c#d", callContext());
    expect(server.requests()[0]?.path).toBe("/scim/v2/Users/a%2F..%2Fb%3Fc%23d");
  });
});
