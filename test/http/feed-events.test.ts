import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { created, event, post, storeConfiguration, testApp } from "./support.js";

describe.each(databaseKinds)("the event feed on %s", (kind) => {
  let database: TestDatabase;
  let app: FastifyInstance;

  beforeAll(async () => {
    database = await openTestDatabase(kind);
    await storeConfiguration(database.db);
    app = await testApp(database.db);
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  it("answers", async () => {
    const answer = await post(app, created("u-1"));
    console.log(answer.statusCode, answer.body);
    const openapi = await app.inject("/openapi.json");
    console.log(openapi.statusCode, openapi.body.slice(0, 3000));
    const bad = await post(
      app,
      event("user.updated", { user: { id: "u-1", foo: 1, title: 4, "urn:x:y": { a: { b: { c: 1 } } } } }),
    );
    console.log(bad.statusCode, bad.body);
    expect(answer.statusCode).toBe(202);
  });
});
