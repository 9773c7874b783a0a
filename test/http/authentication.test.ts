import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { databaseKinds } from "../setup/databases.js";
import type { Stage } from "./stage.js";
import { openStage } from "./stage.js";
import { adminToken, base, created, event, post } from "./support.js";

describe.each(databaseKinds)("authentication on %s", (kind) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(kind);
  });
  afterAll(() => stage.close());

  it("the feed's token opens no admin route and the admin token no feed, before any body is read", async () => {
    const headers = { authorization: "Bearer hr-feed-token", "content-type": "application/json" };
    const response = await stage.app.inject({
      method: "POST",
      url: `${base}/accounts/resend`,
      headers,
      payload: "{not json",
    });
    expect([response.statusCode, response.headers["www-authenticate"]]).toEqual([
      401,
      'Bearer realm="outbound"',
    ]);
    expect((await post(stage.app, "{not json", { token: adminToken })).statusCode).toBe(401);
  });

  it("an unknown feed answers word for word as a wrong token does", async () => {
    const one = event("user.created", { user: { id: "x", userName: "x" } });
    const wrong = (await post(stage.app, one, { token: "wrong" })).json<Record<string, unknown>>();
    const unknown = (await post(stage.app, one, { url: `${base}/feeds/none/events` })).json<
      Record<string, unknown>
    >();
    expect({ ...unknown, instance: "" }).toEqual({ ...wrong, instance: "" });
  });

  it("a feed whose token cannot be read asks the caller to come back", async () => {
    const response = await post(stage.app, created("x"), {
      url: `${base}/feeds/broken/events`,
      token: "whatever",
    });
    expect([response.statusCode, response.json(), response.headers["retry-after"]]).toMatchObject([
      503,
      { code: "secret_unavailable" },
      "5",
    ]);
  });

  it("the admin token opens the list of organizations", async () => {
    const headers = { authorization: `Bearer ${adminToken}` };
    expect((await stage.app.inject({ url: "/v1/organizations", headers })).json()).toEqual({
      items: [{ id: "acme" }],
      nextCursor: null,
    });
    expect((await stage.app.inject("/v1/organizations")).statusCode).toBe(401);
  });
});
