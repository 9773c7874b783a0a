import { describe, expect, it } from "@jest/globals";
import type { Feed } from "../../src/domain/configuration.js";
import type { JsonObject } from "../../src/domain/json.js";
import { refusedData, refusedEnvelopes, refusedGroups, refusedUsers } from "./refused-events.js";
import { codesOf, eventOf, refused, translated } from "./support.js";

const user = (attributes: JsonObject = {}): JsonObject => ({
  user: { id: "u-17", userName: "ada", ...attributes },
});
const updated = (attributes: JsonObject): JsonObject =>
  eventOf("user.updated", { user: { id: "u-17", ...attributes } });

describe("refusals", () => {
  it.each([...refusedEnvelopes, ...refusedData, ...refusedUsers, ...refusedGroups])(
    "%s",
    (_title, input, codes) => {
      expect(codesOf(refused(input))).toEqual(codes);
    },
  );

  it("another application than the feed's", () => {
    const event = eventOf("user.created", { ...user(), application: "console" });
    expect(codesOf(refused(event, { application: "hr-portal" }))).toEqual([
      "application_mismatch /data/application",
    ]);
  });

  it("a trigger that the feed may not send, an absent one being api", () => {
    const jitOnly: Partial<Feed> = { triggers: ["jit"] };
    expect(codesOf(refused(eventOf("user.created", user()), jitOnly))).toEqual([
      "trigger_not_allowed /data/trigger",
    ]);
    expect(translated(eventOf("user.created", { ...user(), trigger: "jit" }), jitOnly).id).toBe("evt-1");
  });

  it("reports all problems of one event together", () => {
    const event = eventOf(
      "user.created",
      { user: { id: "u-17" }, application: "crm" },
      { source: "crm", time: "soon" },
    );
    expect(codesOf(refused(event)).map((code) => code.split(" ")[0])).toEqual([
      "invalid_time",
      "source_mismatch",
      "unknown_application",
      "user_name_required",
    ]);
  });

  it("tells where custom attributes belong, and repeats names but no value", () => {
    const [problem] = refused(updated({ shoeSize: "thirty-eight" }));
    expect(problem.detail).toContain("shoeSize");
    expect(problem.detail).toContain("under their URN");
    expect(
      JSON.stringify(refused(updated({ title: { secret: "Ada" }, emails: "ada@acme.example" }))),
    ).not.toMatch(/Ada|acme/);
  });
});
