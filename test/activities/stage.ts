import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import { AttemptFailed, ComeBackLater } from "../../src/activities/failure.js";
import type { DirectoryEvent } from "../../src/domain/directory-event.js";
import type { Json } from "../../src/domain/json.js";
import type { DatabaseKind } from "../setup/databases.js";
import { scimConfiguration } from "../support/configuration.js";
import { userEvent } from "../support/events.js";
import type { FaultProxy, SeenRequest } from "../support/fault-proxy.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import type { ScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { Settling } from "../support/settling.js";
import { openSettling } from "../support/settling.js";

/** What the tests of one attempt share: a store, an independent SCIM server behind a fault proxy, one user. */
export interface Stage {
  settling: Settling;
  target: ScimmyTarget;
  proxy: FaultProxy;
  /** An event that writes Ada's registers, a minute ago by default. */
  ada(registers?: Readonly<Record<string, Json>>, at?: number): DirectoryEvent;
  /** Configures the one connection `demo`; `extra` is YAML for its body. */
  configure(extra?: string): Promise<void>;
  /** Ada joins and is planned; returns her key. */
  join(): Promise<string>;
  /** Requests of the target that write. */
  writes(): readonly SeenRequest[];
  deleteRemote(id: string): Promise<void>;
}

/** How an attempt failed, as one text: the code, and whether it is for good. */
export async function failure(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return "no failure";
  } catch (error) {
    if (error instanceof AttemptFailed) return `${error.judged.code}${error.judged.retry ? "" : " for good"}`;
    if (error instanceof ComeBackLater) return error.code;
    throw error;
  }
}

/** Sets the stage before each test of the surrounding `describe` and clears it afterwards. */
export function useStage(kind: DatabaseKind): Stage {
  // Set by the hooks below before any test runs.
  const stage = {
    ada: (registers = {}, at = Date.now() - 60_000) =>
      userEvent("u-1", { at, registers: { userName: "ada", "name/givenName": "Ada", ...registers } }),
    configure: (extra = "") =>
      stage.settling.configure(scimConfiguration([{ id: "demo", url: stage.proxy.url, extra }])),
    join: async () => {
      const user = await stage.settling.accept(stage.ada());
      await stage.settling.plan(user);
      return user;
    },
    writes: () => stage.proxy.requests().filter((request) => request.method !== "GET"),
    deleteRemote: async (id: string) => {
      await fetch(`${stage.target.url}/Users/${id}`, {
        method: "DELETE",
        headers: { authorization: "Bearer target-token" },
      });
    },
  } as unknown as Stage;
  beforeAll(async () => {
    stage.target = await startScimmyTarget({ token: "target-token" });
  });
  afterAll(async () => {
    await stage.target.close();
  });
  beforeEach(async () => {
    stage.proxy = await startFaultProxy(stage.target.url);
    stage.settling = await openSettling(kind);
    await stage.configure();
  });
  afterEach(async () => {
    for (const user of await stage.target.users()) await stage.deleteRemote(String(user["id"]));
    await stage.settling.close();
    await stage.proxy.close();
  });
  return stage;
}
