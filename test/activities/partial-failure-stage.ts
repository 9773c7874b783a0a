import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import { decideConnection } from "../../src/domain/decide.js";
import { answerAndWake } from "../../src/store/answer-holds.js";
import type { Word } from "../../src/store/answer-holds.js";
import { currentRevision } from "../../src/store/configurations.js";
import { readFacts, readUser } from "../../src/store/facts.js";
import { listHolds } from "../../src/store/holds.js";
import { resendAccounts } from "../../src/store/resend.js";
import type { DatabaseKind } from "../setup/databases.js";
import { scimConfiguration } from "../support/configuration.js";
import { userEvent } from "../support/events.js";
import type { Fault, FaultProxy } from "../support/fault-proxy.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import type { ScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { Settling } from "../support/settling.js";
import { openSettling } from "../support/settling.js";
import { failure } from "./stage.js";

const refused: Fault = { kind: "answer", status: 400, headers: {} };
const authorization = "Bearer target-token";

/** What the tests of partial failure share: a store, and two independent SCIM servers behind fault proxies. */
export interface Played {
  settling: Settling;
  first: ScimmyTarget;
  second: ScimmyTarget;
  proxies: { first: FaultProxy; second: FaultProxy };
}

/** Sets the stage before each test of the surrounding `describe`, under `compensate`, and clears it afterwards. */
export function usePartialFailure(kind: DatabaseKind) {
  // Set by the hooks below before any test runs.
  const on = {} as unknown as Played;

  const configure = (policy: string, compensation = "", extra = ""): Promise<void> => {
    const entries = [
      { id: "first", url: on.proxies.first.url, extra },
      { id: "second", url: on.proxies.second.url },
    ];
    const text = scimConfiguration(entries).replace(
      "onPartialFailure: continue",
      `onPartialFailure: ${policy}\n  compensation: { ${compensation} }`,
    );
    return on.settling.configure(text);
  };
  const ada = (registers = {}, at = Date.now() - 60_000) =>
    userEvent("u-1", { at, registers: { userName: "ada", "name/givenName": "Ada", ...registers } });
  const titled = (title: string) => ada({ title }, Date.now() - 50_000);
  /** Plans and settles until nothing is left to do, as the workflow does; the codes of what failed for good. */
  const run = async (user: string, rounds = 9): Promise<readonly string[]> => {
    const failures: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { lanes } = await on.settling.plan(user);
      if (lanes.length === 0) return failures;
      for (const { connection } of lanes) failures.push(await failure(on.settling.settle(user, connection)));
    }
    throw new Error("planning found no end");
  };
  const states = async (user: string) => {
    const [one, two] = [await on.settling.account(user, "first"), await on.settling.account(user, "second")];
    return [one.state, one.code, two.state, two.code];
  };
  const open = async () =>
    (await on.settling.db.selectFrom("episodes").select("id").where("closed_at", "is", null).execute())
      .length;
  const resend = (connection: string) => resendAccounts(on.settling.db, "acme", { connection });
  const holds = () => listHolds(on.settling.db, "acme", { limit: 9 });
  const word = (answer: Word["answer"]): Promise<{ holds: number }> =>
    answerAndWake(
      on.settling.db,
      "acme",
      { all: true },
      {
        answer,
        author: "operator",
        reason: "told so",
      },
    );
  const reasonsAt = async (user: string, id: string) => {
    const { db } = on.settling;
    const [record, revision] = [await readUser(db, user), await currentRevision(db, "acme")];
    const connection = revision?.configuration.connections.find((one) => one.id === id);
    if (record === null || revision === null || connection === undefined) throw new Error("not there");
    const account = await on.settling.account(user, id);
    const facts = await readFacts(db, record, revision.configuration);
    return decideConnection(revision.configuration, connection, facts, account, Date.now()).reasons;
  };
  const clear = async (target: ScimmyTarget) => {
    for (const user of await target.users())
      await fetch(`${target.url}/Users/${String(user["id"])}`, {
        method: "DELETE",
        headers: { authorization },
      });
  };
  const existing = async (body: object) => {
    await fetch(`${on.first.url}/Users`, {
      method: "POST",
      headers: { authorization, "content-type": "application/scim+json" },
      body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], ...body }),
    });
  };
  /** Ada joins, the first connection takes her, the second refuses for good. */
  const halfJoined = async (): Promise<string> => {
    on.proxies.second.next("write", refused);
    const user = await on.settling.accept(ada());
    await on.settling.plan(user);
    await on.settling.settle(user, "first");
    expect(await failure(on.settling.settle(user, "second"))).toBe("rejected for good");
    return user;
  };

  beforeAll(async () => {
    on.first = await startScimmyTarget({ token: "target-token" });
    on.second = await startScimmyTarget({ token: "target-token" });
  });
  afterAll(async () => {
    await on.first.close();
    await on.second.close();
  });
  beforeEach(async () => {
    on.proxies = {
      first: await startFaultProxy(on.first.url),
      second: await startFaultProxy(on.second.url),
    };
    on.settling = await openSettling(kind);
    await configure("compensate");
  });
  afterEach(async () => {
    await on.settling.close();
    await on.proxies.first.close();
    await on.proxies.second.close();
    await clear(on.first);
    await clear(on.second);
  });
  return {
    on,
    configure,
    ada,
    titled,
    run,
    states,
    open,
    resend,
    holds,
    word,
    reasonsAt,
    clear,
    existing,
    halfJoined,
  };
}
