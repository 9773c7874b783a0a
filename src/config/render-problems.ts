import type { Problem } from "./problem.js";

/** What a problem is about: its path, or the whole document. */
const subject = (problem: Problem): string => (problem.path === "" ? "" : `${problem.path}: `);

const place = (problem: Problem, file: string | null): string => {
  const position =
    problem.line === null ? [] : [problem.line, ...(problem.column === null ? [] : [problem.column])];
  return [...(file === null ? [] : [file]), ...position].join(":");
};

/**
 * Problems as text, one a line, for terminals and logs:
 * `outbound.yaml:12:5  unknown_key  connections[0].groupFiler: is not known here; did you mean groupFilter?`.
 *
 * @param file name to show before the line; null for what comes from no file.
 */
export function renderProblems(problems: readonly Problem[], file: string | null): string {
  return problems
    .map((problem) =>
      [place(problem, file), problem.code, `${subject(problem)}${problem.message}`]
        .filter((part) => part !== "")
        .join("  "),
    )
    .join("\n");
}
