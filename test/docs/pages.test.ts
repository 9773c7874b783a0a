import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { settingsSchemas } from "../../src/connectors/registry.js";
import { dialectOptions, dialects } from "../../src/connectors/scim2/dialects.js";
import { scim2Settings } from "../../src/connectors/scim2/settings.js";
import { parseConfiguration } from "../../src/config/parse-configuration.js";
import type { Json } from "../../src/domain/json.js";
import { eventCodes } from "../../src/feeds/event-problem.js";
import { groupEventTypes, userEventTypes } from "../../src/feeds/event-schema.js";
import { translateEvent } from "../../src/feeds/translate-event.js";
import { fencesOf, readPage, rowsOf, sectionOf } from "./markdown.js";

describe("docs/feeds/events.md", () => {
  const { text } = readPage("docs/feeds/events.md");
  const examples = fencesOf(text)
    .filter(({ language }) => language === "json")
    .flatMap(({ body }) => JSON.parse(body) as Json | Json[]);
  const parsed = parseConfiguration(readFileSync("examples/quick-start.yaml", "utf8"), { settingsSchemas });
  if (!parsed.ok) throw new Error("the quick start has problems");
  const { configuration } = parsed;
  const feed = configuration.feeds.find(({ id }) => id === "hr");
  if (feed === undefined) throw new Error("the quick start has no feed hr");
  const translated = examples.map((example) =>
    translateEvent(example, { configuration, feed, receivedAt: Date.parse("2026-11-24T09:00:00Z") }),
  );

  it("shows only events that the feed of the quick start takes", () => {
    expect(translated.filter(({ ok }) => !ok)).toEqual([]);
  });

  it("shows an event of every type, each with an id of its own", () => {
    const events = translated.flatMap((one) => (one.ok ? [one.event] : []));
    expect(events.map(({ type }) => type).sort()).toEqual([...userEventTypes, ...groupEventTypes].sort());
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it("explains every code of a rejected event, in the order of the source, and no other", () => {
    const codes = rowsOf(sectionOf(text, "Codes of rejected events")).map(([code]) => code);
    expect(codes).toEqual(eventCodes);
  });
});

describe("docs/connectors/scim2.md", () => {
  const { text } = readPage("docs/connectors/scim2.md");

  const shown = (value: string | number | boolean | readonly string[]): string => {
    if (typeof value !== "object") return String(value);
    return value.length === 0 ? "none" : value.map((one) => `\`${one}\``).join(", ");
  };

  it("has every setting, and no other", () => {
    expect(rowsOf(sectionOf(text, "Settings")).map(([key]) => key)).toEqual(Object.keys(scim2Settings.shape));
  });

  it("has every option of a dialect, and what it is in the one that ships", () => {
    expect(Object.keys(dialects)).toEqual(["rfc"]);
    const table = rowsOf(sectionOf(text, "Dialect")).map(([option, , value]) => [option, value]);
    expect(table.map(([option]) => option)).toEqual(Object.keys(dialectOptions.shape));
    expect(table).toEqual(
      Object.entries(dialects.rfc).map(([option, value]) => [
        option,
        shown(value).replace(/^`([^`]*)`$/, "$1"),
      ]),
    );
  });
});

describe("docs/operations.md", () => {
  it("has every metric of ours, and no other", () => {
    const named = rowsOf(sectionOf(readPage("docs/operations.md").text, "Health and metrics"))
      .map(([cell = ""]) => cell.replace(/\{.*$/, ""))
      .filter((name) => name.startsWith("outbound_"));
    const made = [...readFileSync("src/runtime/metrics.ts", "utf8").matchAll(/name: "(outbound_\w+)"/g)];
    expect([...named].sort()).toEqual(made.map(([, name]) => name).sort());
  });
});

describe("docs/adr", () => {
  const files = readdirSync("docs/adr").sort();

  it("numbers decisions without a gap, in file name and title", () => {
    const numbers = files.map((_, at) => String(at + 1).padStart(4, "0"));
    expect(files.map((file) => file.slice(0, 4))).toEqual(numbers);
    const titles = files.map((file) => /^# (\d{4}): ./.exec(readPage(`docs/adr/${file}`).text)?.[1]);
    expect(titles).toEqual(numbers);
  });

  it.each(files)("%s has context, decision, and consequences of both signs", (file) => {
    const { text } = readPage(`docs/adr/${file}`);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(["Context", "Decision", "Consequences"]);
    const consequences = sectionOf(text, "Consequences");
    expect(consequences).toMatch(/^- Good: /m);
    expect(consequences).toMatch(/^- Bad: /m);
  });

  it("has a reason and the licence of every dependency of the product, and no other", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
      readonly dependencies: object;
      readonly optionalDependencies: object;
    };
    const rows = rowsOf(readPage("docs/adr/0013-dependencies.md").text);
    const named = rows.flatMap(([packages = ""]) => packages.replaceAll("`", "").split(", "));
    const needed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)];
    expect([...named].sort()).toEqual(needed.sort());
    for (const row of rows) expect(row.every((cell) => cell !== "")).toBe(true);
  });
});
