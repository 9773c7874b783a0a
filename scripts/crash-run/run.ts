import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AccountCounts, AdminClient } from "./admin-client.js";
import { adminClient, openCount } from "./admin-client.js";
import type { Comparison } from "./compare.js";
import { compareAccounts } from "./compare.js";
import {
  closedOrigins,
  configurationText,
  connectionIds,
  facts,
  groups,
  origins,
  runNames,
} from "./configuration.js";
import type { ConnectionId } from "./configuration.js";
import { generateEvents, generatePosts } from "./generate.js";
import type { KillableSystem } from "./killable-system.js";
import { killableSystem } from "./killable-system.js";
import { expectAccounts } from "./oracle.js";
import { overlappingWrites } from "./overlaps.js";
import type { Poster } from "./poster.js";
import { startPoster } from "./poster.js";
import { seededRandom } from "./random.js";
import type { StoredState } from "./stored-state.js";
import { readStoredState } from "./stored-state.js";
import { inFlightAt, isWrite } from "./target-call.js";
import type { Targets } from "./targets.js";
import { startTargets } from "./targets.js";

/** What a crash run is asked for. */
export interface CrashRunOptions {
  readonly seed: number;
  readonly users: number;
  readonly eventsPerUser: number;
  /** Kills that must meet the conditions below. */
  readonly kills: number;
  /** Accounts that must be open at a kill. */
  readonly openMin: number;
  /** Shortest and longest time that a call at a target takes, in milliseconds. */
  readonly delayMs: readonly [number, number];
  /** The whole run fails when it takes longer, in milliseconds. */
  readonly limitMs: number;
  /** Whether the directory with data and log stays. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

/** One kill, with the state of things at that moment. */
export interface Kill extends StoredState {
  /** Since the run began, in milliseconds. */
  readonly atMs: number;
  /** Events accepted until then. */
  readonly accepted: number;
  /** Calls that a target had received and not answered, and how many of those were writes. */
  readonly inFlight: number;
  readonly writesInFlight: number;
  /** How long the process took to be ready again, in milliseconds. */
  readonly readyAfterMs: number;
  /** Whether enough accounts were open, and a call in flight. */
  readonly counts: boolean;
}

/** What came of a crash run. */
export interface CrashRunReport {
  readonly options: CrashRunOptions;
  readonly events: number;
  readonly accepted: number;
  readonly requests: number;
  readonly repeated: number;
  readonly kills: readonly Kill[];
  /** From the last event accepted until everything had come to rest, in milliseconds. */
  readonly restMs: number;
  readonly totalMs: number;
  readonly accounts: AccountCounts;
  /** Accounts of which the system itself says that it is not sure. */
  readonly unsure: number;
  readonly comparisons: readonly Comparison[];
  readonly overlaps: readonly string[];
  readonly calls: number;
  /** Creates that a target refused since the account was there: none is needed when everything is looked up first. */
  readonly refusedCreates: number;
}

interface Run {
  readonly options: CrashRunOptions;
  readonly targets: Targets;
  readonly system: KillableSystem;
  readonly admin: AdminClient;
  readonly poster: Poster;
  readonly requests: number;
  readonly events: number;
  readonly beganAt: number;
}

/** Kills beyond those asked for, when some did not meet the conditions. */
const spareKills = 5;
/** How many times as long calls take while too few accounts are open. */
const slowdown = 4;
/** While more users than this wait to be planned, no further requests go out. */
const backlogMax = 40;
/** Share of the requests that go out right before a kill, so that it meets some of them. */
const stirring = 0.05;

/** The limit holds for every wait: a run that hangs must end, and fail. */
const checkLimit = ({ options, beganAt }: Run, doing: string): void => {
  if (Date.now() - beganAt > options.limitMs)
    throw new Error(`the limit of ${options.limitMs / 60_000} min has passed while ${doing}`);
};

/** Waits until every request has been answered. */
const awaitPosted = async (run: Run): Promise<void> => {
  run.poster.allow(run.requests);
  const posted = run.poster.done.then(() => true);
  while (!(await Promise.race([posted, sleep(500, false)]))) checkLimit(run, "posting");
};

/**
 * Waits for a moment worth a kill: enough accepted, enough open. Requests go out as fast as users are planned, not
 * faster, so that the kills are spread over the whole history. An account opens when its user is planned, so when
 * too few are open the targets become slower than the planning.
 */
const awaitMoment = async (run: Run, share: number): Promise<void> => {
  const { poster, options } = run;
  for (let looks = 0; ; looks += 1) {
    checkLimit(run, "waiting for a moment to kill");
    const open = openCount(await run.admin.counts());
    const waiting = await run.admin.waiting();
    if (looks % 40 === 0)
      options.say(`${poster.accepted.size} events accepted, ${waiting} in the outbox, ${open} accounts open`);
    // Between this look and the kill a few accounts come to rest.
    const enough = poster.accepted.size >= run.events * share;
    if (enough && open >= options.openMin * 1.3) return;
    if (enough) await run.targets.slowDown(slowdown);
    if (poster.finished && open + waiting === 0)
      throw new Error("too few accounts were open at once: more users or a slower target");
    if (poster.resting && waiting < backlogMax) poster.allowMore(Math.ceil(run.requests / 50));
    await sleep(250);
  }
};

/** Kills while requests are on their way in and a call is on its way out. Resolves with the moment. */
const killBusy = async (run: Run): Promise<number> => {
  run.poster.allowMore(Math.ceil(run.requests * stirring));
  await sleep(20);
  while ((await run.targets.ask("inFlight")) === 0) checkLimit(run, "waiting for a call in flight");
  return run.system.kill();
};

const killOnce = async (run: Run, share: number): Promise<Kill> => {
  await awaitMoment(run, share);
  const accepted = run.poster.accepted.size;
  const killedAt = await killBusy(run);
  await run.targets.slowDown(1);
  const stored = await readStoredState(run.system.databaseDirectory);
  const startedAt = Date.now();
  await run.system.start();
  const readyAfterMs = Date.now() - startedAt;
  const caught = (await run.targets.ask("calls")).filter((call) => inFlightAt(call, killedAt));
  const counts = stored.open >= run.options.openMin && caught.length > 0;
  const atMs = killedAt - run.beganAt;
  const writesInFlight = caught.filter(isWrite).length;
  return { ...stored, atMs, accepted, inFlight: caught.length, writesInFlight, readyAfterMs, counts };
};

const killOften = async (run: Run): Promise<readonly Kill[]> => {
  const kills: Kill[] = [];
  const { kills: wanted, say } = run.options;
  for (let good = 0; good < wanted;) {
    const kill = await killOnce(run, (good + 1) / (wanted + 1));
    kills.push(kill);
    if (kill.counts) good += 1;
    say(
      `kill ${kills.length} at ${(kill.atMs / 1_000).toFixed(1)} s: ${kill.accepted} events accepted, ` +
        `${kill.open} accounts open, ${kill.inFlight} calls in flight (${kill.writesInFlight} writes)`,
    );
    if (kills.length >= wanted + spareKills) break;
  }
  return kills;
};

/** Waits until nothing is open and nothing waits, three looks in a row. */
const awaitRest = async (run: Run): Promise<void> => {
  let quiet = 0;
  for (let looks = 0; quiet < 3; looks += 1) {
    checkLimit(run, "waiting for rest");
    const open = openCount(await run.admin.counts());
    const waiting = await run.admin.waiting();
    quiet = open + waiting === 0 ? quiet + 1 : 0;
    if (looks % 10 === 0) run.options.say(`${open} accounts open, ${waiting} in the outbox`);
    await sleep(1_000);
  }
};

const conclude = async (run: Run, kills: readonly Kill[], restMs: number): Promise<CrashRunReport> => {
  const expectations = expectAccounts([...run.poster.accepted.values()], facts);
  const accounts = await run.targets.ask("accounts");
  const calls = await run.targets.ask("calls");
  const listed = await run.admin.accounts();
  return {
    options: run.options,
    events: run.events,
    accepted: run.poster.accepted.size,
    requests: run.requests,
    repeated: run.poster.repeated,
    kills,
    restMs,
    totalMs: Date.now() - run.beganAt,
    accounts: await run.admin.counts(),
    unsure: listed.filter((one) => one.uncertain || one.existence === "maybe").length,
    comparisons: connectionIds.map((id) => compareAccounts(id, expectations, accounts[id] ?? [])),
    overlaps: overlappingWrites(calls, accounts),
    calls: calls.length,
    refusedCreates: calls.filter((call) => call.method === "POST" && call.status === 409).length,
  };
};

const conduct = async (run: Run): Promise<CrashRunReport> => {
  await run.system.start();
  run.options.say(`ready after ${((Date.now() - run.beganAt) / 1_000).toFixed(1)} s`);
  // A refusal must end the run at once, not at its limit.
  const refused = run.poster.done.then(() => new Promise<never>(() => undefined));
  const kills = await Promise.race([killOften(run), refused]);
  await awaitPosted(run);
  const postedAt = Date.now();
  await awaitRest(run);
  return conclude(run, kills, Date.now() - postedAt);
};

/**
 * Runs the whole system against two slow targets, posts a seeded history shuffled and duplicated, kills the process
 * with SIGKILL again and again, waits for rest and holds every account against the oracle. Needs a build (`dist/`).
 * Rejects when the limit passes, or when an event is refused.
 */
export async function crashRun(options: CrashRunOptions): Promise<CrashRunReport> {
  const random = seededRandom(options.seed);
  const { users, eventsPerUser } = options;
  const world = { source: runNames.source, users, eventsPerUser, groups, origins, closed: closedOrigins };
  const events = generateEvents(world, random);
  const posts = generatePosts(events, random);
  const token = (): string => randomBytes(24).toString("base64url");
  const tokens = { admin: token(), feed: token(), target: token() };
  const directory = await mkdtemp(join(tmpdir(), "outbound-crash-run-"));
  const targets = startTargets({
    connections: connectionIds,
    token: tokens.target,
    delayMs: options.delayMs,
  });
  const system = await killableSystem(directory, tokens);
  const poster = startPoster(posts, system.url, tokens.feed);
  try {
    const urls = (await targets.ask("urls")) as Record<ConnectionId, string>;
    await writeFile(join(directory, "outbound.json"), configurationText(urls));
    return await conduct({
      options,
      targets,
      system,
      admin: adminClient(system.url, tokens.admin),
      poster,
      requests: posts.length,
      events: events.length,
      beganAt: Date.now(),
    });
  } finally {
    poster.stop();
    await system.stop();
    await targets.stop();
    if (options.keep) options.say(`data and log: ${directory}`);
    else await rm(directory, { recursive: true, force: true });
  }
}
