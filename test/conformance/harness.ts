import type { Connector, NewAccount, RemoteAccount } from "../../src/connectors/connector.js";
import { createConnector } from "../../src/connectors/registry.js";
import { callContext } from "../support/call-context.js";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.js";
import { servicesFor, type ConformanceProfile, type RunningTarget } from "./profile.js";

/** An account that a test made, and what the target answered. */
export interface CreatedAccount {
  readonly account: NewAccount;
  readonly remote: RemoteAccount;
  readonly id: string;
}

/** The started server, the proxy before it and the connector under test, with what all tests need. */
export class Harness {
  readonly profile: ConformanceProfile;
  #started: { target: RunningTarget; proxy: FaultProxy; connector: Connector } | null = null;
  #number = 0;

  constructor(profile: ConformanceProfile) {
    this.profile = profile;
  }

  async start(): Promise<void> {
    const target = await this.profile.start();
    const proxy = await startFaultProxy(target.url);
    const connector = createConnector(this.profile.connection(proxy.url), servicesFor(target.secrets));
    this.#started = { target, proxy, connector };
    // Whatever the connector needs before its first call (a token) is not to be broken by the tests.
    await connector.probe(callContext());
  }

  async stop(): Promise<void> {
    await this.connector.close();
    await this.proxy.close();
    await this.target.close();
  }

  get #running(): { target: RunningTarget; proxy: FaultProxy; connector: Connector } {
    if (this.#started === null) throw new Error("the harness is not started");
    return this.#started;
  }

  get target(): RunningTarget {
    return this.#running.target;
  }

  get proxy(): FaultProxy {
    return this.#running.proxy;
  }

  get connector(): Connector {
    return this.#running.connector;
  }

  /** A complete account that no other test has. */
  sample(): NewAccount {
    this.#number += 1;
    return this.profile.account(this.#number);
  }

  /** Creates a sample account; the proxy forgets that it was asked to. */
  async created(): Promise<CreatedAccount> {
    const account = this.sample();
    const remote = await this.connector.create(account, callContext());
    this.proxy.forget();
    return { account, remote, id: remote.id };
  }

  byKey(account: NewAccount): Promise<readonly RemoteAccount[]> {
    return this.connector.find({ kind: "externalId", value: account.externalId }, callContext());
  }

  byName(userName: string): Promise<readonly RemoteAccount[]> {
    return this.connector.find({ kind: "userName", value: userName }, callContext());
  }

  /** The account as the target holds it now; fails when it is gone. */
  async held(id: string): Promise<RemoteAccount> {
    const account = await this.connector.get(id, callContext());
    if (account === null) throw new Error("the account is gone");
    return account;
  }

  /** What a caller would pass to an update: the account as read, where the connector wants that. */
  observed(remote: RemoteAccount): RemoteAccount | null {
    return this.connector.traits.readsBeforeUpdate ? remote : null;
  }
}

/** The user name of a sample account. */
export function userNameOf(account: NewAccount): string {
  const userName = account.attributes["userName"];
  if (typeof userName !== "string") throw new Error("a sample account has no user name");
  return userName;
}
