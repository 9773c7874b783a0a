import type { CallContext, Connector, MatchKey, RemoteAccount } from "../connectors/connector.js";
import type { LinkOrigin } from "../domain/account.js";
import { TargetError } from "../domain/errors.js";
import { linkHolder } from "../store/accounts.js";
import type { AccountPatch } from "../store/attempts.js";
import { targetExternalId } from "../store/facts.js";
import type { Db } from "../store/schema.js";
import type { Work } from "./claim.js";
import { beforeAdoption, ensureOf } from "./effects.js";
import { ComeBackLater } from "./failure.js";

/** A remote account that is, or is being made, this user's. */
export interface Link {
  readonly id: string;
  readonly origin: LinkOrigin;
  /** The account as read, or null when we go by what we last applied. */
  readonly observed: RemoteAccount | null;
  readonly adopted: boolean;
}

/** How a row looks without a remote account. */
export const unlinked: AccountPatch = {
  existence: "none",
  remoteId: null,
  linkOrigin: null,
  applied: {},
  active: null,
  createIntent: false,
  effect: null,
};

/** What a locator is given. */
export interface LocatorOptions {
  readonly db: Db;
  readonly work: Work;
  readonly connector: Connector;
  readonly context: CallContext;
  /** Writes an intent under the claim; throws when the claim is lost. */
  readonly intend: (patch: AccountPatch) => Promise<void>;
}

/** Finds a user's account at its target: by link, after a lost reply, or by the match ladder (design, section 5). */
export class Locator {
  readonly externalId: string;
  private readonly options: LocatorOptions;

  constructor(options: LocatorOptions) {
    this.options = options;
    this.externalId = targetExternalId(options.work.user);
  }

  /** Where the account is, by what we know: linked, perhaps there after a lost reply, or nowhere. */
  async locate(): Promise<Link | null> {
    const { work, connector, context } = this.options;
    const { account } = work;
    if (account.existence === "maybe") return this.probe();
    if (account.existence === "none" || account.remoteId === null) return null;
    const origin = account.linkOrigin ?? "linked";
    const comparing = work.want.verb === "undo" && account.effect !== "created";
    const reads = comparing || account.uncertain || account.marked || connector.traits.readsBeforeUpdate;
    if (!reads) return { id: account.remoteId, origin, observed: null, adopted: false };
    const observed = await connector.get(account.remoteId, context);
    if (observed !== null) return { id: observed.id, origin, observed, adopted: false };
    await this.options.intend(unlinked);
    return null;
  }

  /** The one account that the ladder finds, or null; more than one is a conflict unless one is ours by external id. */
  async candidate(): Promise<RemoteAccount | null> {
    const { connector, context } = this.options;
    for (const key of this.ladder()) {
      const found = await connector.find(key, context);
      const ours = found.filter((one) => one.externalId === this.externalId);
      const [match, second] = ours.length > 0 ? ours : found;
      if (second !== undefined) throw new TargetError("conflict", { sent: "no", keyword: "several_matches" });
      if (match !== undefined) return match;
    }
    return null;
  }

  /** Links a found account; refuses one that is another user's. The row stays uncertain until the attempt ends. */
  async link(remote: RemoteAccount, origin: LinkOrigin, adopted: boolean): Promise<Link> {
    await this.refuseForeignLink(remote);
    await this.options.intend({
      existence: "known",
      remoteId: remote.id,
      linkOrigin: origin,
      createIntent: false,
      uncertain: true,
      effect:
        origin === "adopted"
          ? { effect: "adopted", before: beforeAdoption(remote, this.options.work.want) }
          : { effect: "created", before: null },
    });
    return { id: remote.id, origin, observed: remote, adopted };
  }

  /** Throws `linked_to_other_user` or `linked_to_former_user` when the account is linked to somebody else. */
  async refuseForeignLink(candidate: RemoteAccount): Promise<void> {
    const { db, work } = this.options;
    const { account } = work;
    const holder = await linkHolder(db, account.organization, account.connection, candidate.id);
    if (holder === null || holder.userKey === account.userKey) return;
    throw new TargetError(holder.existing ? "linked_to_other_user" : "linked_to_former_user", { sent: "no" });
  }

  /**
   * Looks for the account that a create with a lost reply may have made. Only a match by our external id is ours
   * (where the target keeps none: by user name, made since the intent). Nothing found counts only once the intent
   * is older than the target's visibility delay.
   */
  private async probe(): Promise<Link | null> {
    const { work, connector } = this.options;
    const { account } = work;
    const intentAt = account.createIntentAt ?? account.now;
    const match = await this.ownMatch(intentAt);
    if (match !== null) return this.link(match, "created", false);
    const waited = account.now - intentAt;
    if (waited < connector.traits.visibilityDelayMs)
      throw new ComeBackLater("not_visible_yet", connector.traits.visibilityDelayMs - waited);
    if (work.want.verb !== "ensure" && (await this.candidate()) !== null)
      throw new TargetError("conflict", { sent: "no", keyword: "not_ours" });
    return null;
  }

  private async ownMatch(intentAt: number): Promise<RemoteAccount | null> {
    const { work, connector, context } = this.options;
    const keeps = connector.traits.keepsExternalId;
    const name = this.userNameAtTarget() ?? work.user.userName ?? "";
    const key: MatchKey = keeps
      ? { kind: "externalId", value: this.externalId }
      : { kind: "userName", value: name };
    const [match, second] = (await connector.find(key, context)).filter(
      (one) => keeps || (one.createdAt !== null && one.createdAt >= intentAt),
    );
    if (second !== undefined) throw new TargetError("conflict", { sent: "no", keyword: "several_matches" });
    return match ?? null;
  }

  private userNameAtTarget(): string | null {
    const { want, account } = this.options.work;
    const name = (ensureOf(want)?.attributes ?? account.applied)["userName"];
    return typeof name === "string" ? name : null;
  }

  /** The match keys in order: external id, user name, then what the dialect adds. */
  private ladder(): readonly MatchKey[] {
    const { work, connector } = this.options;
    const { want } = work;
    const userName = this.userNameAtTarget() ?? work.user.userName;
    const extra = connector.traits.extraMatchKeys.flatMap((attribute): MatchKey[] => {
      const value = want.verb === "ensure" ? want.attributes[attribute] : undefined;
      return typeof value === "string" ? [{ kind: "attribute", attribute, value }] : [];
    });
    return [
      { kind: "externalId", value: this.externalId },
      ...(userName === null ? [] : [{ kind: "userName" as const, value: userName }]),
      ...extra,
    ];
  }
}
