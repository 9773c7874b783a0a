import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { DemoScimTarget } from "./scim-target.js";

/** What the demonstration needs to know of the running system. */
export interface DemoOptions {
  readonly url: string;
  readonly organization: string;
  readonly feed: string;
  readonly feedToken: string;
  readonly feedTokenFile: string;
  readonly adminToken: string;
  readonly temporalUi: string | null;
  readonly namespace: string;
  readonly target: DemoScimTarget;
  readonly say: (text: string) => void;
}

const eventId = "sample-joiner";
const userId = "u-1001";
const waitMaxMs = 30_000;

const explanation = z.object({
  user: z.string(),
  connections: z.array(
    z.object({
      connection: z.string(),
      reasons: z.array(z.object({ text: z.string() })),
      account: z
        .object({ state: z.string(), code: z.string().nullable(), remoteId: z.string().nullable() })
        .nullable(),
    }),
  ),
});

const sample = (time: string) => ({
  specversion: "1.0",
  id: eventId,
  source: "hr",
  type: "user.created",
  time,
  data: {
    application: "hr-portal",
    user: {
      id: userId,
      userName: "ada",
      name: { givenName: "Ada", familyName: "Lovelace" },
      emails: [{ value: "ada@acme.example", primary: true }],
      title: "Engineer",
    },
  },
});

const call = async (options: DemoOptions, path: string, token: string, body?: unknown): Promise<Response> =>
  fetch(`${options.url}/v1/organizations/${options.organization}/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const explain = async (options: DemoOptions) => {
  const response = await call(options, `users/hr:${userId}/explanation`, options.adminToken);
  return response.ok ? explanation.parse(await response.json()) : null;
};

const untilAtRest = async (options: DemoOptions) => {
  const deadline = performance.now() + waitMaxMs;
  for (;;) {
    const seen = await explain(options);
    const open = seen?.connections.some(
      ({ account }) => account === null || ["pending", "failing"].includes(account.state),
    );
    if ((seen !== null && open === false) || performance.now() > deadline) return seen;
    await sleep(100);
  }
};

const nextCurl = (options: DemoOptions): string => {
  const event = {
    specversion: "1.0",
    id: "evt-2",
    source: "hr",
    type: "user.created",
    data: { user: { id: "u-1002", userName: "grace" } },
  };
  return [
    `curl -sS ${options.url}/v1/organizations/${options.organization}/feeds/${options.feed}/events \\`,
    `  -H "authorization: Bearer $(cat ${options.feedTokenFile})" -H 'content-type: application/json' \\`,
    `  -d '${JSON.stringify(event)}'`,
  ].join("\n");
};

const report = (options: DemoOptions, seen: z.infer<typeof explanation> | null, before: boolean): void => {
  const { say } = options;
  say("");
  say(before ? "The sample joiner is known from an earlier start:" : "A sample joiner was sent:");
  say(`  event     ${eventId} (user.created, user ${userId}, through application hr-portal)`);
  for (const { connection, reasons, account } of seen?.connections ?? []) {
    say(`  decision  ${connection}: ${reasons.map((reason) => reason.text).join("; ")}`);
    say(`  account   ${connection}: ${account?.state ?? "none"}${account?.code ? ` (${account.code})` : ""}`);
    const remote = options.target.users().find((user) => user.id === account?.remoteId);
    if (remote !== undefined)
      say(`  target    ${options.target.url}/Users/${remote.id} (user name ${remote.userName})`);
  }
  if (options.temporalUi !== null && seen !== null)
    say(
      `  run       ${options.temporalUi}/namespaces/${options.namespace}/workflows/user%2F${options.organization}%2F${seen.user}`,
    );
  say("");
  say("Send one yourself, then ask why:");
  say(nextCurl(options));
  say("npm run -s outbound -- users explain hr:u-1002");
  say("");
};

/** Sends a sample joiner (once per data directory), waits until it has an account, and prints what happened and where to look. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const before = (await call(options, `events/${eventId}`, options.adminToken)).ok;
  if (!before) {
    const response = await call(
      options,
      `feeds/${options.feed}/events`,
      options.feedToken,
      sample(new Date().toISOString()),
    );
    if (!response.ok) throw new Error(`the sample joiner was refused with HTTP ${String(response.status)}`);
  }
  report(options, await untilAtRest(options), before);
}
