import { afterEach, describe, expect, it } from "@jest/globals";
import type { NewAccount } from "../../../src/connectors/connector.js";
import type { JsonObject } from "../../../src/domain/json.js";
import { callContext } from "../../support/call-context.js";
import { failureOf } from "../../support/failure-of.js";
import { json, type Script } from "../../support/scripted-server.js";
import { ada, against, bodyOf, closeAll, enterprise, stored } from "./kit.js";

afterEach(closeAll);

describe("creating", () => {
  const location = { location: "https://elsewhere.example/scim/v2/Users/1%2F2" };

  it("sends schemas, key, activity and nested attributes in the dialect's media type", async () => {
    const dialect = { base: "rfc", contentType: "application/json" };
    const { connector, server } = await against(json(201, stored), { dialect });
    await connector.create({ ...ada, attributes: { ...ada.attributes, title: null } }, callContext());
    const [request] = server.requests();
    expect(request).toMatchObject({ method: "POST", path: "/scim/v2/Users" });
    expect(request?.headers["content-type"]).toBe("application/json");
    expect(bodyOf(request)).toEqual({
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
      externalId: "u-1",
      active: true,
      userName: "Ada",
      name: { givenName: "Ada" },
      [enterprise]: { department: "Analysis" },
    });
  });

  it("leaves the key out where the target keeps none", async () => {
    const dialect = { base: "rfc", keepsExternalId: false };
    const { connector, server } = await against(json(201, stored), { dialect });
    expect((await connector.create(ada, callContext())).externalId).toBeNull();
    expect(bodyOf(server.requests()[0])).not.toHaveProperty("externalId");
  });

  it("accepts 200, and reads by Location on our own base URL when there is no body", async () => {
    const script: Script = ({ method }) =>
      method === "POST" ? { status: 201, headers: location } : json(200, stored);
    const bare = await against(script);
    expect(await bare.connector.create(ada, callContext())).toMatchObject({ userName: "Ada" });
    expect(bare.server.requests()[1]?.path).toBe("/scim/v2/Users/1%2F2");
    const { connector } = await against(json(200, stored));
    expect((await connector.create(ada, callContext())).id).toBe("1");
  });

  it.each([404, 500])("keeps the id of a Location that answers %i for now", async (status) => {
    const script: Script = ({ method }) =>
      method === "POST" ? { status: 201, headers: location } : { status };
    const { connector } = await against(script);
    expect(await connector.create(ada, callContext())).toMatchObject({ id: "1/2", attributes: {} });
  });

  it.each([
    ["neither body nor Location", { status: 201 }],
    ["a Location without an id", { status: 201, headers: { location: "https://acme.example/" } }],
    ["a Location that is broken", { status: 201, headers: { location: "/Users/%E0%A4%A" } }],
  ])("reports %s as contract, possibly done", async (_what, answer) => {
    const { connector } = await against(answer);
    expect(await failureOf(connector.create(ada, callContext()))).toMatchObject({
      code: "contract",
      sent: "maybe",
    });
  });

  it.each([
    [json(409, { scimType: "uniqueness" }), "conflict", "answered", "uniqueness"],
    [json(409, {}), "conflict", "answered", undefined],
    [json(400, { scimType: "uniqueness" }), "conflict", "answered", "uniqueness"],
    [json(400, { scimType: "invalidValue", detail: "x" }), "rejected", "answered", "invalidValue"],
    [json(422, {}), "rejected", "answered", undefined],
    [json(413, {}), "rejected", "answered", undefined],
    [json(401, {}), "unauthorized", "answered", undefined],
    [json(403, {}), "unauthorized", "answered", undefined],
    [json(403, {}, { "retry-after": "9" }), "throttled", "answered", undefined],
    [json(404, {}), "rejected", "answered", undefined],
    [json(408, {}), "target_error", "maybe", undefined],
    [json(500, {}, { "retry-after": "9" }), "target_error", "maybe", undefined],
    [json(501, {}), "rejected", "answered", undefined],
    [json(503, {}, { "retry-after": "soon" }), "target_error", "maybe", undefined],
  ] as const)("classifies %j as %s, sent %s", async (answer, code, sent, keyword) => {
    const { connector } = await against(answer);
    const error = await failureOf(connector.create(ada, callContext()));
    expect(error).toMatchObject({ code, sent, status: answer.status });
    expect(error.keyword).toBe(keyword);
    const waits = answer.headers?.["retry-after"] === "9";
    expect(error.retryAfterMs).toBe(waits ? 9000 : undefined);
  });
});

describe("passwords", () => {
  const withOwn = { ...ada, attributes: { ...ada.attributes, password: "her own" } };

  async function sentWith(passwords: JsonObject | undefined, account: NewAccount): Promise<unknown> {
    const settings = passwords === undefined ? {} : { passwords };
    const { connector, server } = await against(json(201, stored), settings);
    await connector.create(account, callContext());
    return (bodyOf(server.requests()[0]) as JsonObject)["password"];
  }

  it("are not sent unless the settings say so, even when one was forwarded", async () => {
    expect(await sentWith(undefined, withOwn)).toBeUndefined();
    expect(await sentWith({ provision: false }, withOwn)).toBeUndefined();
  });

  it("are the user's own where that is enabled, else the default, else random", async () => {
    expect(await sentWith({ provision: true, default: "env:DEFAULT" }, withOwn)).toBe("her own");
    expect(await sentWith({ provision: true, default: "env:DEFAULT" }, ada)).toBe("initial");
    expect(await sentWith({ provision: false, default: "env:DEFAULT" }, withOwn)).toBe("initial");
    const random = [await sentWith({ provision: true }, ada), await sentWith({ provision: true }, ada)];
    expect(random[0]).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w]).{30,}$/);
    expect(random[0]).not.toBe(random[1]);
  });

  it("hold the create back when the default cannot be read", async () => {
    const { connector, server } = await against(json(201, stored), { passwords: { default: "env:MISSING" } });
    const error = await failureOf(connector.create(ada, callContext()));
    expect(error).toMatchObject({ code: "secret_unavailable", sent: "no" });
    expect(server.requests()).toEqual([]);
  });
});
