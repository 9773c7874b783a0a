import { describe, expect, it } from "@jest/globals";
import type { Feed } from "../../src/domain/configuration.js";
import type { JsonObject } from "../../src/domain/json.js";
import type { Enrolment } from "../../src/domain/user.js";
import { eventOf, translated, userWrite } from "./support.js";

const user = (): JsonObject => ({ user: { id: "u-17", userName: "ada" } });

describe("enrolments (statements 1 to 4 and 31)", () => {
  const organization = { feed: "hr", application: null, kind: "organization", selfService: false } as const;
  const rows: readonly [string, JsonObject, Partial<Feed>, Enrolment | null][] = [
    ["no application", {}, {}, organization],
    [
      "the event's application",
      { application: "hr-portal" },
      {},
      { ...organization, application: "hr-portal", kind: "token" },
    ],
    [
      "the feed's application",
      {},
      { application: "hr-portal" },
      { ...organization, application: "hr-portal", kind: "token" },
    ],
    ["the console", { application: "console" }, {}, organization],
    ["a console trigger", { application: "hr-portal", trigger: "console" }, {}, organization],
    [
      "self sign-up",
      { application: "hr-portal", trigger: "self-sign-up" },
      {},
      { ...organization, selfService: true },
    ],
    [
      "a login",
      { application: "hr-portal", trigger: "jit" },
      {},
      { feed: "hr", application: "hr-portal", kind: "jit", selfService: true },
    ],
    [
      "a login without application",
      { trigger: "jit" },
      {},
      { feed: "hr", application: null, kind: "jit", selfService: true },
    ],
    ["a feed that enrols nobody", { application: "hr-portal" }, { enrols: "none" }, null],
  ];

  it.each(rows)("%s", (_title, data, feed, enrolment) => {
    expect(userWrite(translated(eventOf("user.created", { ...user(), ...data }), feed)).enrolment).toEqual(
      enrolment,
    );
  });

  it.each([
    ["user.created", "api", true],
    ["user.updated", "api", false],
    ["user.updated", "jit", true],
    ["user.enabled", "console", false],
  ])("%s by %s enrols: %s", (type, trigger, enrols) => {
    expect(userWrite(translated(eventOf(type, { ...user(), trigger }))).enrols).toBe(enrols);
  });
});
