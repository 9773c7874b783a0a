import { assertNever } from "../domain/assert-never.js";
import type { LaneState } from "./lane.js";

/** One line of the table. */
export interface LaneLine {
  readonly connection: string;
  readonly state: LaneState;
}

const cells = (state: LaneState): readonly [string, string] => {
  switch (state.kind) {
    case "running":
      return ["working", "see Pending Activities"];
    case "done":
      return [state.result.state, state.result.code ?? state.result.outcome];
    case "failed":
      return ["parked", state.code];
    case "dropped":
      return ["stopped", "no longer needed"];
    default:
      return assertNever(state);
  }
};

/** Markdown for Temporal UI's current details: a short table of connections and states, nothing personal. */
export function detailsTable(state: string, lines: readonly LaneLine[]): string {
  if (lines.length === 0) return `**${state}**: nothing to do`;
  const rows = lines.map((line) => {
    const [standing, detail] = cells(line.state);
    return `| ${line.connection} | ${standing} | ${detail} |`;
  });
  return [`**${state}**`, "", "| connection | state | detail |", "| --- | --- | --- |", ...rows].join("\n");
}
