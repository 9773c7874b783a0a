const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** A time as people read it: `2026-11-24 08:00:01 UTC`. */
export function clock(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

/** How far a time is from `now` (epoch milliseconds): `2 minutes ago`, `in 3 days`, `just now`. */
export function distance(iso: string, now: number): string {
  const difference = Date.parse(iso) - now;
  const unit = units.find(([, length]) => Math.abs(difference) >= length);
  return unit === undefined ? "just now" : relative.format(Math.round(difference / unit[1]), unit[0]);
}

/** Both: `2026-11-24 08:00:01 UTC (2 minutes ago)`. */
export function clockAndDistance(iso: string, now: number): string {
  return `${clock(iso)} (${distance(iso, now)})`;
}

/** A duration in the largest unit that says it exactly: `30 days`, `36 hours`. */
export function duration(lengthMs: number): string {
  const [name, length] = units.find(([, one]) => lengthMs >= one && lengthMs % one === 0) ?? units[3];
  const count = Math.round(lengthMs / length);
  return `${String(count)} ${name}${count === 1 ? "" : "s"}`;
}
