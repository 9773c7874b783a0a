import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Client } from "@temporalio/client";
import { connectClient, localTarget } from "../../src/temporal/connect.js";
import {
  type SearchAttribute,
  ensureSearchAttributes,
  searchAttributes,
} from "../../src/temporal/search-attributes.js";
import * as workflowAttributes from "../../src/workflows/search-attributes.js";

let client: Client;

beforeAll(async () => {
  client = await connectClient(localTarget(process.env["TEST_TEMPORAL_ADDRESS"]!));
});

afterAll(async () => {
  await client.connection.close();
});

async function typeOf(name: string): Promise<number | undefined> {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace: "default",
  });
  return customAttributes[name];
}

describe("searchAttributes", () => {
  it("are those that workflows write, with the same types", () => {
    const types = { KEYWORD: "Keyword", KEYWORD_LIST: "KeywordList" } as Record<string, string>;
    const written = Object.values(workflowAttributes).map(({ name, type }) => ({ name, type: types[type] }));
    const byName = (left: { name: string }, right: { name: string }): number =>
      left.name.localeCompare(right.name);
    expect([...searchAttributes].sort(byName)).toEqual(written.sort(byName));
  });
});

describe("ensureSearchAttributes", () => {
  it("accepts a namespace that has them all", async () => {
    await ensureSearchAttributes(client.connection, "default");
    for (const { name, type } of searchAttributes)
      expect(await typeOf(name)).toBe(type === "Keyword" ? 2 : 7);
  });

  it("adds what is missing, once or at the same time", async () => {
    const wanted: SearchAttribute[] = [{ name: `Test${randomUUID().replaceAll("-", "")}`, type: "Keyword" }];
    const ensure = (): Promise<void> => ensureSearchAttributes(client.connection, "default", wanted);
    await Promise.all([ensure(), ensure()]);
    await ensure();
    expect(await typeOf(wanted[0]!.name)).toBe(2);
  });

  it("refuses an attribute that exists with another type", async () => {
    const wanted: SearchAttribute[] = [{ name: "OutboundState", type: "KeywordList" }];
    await expect(ensureSearchAttributes(client.connection, "default", wanted)).rejects.toMatchObject({
      code: "search_attribute_type",
      message: expect.stringContaining("OutboundState"),
    });
    expect(await typeOf("OutboundState")).toBe(2);
  });

  it("says how to add them by hand when the server refuses", async () => {
    // A namespace on an SQL store has room for three of type KeywordList.
    const wanted: SearchAttribute[] = ["A", "B", "C", "D"].map((name) => ({
      name: `Test${name}`,
      type: "KeywordList",
    }));
    await expect(ensureSearchAttributes(client.connection, "default", wanted)).rejects.toMatchObject({
      code: "search_attributes_missing",
      message: expect.stringContaining("--namespace default --name TestA --type KeywordList"),
    });
  });
});
