import Table from "cli-table3";
import type { Comparison } from "./compare.js";
import { isExact } from "./compare.js";
import type { CrashRunReport } from "./run.js";

/** Most users that are named for one kind of fault. */
const namedMax = 20;

const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(1);

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const drawn = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  drawn.push(...rows.map((row) => row.map(String)));
  return drawn.toString();
}

const killTable = ({ kills }: CrashRunReport): string =>
  table(
    [
      "kill",
      "at s",
      "accepted",
      "open",
      "outbox",
      "claimed",
      "maybe",
      "in flight",
      "writes",
      "ready after s",
      "counts",
    ],
    kills.map((kill, at) => [
      at + 1,
      seconds(kill.atMs),
      kill.accepted,
      kill.open,
      kill.waiting,
      kill.claimed,
      kill.maybe,
      kill.inFlight,
      kill.writesInFlight,
      seconds(kill.readyAfterMs),
      kill.counts ? "yes" : "no",
    ]),
  );

const accountTable = ({ comparisons }: CrashRunReport): string =>
  table(
    [
      "connection",
      "users",
      "must be active",
      "active",
      "accounts",
      "missing",
      "twice",
      "differing",
      "surplus",
    ],
    comparisons.map((one) => [
      one.connection,
      one.users,
      one.expected,
      one.active,
      one.found,
      one.missing.length,
      one.twice.length,
      one.differing.length,
      one.surplus.length,
    ]),
  );

const named = (what: string, list: readonly string[]): readonly string[] => {
  if (list.length === 0) return [];
  const more = list.length > namedMax ? ` … ${list.length - namedMax} more` : "";
  return [`${what}: ${list.slice(0, namedMax).join("; ")}${more}`];
};

const faultsOf = (one: Comparison): readonly string[] => [
  ...named(`missing at ${one.connection}`, one.missing),
  ...named(`twice at ${one.connection}`, one.twice),
  ...named(`differing at ${one.connection}`, one.differing),
  ...named(`surplus at ${one.connection}`, one.surplus),
];

/** Everything that is not as it must be, one sentence each; empty when the run has passed. */
export function faults(report: CrashRunReport): readonly string[] {
  const { options, accounts } = report;
  const good = report.kills.filter((kill) => kill.counts).length;
  const stuck = accounts.held + accounts.parked + accounts.failing + accounts.pending;
  return [
    ...(good < options.kills ? [`only ${good} of ${options.kills} kills met the conditions`] : []),
    ...(report.accepted === report.events
      ? []
      : [`${report.events - report.accepted} events were never accepted`]),
    ...(stuck === 0 ? [] : [`${stuck} accounts are held, parked or still open`]),
    ...(report.unsure === 0 ? [] : [`${report.unsure} accounts are uncertain or maybe there`]),
    ...named("writes to one account at the same time", report.overlaps),
    ...report.comparisons.filter((one) => !isExact(one)).flatMap(faultsOf),
  ];
}

/** The report as text: the seed, the state at each kill, the accounts against the oracle, the verdict. */
export function renderReport(report: CrashRunReport): string {
  const { options } = report;
  const found = faults(report);
  return [
    `crash run: seed ${options.seed}, ${options.users} users, ${report.events} events in ${report.requests} requests ` +
      `(${report.repeated} sent again), ${report.calls} calls of ${options.delayMs.join(" to ")} ms`,
    "",
    "State at each SIGKILL (open: accounts pending or failing; claimed: claims nobody released; maybe: open creates)",
    killTable(report),
    "",
    "Accounts at rest, against the oracle",
    accountTable(report),
    "",
    `at rest ${seconds(report.restMs)} s after the last event; whole run ${seconds(report.totalMs)} s; ` +
      `creates refused as already there: ${report.refusedCreates}; overlapping writes: ${report.overlaps.length}`,
    found.length === 0 ? "PASSED: every account equals the oracle" : "FAILED",
    ...found,
  ].join("\n");
}
