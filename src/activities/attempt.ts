import type { AccountChange, CallContext, Connector, RemoteAccount } from "../connectors/connector.js";
import type { LinkOrigin } from "../domain/account.js";
import { assertNever } from "../domain/assert-never.js";
import type { AttributeMap } from "../domain/attributes.js";
import { attributeDifference, heldOf, isEmptyDifference } from "../domain/attributes.js";
import type { Ensure, TakeBack } from "../domain/decide.js";
import { TargetError } from "../domain/errors.js";
import type { Outcome } from "../domain/outcomes.js";
import type { UndoStep } from "../domain/undo.js";
import { undoStep } from "../domain/undo.js";
import type { AccountPatch } from "../store/attempts.js";
import { writeIntent } from "../store/attempts.js";
import type { Db } from "../store/schema.js";
import type { Work } from "./claim.js";
import { changeBack, updateEffect } from "./effects.js";
import { ComeBackLater } from "./failure.js";
import type { Link } from "./locator.js";
import { Locator, unlinked } from "./locator.js";
import { wishOf } from "./wish.js";

/** What an attempt achieved: its outcome, how the row changes, what was sent. */
export interface Achieved {
  readonly outcome: Outcome;
  readonly patch: AccountPatch;
}

/**
 * One attempt at one account under a claim: observe where needed, compute the difference, write the intent, call.
 * Its public fields say how far it got when a call throws: the recorder turns them into existence and certainty.
 */
export class Attempt {
  /** What was sent to the target, unmasked; masked before it is stored. */
  sent: AttributeMap | null = null;
  /** The mutating call that is under way. */
  mutating: "none" | "create" | "change" = "none";

  private readonly db: Db;
  private readonly work: Work;
  private readonly connector: Connector;
  private readonly context: CallContext;
  private readonly locator: Locator;

  constructor(db: Db, work: Work, connector: Connector, context: CallContext) {
    this.db = db;
    this.work = work;
    this.connector = connector;
    this.context = context;
    const intend = (patch: AccountPatch): Promise<void> => this.intend(patch);
    this.locator = new Locator({ db, work, connector, context, intend });
  }

  /** Runs the attempt. Throws `TargetError` for a failed call and `ComeBackLater` for a wait. */
  async run(): Promise<Achieved> {
    const link = await this.locator.locate();
    const { want } = this.work;
    if (want.verb === "undo") return this.takeBack(want, link);
    if (want.verb === "remove") return link === null ? this.gone("absent") : this.remove(want.step, link);
    return link === null ? this.createOrAdopt(want) : this.bring(want, link);
  }

  private async createOrAdopt(want: Ensure): Promise<Achieved> {
    if (!want.active || want.onlyExisting) return this.gone("absent");
    const candidate = await this.locator.candidate();
    if (candidate !== null) return this.adopt(want, candidate);
    try {
      return await this.create(want);
    } catch (error) {
      if (!(error instanceof TargetError) || error.code !== "conflict") throw error;
      this.mutating = "none";
      await this.intend(unlinked);
      const existing = await this.locator.candidate();
      if (existing === null) throw error;
      return this.adopt(want, existing);
    }
  }

  private async create(want: Ensure): Promise<Achieved> {
    // What goes out is ours from here on: should the reply be lost, a later attempt knows what it may have to clear.
    await this.intend({ existence: "maybe", createIntent: true, applied: want.attributes });
    this.mutating = "create";
    const attributes = { ...want.defaults, ...want.attributes };
    this.sent = attributes;
    const made = await this.connector.create(
      { attributes, externalId: this.locator.externalId, active: true },
      this.context,
    );
    this.mutating = "none";
    return this.ensured(want, "created", { id: made.id, origin: "created" });
  }

  /** Adopts by policy; a match by our own external id is ours whatever the policy says. */
  private async adopt(want: Ensure, candidate: RemoteAccount): Promise<Achieved> {
    await this.locator.refuseForeignLink(candidate);
    const byExternalId = candidate.externalId === this.locator.externalId;
    const managed = candidate.externalId !== null && candidate.externalId !== "";
    const policy = this.work.connection.adopt;
    const allowed = policy === "always" || (policy === "unmanaged" && !managed);
    if (!byExternalId && (!allowed || want.adoptByExternalIdOnly))
      throw new TargetError("conflict", { sent: "no", keyword: "not_adopted" });
    return this.bring(want, await this.locator.link(candidate, "adopted", true));
  }

  /** Brings a linked account to what is desired, sending only what differs. */
  private async bring(want: Ensure, link: Link): Promise<Achieved> {
    const change = this.difference(want, link);
    if (change === null) return this.ensured(want, link.adopted ? "adopted" : "unchanged", link);
    await this.intendChange(change);
    this.sending(change);
    try {
      await this.connector.update(link.id, change, link.observed, this.context);
    } catch (error) {
      if (!(error instanceof TargetError) || error.code !== "absent") throw error;
      // Deleted behind our back: start over from the ladder, which ends in a create.
      this.mutating = "none";
      await this.intend(unlinked);
      return this.createOrAdopt(want);
    }
    this.mutating = "none";
    return this.ensured(want, this.outcomeOf(change, link), link);
  }

  /** Attributes about to be set count as ours before the call, for the same reason as at a create. */
  private async intendChange(change: AccountChange): Promise<void> {
    if (Object.keys(change.set).length === 0) return;
    const { account } = this.work;
    const applied = { ...account.applied, ...change.set };
    await this.intend({ applied, uncertain: true, effect: updateEffect(account) });
  }

  private outcomeOf(change: AccountChange, link: Link): Outcome {
    if (link.adopted) return "adopted";
    if (change.active === undefined) return "updated";
    return change.active ? "enabled" : "disabled";
  }

  private difference(want: Ensure, link: Link): AccountChange | null {
    const { account } = this.work;
    const { observed } = link;
    const held =
      observed === null ? account.applied : heldOf(observed.attributes, want.attributes, account.applied);
    const difference = attributeDifference(want.attributes, held);
    const active = observed === null ? account.active : observed.active;
    const externalId =
      observed !== null &&
      this.connector.traits.keepsExternalId &&
      observed.externalId !== this.locator.externalId;
    if (isEmptyDifference(difference) && active === want.active && !externalId) return null;
    return {
      ...difference,
      ...(active !== want.active && { active: want.active }),
      ...(externalId && { externalId: this.locator.externalId }),
    };
  }

  private ensured(
    want: Ensure,
    outcome: Outcome,
    link: { readonly id: string; readonly origin: LinkOrigin },
  ): Achieved {
    return {
      outcome,
      patch: {
        existence: "known",
        remoteId: link.id,
        linkOrigin: link.origin,
        applied: want.attributes,
        active: want.active,
        allowed: want.allowed,
        state: "settled",
        createIntent: false,
        ...this.effectOf(outcome),
      },
    };
  }

  /** An adoption noted its effect when it linked. */
  private effectOf(outcome: Outcome): AccountPatch {
    if (outcome === "created") return { effect: { effect: "created", before: null } };
    if (outcome === "adopted" || outcome === "unchanged") return {};
    return { effect: updateEffect(this.work.account) };
  }

  /** Takes back what the episode did; the account then rests as what it would have been settled at. */
  private async takeBack(want: TakeBack, link: Link | null): Promise<Achieved> {
    const { outcome, patch } = await this.undo(want, link);
    const rest: AccountPatch = { state: "parked", code: want.undo.code, wish: wishOf(want.instead) };
    return { outcome, patch: { ...patch, ...rest, dueAt: null, undo: null, effect: null } };
  }

  private async undo(want: TakeBack, link: Link | null): Promise<Achieved> {
    if (link === null) return this.gone("absent");
    const { effect, existence, before } = this.work.account;
    const found = existence === "maybe" ? "created" : effect;
    const step = undoStep({ existence: "known", effect: found, before }, want.undo);
    switch (step.kind) {
      case "remove":
        return this.remove(step.step, link);
      case "unlink":
      case "revert":
        return this.putBack(step, link);
      case "nothing":
        return { outcome: "unchanged", patch: {} };
      default:
        return assertNever(step);
    }
  }

  private async putBack(
    step: Extract<UndoStep, { kind: "unlink" | "revert" }>,
    link: Link,
  ): Promise<Achieved> {
    const { account, want } = this.work;
    const { observed } = link;
    if (observed === null) throw new Error("an account is read before it is put back");
    const { before, kind } = step;
    const keeps = this.connector.traits.keepsExternalId && kind === "unlink";
    const withdrawn = keeps ? this.locator.externalId : null;
    const change = changeBack({ before, observed, account, want, withdrawn });
    const { applied, active } = before;
    const patch: AccountPatch = kind === "unlink" ? unlinked : { applied, active };
    if (change === null) return { outcome: "unchanged", patch };
    this.sending(change);
    return this.unlessAbsent(this.connector.update(link.id, change, observed, this.context), {
      outcome: "updated",
      patch,
    });
  }

  private sending(change: AccountChange): void {
    this.mutating = "change";
    this.sent = { ...change.set, ...Object.fromEntries(change.clear.map((name) => [name, null])) };
  }

  private async unlessAbsent(call: Promise<void>, achieved: Achieved): Promise<Achieved> {
    try {
      await call;
    } catch (error) {
      if (error instanceof TargetError && error.code === "absent") return this.gone("absent");
      throw error;
    }
    return achieved;
  }

  private async remove(step: "disable" | "delete", link: Link): Promise<Achieved> {
    if (step === "delete") {
      this.mutating = "change";
      const outcome = await this.connector.remove(link.id, this.context);
      return this.gone(outcome);
    }
    const active = link.observed === null ? this.work.account.active : link.observed.active;
    const kept: AccountPatch = {
      existence: "known",
      remoteId: link.id,
      linkOrigin: link.origin,
      active: false,
      state: "settled",
    };
    if (active === false) return { outcome: "unchanged", patch: kept };
    this.mutating = "change";
    this.sent = { active: false };
    const change = { set: {}, clear: [], active: false };
    const call = this.connector.update(link.id, change, link.observed, this.context);
    return this.unlessAbsent(call, { outcome: "disabled", patch: kept });
  }

  private gone(outcome: Outcome): Achieved {
    return { outcome, patch: { ...unlinked, dueAt: null, state: "removed" } };
  }

  /** Writes an intent; without the claim no call may follow. */
  private async intend(patch: AccountPatch): Promise<void> {
    if (this.context.remainingMs() <= 0) throw new TargetError("attempt_timeout", { sent: "no" });
    if (!(await writeIntent(this.db, this.work.account.id, this.work.token, patch)))
      throw new ComeBackLater("claim_lost", 1_000);
  }
}
