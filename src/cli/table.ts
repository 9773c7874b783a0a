import Table from "cli-table3";

/** One cell; null and undefined come out empty. */
export type Cell = string | number | null | undefined;

const noLines = {
  "top": "", "top-mid": "", "top-left": "", "top-right": "",
  "bottom": "", "bottom-mid": "", "bottom-left": "", "bottom-right": "",
  "left": "", "left-mid": "", "mid": "", "mid-mid": "",
  "right": "", "right-mid": "", "middle": "  ",
} as const; // prettier-ignore

/** Rows under their headings, aligned, without lines and colours; nothing is cut off. Ends without a line break. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const table = new Table({
    head: head.map((name) => name.toUpperCase()),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(
    ...rows.map((row) => row.map((cell) => (cell === null || cell === undefined ? "" : String(cell)))),
  );
  return table.toString().replaceAll(/ +$/gm, "");
}
