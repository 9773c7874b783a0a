import {
  ActivityFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { PlanningActivities } from "../activities/index.js";
import type {
  ChangedSignal,
  ProvisionUserInput,
  ProvisionUserResult,
  RunState,
  UserPlan,
} from "./contract.js";
import { changedSignalName } from "./contract.js";
import { detailsTable } from "./details.js";
import { Lane } from "./lane.js";
import { connectionsAttribute, failingAttribute, stateAttribute } from "./search-attributes.js";

/** Something about the user changed: look again. */
export const changedSignal = defineSignal<[ChangedSignal]>(changedSignalName);

const local = proxyLocalActivities<PlanningActivities>({
  startToCloseTimeout: "5s",
  scheduleToCloseTimeout: "5s",
  retry: { maximumAttempts: 2, initialInterval: "200ms" },
});
const durable = proxyActivities<PlanningActivities>({
  startToCloseTimeout: "30s",
  retry: { initialInterval: "1s", backoffCoefficient: 2, maximumInterval: "1 minute" },
});

/** Plans in the workflow task; when the store does not answer in 5 s, as an ordinary activity for as long as it takes. */
const planUser = async (input: ProvisionUserInput): Promise<UserPlan> => {
  try {
    return await local.planUser(input);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return durable.planUser.executeWithOptions({ summary: "plan user (the store was slow to answer)" }, [
      input,
    ]);
  }
};

class Run {
  private readonly input: ProvisionUserInput;
  private readonly lanes = new Map<string, Lane>();
  private ending = new Set<Lane>();
  private wanted = 0;
  private planned = -1;
  private awaited: readonly string[] = [];
  private standing: UserPlan["standing"] = null;

  constructor(input: ProvisionUserInput) {
    this.input = input;
  }

  /** Only records: the main loop does the rest, so no signal can be lost at the end (design, section 3). */
  note(signal: ChangedSignal): void {
    this.wanted = Math.max(this.wanted, signal.version);
  }

  async converge(): Promise<ProvisionUserResult> {
    for (;;) {
      if (this.mustPlan()) await this.plan();
      await condition(() => this.mustPlan() || this.mustRenew() || this.isSettled());
      if (this.mustPlan()) continue;
      if (this.mustRenew()) return this.renew();
      const state = this.stateAtEnd();
      this.show(state);
      // No await between the check above and the return: a signal in between makes the server refuse the completion.
      return { state, version: this.planned };
    }
  }

  private mustPlan(): boolean {
    return this.wanted > this.planned || this.unreviewed().length > 0;
  }

  /** Lanes whose end the others hang on: failed for good, compensated, or waited for by compensated accounts. */
  private unreviewed(): readonly Lane[] {
    const concerns = ([connection, { state }]: [string, Lane]): boolean =>
      state.kind === "failed" ||
      (state.kind === "done" && (state.result.code === "compensated" || this.awaited.includes(connection)));
    return [...this.lanes].filter((entry) => !entry[1].reviewed && concerns(entry)).map(([, lane]) => lane);
  }

  private async plan(): Promise<void> {
    const asked = this.wanted;
    for (const lane of this.unreviewed()) lane.reviewed = true;
    const plan = await planUser(this.input);
    this.planned = Math.max(asked, plan.version);
    this.awaited = plan.awaited;
    this.standing = plan.standing;
    const listed = new Map(plan.lanes.map((lane) => [lane.connection, lane]));
    for (const [connection, lane] of this.lanes) if (!listed.has(connection)) this.drop(connection, lane);
    for (const [connection, next] of listed) {
      const running = this.lanes.get(connection);
      if (running?.state.kind === "running") running.follow(next, plan.version);
      else this.lanes.set(connection, new Lane(this.input.organization, this.input.user, next, plan.version));
    }
    if (plan.lanes.length > 0) this.show("settling");
  }

  private drop(connection: string, lane: Lane): void {
    if (lane.state.kind !== "running") return;
    lane.drop();
    this.ending.add(lane);
    this.lanes.delete(connection);
  }

  private isSettled(): boolean {
    const all = [...this.lanes.values(), ...this.ending];
    return all.every((lane) => lane.state.kind !== "running") && allHandlersFinished();
  }

  private mustRenew(): boolean {
    return workflowInfo().continueAsNewSuggested;
  }

  /** The safety valve against endless histories: lanes are cancelled and awaited first; the store knows the rest. */
  private async renew(): Promise<never> {
    await this.endLanes();
    return continueAsNew<typeof provisionUser>(this.input);
  }

  async endLanes(): Promise<void> {
    const all = [...this.lanes.values(), ...this.ending];
    for (const lane of all) lane.drop();
    await CancellationScope.nonCancellable(() => Promise.all(all.map((lane) => lane.ended)));
  }

  private stateAtEnd(): RunState {
    const lanes = [...this.lanes.values()].map((lane) => lane.state);
    if (lanes.some((lane) => lane.kind === "done" && lane.result.state === "held")) return "held";
    if (this.standing !== null) return this.standing;
    const parked = lanes.some(
      (lane) => lane.kind === "failed" || (lane.kind === "done" && lane.result.state === "parked"),
    );
    return parked ? "parked" : "settled";
  }

  /** Shows the run to operators: search attributes, and a short table as current details. */
  show(state: RunState | "settling"): void {
    const lanes = [...this.lanes.entries()];
    const failing = lanes
      .filter(([, lane]) => lane.state.kind === "failed")
      .map(([connection]) => connection);
    setCurrentDetails(
      detailsTable(
        state,
        lanes.map(([connection, lane]) => ({ connection, state: lane.state })),
      ),
    );
    upsertSearchAttributes([
      { key: stateAttribute, value: state },
      ...(state === "settling"
        ? [{ key: connectionsAttribute, value: lanes.map(([connection]) => connection) }]
        : []),
      ...(failing.length > 0 ? [{ key: failingAttribute, value: failing }] : []),
    ]);
  }
}

/**
 * Brings one user to what is decided at every connection, and completes. Started or signalled by the dispatcher
 * (`signalWithStart`, id `user/<organization>/<key>`). Reads nothing from its signals but that a look is due;
 * cancelling it ends its lanes and parks their accounts; terminating or resetting it is safe, the sweep heals.
 */
export async function provisionUser(input: ProvisionUserInput): Promise<ProvisionUserResult> {
  const run = new Run(input);
  setHandler(changedSignal, (signal) => {
    run.note(signal);
  });
  try {
    return await run.converge();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await run.endLanes();
    await CancellationScope.nonCancellable(() => durable.cancelUser(input));
    run.show("cancelled");
    throw error;
  }
}
