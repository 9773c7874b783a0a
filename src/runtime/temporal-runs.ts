import type { Client } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/client";
import { decodeOptionalFailureToOptionalError } from "@temporalio/common/lib/internal-non-workflow/index.js";
import { ApplicationFailure } from "@temporalio/common";
import type { PendingLane } from "../http/dependencies.js";
import type { OutboxRow } from "../store/outbox.js";
import type { ChangedSignal, ProvisionUserInput } from "../workflows/contract.js";
import {
  changedSignalName,
  provisionUserWorkflow,
  userWorkflowId,
  workflowQueue,
} from "../workflows/contract.js";
import { organizationAttribute, stateAttribute } from "../workflows/search-attributes.js";

/** What the server asks of Temporal about users' runs. */
export interface TemporalRuns {
  signalUser(row: OutboxRow): Promise<void>;
  isRunning(organization: string, user: string): Promise<boolean>;
  inspectRun(organization: string, user: string): Promise<readonly PendingLane[]>;
  isUp(): Promise<boolean>;
}

type PendingActivity = NonNullable<
  Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["describe"]>>["raw"]["pendingActivities"]
>[number];

const scheduled = 1;

const toIso = (time: {
  readonly seconds?: { toNumber(): number } | number | null;
  readonly nanos?: number | null;
}): string => {
  const seconds = typeof time.seconds === "object" ? (time.seconds?.toNumber() ?? 0) : (time.seconds ?? 0);
  return new Date(seconds * 1_000 + Math.round((time.nanos ?? 0) / 1e6)).toISOString();
};

const toLane = async (client: Client, activity: PendingActivity): Promise<PendingLane | null> => {
  const connection = activity.activityId?.split("/")[0];
  if (connection === undefined || activity.activityType?.name !== "settleAccount") return null;
  const failure = await decodeOptionalFailureToOptionalError(
    client.options.loadedDataConverter,
    activity.lastFailure,
  );
  const retrying =
    Number(activity.state) === scheduled &&
    activity.lastFailure !== null &&
    activity.lastFailure !== undefined;
  const next = activity.nextAttemptScheduleTime ?? activity.scheduledTime;
  return {
    connection,
    attempt: activity.attempt ?? 1,
    nextTryAt: retrying && next ? toIso(next) : null,
    code: failure instanceof ApplicationFailure ? (failure.type ?? null) : null,
    waiting: Number(activity.state) !== scheduled ? "running" : retrying ? "retry" : "queue",
  };
};

/**
 * Starts or signals the workflow of a waiting user in one call. Ids and search attributes are opaque; the signal
 * carries a version. Once started, a run keeps the priority of its first event; its lanes have their own.
 */
const signalUser = async (client: Client, row: OutboxRow): Promise<void> => {
  const input: ProvisionUserInput = { organization: row.organization, user: row.key };
  const signal: ChangedSignal = { version: row.version };
  await client.workflow.signalWithStart(provisionUserWorkflow, {
    workflowId: userWorkflowId(row.organization, row.key),
    taskQueue: workflowQueue,
    args: [input],
    signal: changedSignalName,
    signalArgs: [signal],
    staticSummary: "Provision one user to every connection",
    priority: { priorityKey: row.priority, fairnessKey: row.organization },
    typedSearchAttributes: [
      { key: organizationAttribute, value: row.organization },
      { key: stateAttribute, value: "planning" },
    ],
  });
};

/** Everything the server asks of Temporal, over one client. Rejections mean that Temporal did not answer. */
export function temporalRuns(client: Client): TemporalRuns {
  const describe = async (organization: string, user: string) => {
    try {
      return await client.workflow.getHandle(userWorkflowId(organization, user)).describe();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  };
  return {
    signalUser: (row) => signalUser(client, row),
    isRunning: async (organization, user) => (await describe(organization, user))?.status.name === "RUNNING",
    inspectRun: async (organization, user) => {
      const run = await describe(organization, user);
      // A run that was terminated still lists what it was doing.
      const pending = run?.status.name === "RUNNING" ? (run.raw.pendingActivities ?? []) : [];
      const lanes = await Promise.all(pending.map((activity) => toLane(client, activity)));
      return lanes.flatMap((lane) => lane ?? []);
    },
    isUp: async () => {
      try {
        await client.withDeadline(Date.now() + 2_000, () =>
          client.connection.workflowService.getSystemInfo({}),
        );
        return true;
      } catch {
        return false;
      }
    },
  };
}
