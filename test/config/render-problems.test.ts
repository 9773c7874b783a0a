import { describe, expect, it } from "@jest/globals";
import { renderProblems } from "../../src/config/render-problems.js";
import { chat, problemsOf } from "./support.js";

describe("renderProblems", () => {
  it("writes a line per problem: where, what, and what to change", () => {
    const problems = problemsOf(chat("    groupFiler: [a]\n    groupFilter: []"));
    expect(renderProblems(problems, "outbound.yaml")).toBe(
      [
        "outbound.yaml:7:5  unknown_key  connections[0].groupFiler: is not known here; did you mean groupFilter?",
        "outbound.yaml:8:18  group_filter_empty  connections[0].groupFilter: must not be empty: leave groupFilter out to include every user",
      ].join("\n"),
    );
  });

  it("quotes keys that are no plain names, and leaves out what is not there", () => {
    const problem = {
      code: "invalid_variable",
      line: null,
      column: null,
      path: "OUTBOUND_PORT",
      message: "must be a port",
    };
    expect(renderProblems([problem], null)).toBe("invalid_variable  OUTBOUND_PORT: must be a port");
    const [first] = problemsOf(
      chat("    mapping: { userName: { path: userName }, name.givenName: { path: 7 } }"),
    );
    expect(first?.path).toBe('connections[0].mapping["name.givenName"].path');
  });
});
