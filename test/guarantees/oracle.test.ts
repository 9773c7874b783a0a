import { describe, expect, test } from "@jest/globals";
import type { Expectation, OracleFacts } from "../../scripts/crash-run/oracle.js";
import { expectAccounts } from "../../scripts/crash-run/oracle.js";
import type {
  AcceptedEvent,
  PostedData,
  PostedType,
  PostedUser,
} from "../../scripts/crash-run/posted-event.js";

const same = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { path: name }]));

const facts: OracleFacts = {
  connections: [
    { id: "all", groups: null, mapping: same("userName", "name", "title", "emails") },
    {
      id: "some",
      groups: ["g-1", "g-2"],
      mapping: {
        ...same("userName"),
        title: { path: "title", default: "Employee" },
        userType: { value: "Staff" },
      },
    },
  ],
  organization: [
    { connection: "all", jit: false },
    { connection: "some", jit: true },
  ],
  applications: {
    portal: { requested: ["name.givenName", "title"], list: null },
    shop: { requested: "all", list: [{ connection: "some", jit: false }] },
  },
  feeds: {
    hr: { authoritative: true, application: null },
    idp: { authoritative: false, application: null },
  },
};

let counter = 0;
const event = (
  second: number,
  type: PostedType,
  data: PostedData,
  feed = "hr",
  id?: string,
): AcceptedEvent => ({
  feed,
  event: {
    specversion: "1.0",
    id: id ?? `evt-${++counter}`,
    source: "hr",
    type,
    time: new Date(Date.parse("2026-01-05T08:00:00Z") + second * 1_000).toISOString(),
    data,
  },
});
const user = (
  second: number,
  type: PostedType,
  said: Omit<PostedUser, "id"> = {},
  data: PostedData = {},
  feed = "hr",
) => event(second, type, { ...data, user: { ...said, id: "u-1" } }, feed);
const group = (second: number, type: PostedType, said: Omit<NonNullable<PostedData["group"]>, "id"> = {}) =>
  event(second, type, { group: { ...said, id: "g-1" } });

const at = (connection: string, ...events: readonly AcceptedEvent[]): Expectation | undefined =>
  expectAccounts(events, facts).get("u-1")?.get(connection);
const created = (second: number, said: Omit<PostedUser, "id"> = {}, data: PostedData = {}) =>
  user(second, "user.created", { userName: "ada", ...said }, data);
const active = (attributes: object) => ({
  kind: "active",
  attributes: { userName: "ada", ...attributes },
  defaults: {},
});
const gone = { kind: "left", why: "gone" };
const outOfScope = { kind: "left", why: "out_of_scope" };

describe("attributes", () => {
  test("the latest value counts, whatever the order of arrival", () => {
    const events = [
      user(3, "user.updated", { title: "C" }),
      created(1, { title: "A" }),
      user(2, "user.updated", { title: "B" }),
    ];
    expect(at("all", ...events)).toEqual(active({ title: "C" }));
  });

  test("null clears, a part leaves the other parts, a list is replaced whole", () => {
    const events = [
      created(1, {
        title: "A",
        name: { givenName: "Ada", familyName: "L" },
        emails: [{ value: "a" }, { value: "b" }],
      }),
      user(2, "user.updated", { title: null, name: { familyName: "Lovelace" }, emails: [{ value: "c" }] }),
    ];
    const name = { "name.givenName": "Ada", "name.familyName": "Lovelace" };
    expect(at("all", ...events)).toEqual(active({ ...name, emails: [{ value: "c" }] }));
    expect(at("all", ...events, user(3, "user.updated", { name: null }))).toEqual(
      active({ emails: [{ value: "c" }] }),
    );
  });

  test("a deletion wipes attributes, so that a rehire does not bring back the old title", () => {
    expect(at("all", created(1, { title: "Old" }), user(2, "user.deleted"), created(3))).toEqual(active({}));
  });

  test("values that came after a deletion are kept for the rehire", () => {
    const events = [
      created(1),
      user(2, "user.deleted"),
      user(3, "user.updated", { title: "New" }),
      created(4),
    ];
    expect(at("all", ...events)).toEqual(active({ title: "New" }));
  });

  test("equal times are ordered by sequence, then by id", () => {
    const titled = (id: string, title: string, sequence?: number) =>
      event(
        2,
        "user.updated",
        { ...(sequence !== undefined && { sequence }), user: { id: "u-1", title } },
        "hr",
        id,
      );
    expect(at("all", created(1), titled("b", "B"), titled("a", "A"))).toEqual(active({ title: "B" }));
    expect(at("all", created(1), titled("b", "B"), titled("a", "A", 1))).toEqual(active({ title: "A" }));
    expect(at("all", created(1), titled("evt-10", "10"), titled("evt-9", "9"))).toEqual(
      active({ title: "9" }),
    );
  });

  test("the same instant in another offset is the same time", () => {
    const offset = { ...created(1).event, id: "z", time: "2026-01-05T09:00:01.000+01:00" };
    const later = { ...offset, data: { user: { id: "u-1", userName: "ada", title: "Z" } } };
    const earlier = event(1, "user.created", { user: { id: "u-1", userName: "ada", title: "A" } }, "hr", "a");
    expect(at("all", { feed: "hr", event: later }, earlier)).toEqual(active({ title: "Z" }));
  });

  test("an event that is accepted again changes nothing", () => {
    const first = created(1, { title: "A" });
    expect(at("all", first, user(2, "user.updated", { title: "B" }), first)).toEqual(active({ title: "B" }));
  });

  test("a fixed value is always there, a default stands only where the source has no value", () => {
    const joined = created(1, { groups: ["g-2"] });
    const expected = { kind: "active", attributes: { userName: "ada", userType: "Staff" } };
    expect(at("some", joined)).toEqual({ ...expected, defaults: { title: "Employee" } });
    const titled = { ...expected.attributes, title: "T" };
    expect(at("some", joined, user(2, "user.updated", { title: "T" }))).toEqual({
      ...expected,
      attributes: titled,
      defaults: {},
    });
  });

  test("an application's token allows what it requested, and the union of enrolments counts", () => {
    const said = { title: "T", name: { givenName: "Ada", familyName: "L" }, emails: [{ value: "a" }] };
    const portal = created(1, said, { application: "portal" });
    expect(at("all", portal)).toEqual(active({ title: "T", "name.givenName": "Ada" }));
    const all = active({
      title: "T",
      "name.givenName": "Ada",
      "name.familyName": "L",
      emails: [{ value: "a" }],
    });
    expect(at("all", portal, created(2))).toEqual(all);
    expect(at("all", created(1, said, { application: "console" }))).toEqual(all);
  });
});

describe("existence", () => {
  test("an update enrols a user who was never seen before", () => {
    expect(at("all", user(1, "user.updated", { userName: "ada" }))).toEqual(active({}));
    expect(at("all", user(1, "user.locked"), user(2, "user.unlocked", { userName: "ada" }))).toEqual(
      active({}),
    );
  });

  test("an update after a deletion revives nobody, a creation or a login does", () => {
    const left = [created(1), user(2, "user.deleted"), user(3, "user.updated", { userName: "ada" })];
    expect(at("all", ...left)).toEqual(gone);
    expect(at("all", ...left, created(4))).toEqual(active({}));
    expect(
      at("some", ...left, user(4, "user.updated", { groups: ["g-1"] }, { trigger: "jit" })),
    ).toMatchObject({ kind: "active" });
  });

  test("a deletion that is the first event counts as seen", () => {
    expect(at("all", user(1, "user.deleted"), user(2, "user.updated", { userName: "ada" }))).toEqual(gone);
  });

  test("without a user name there is no user, and never was one", () => {
    expect(at("all", user(1, "user.updated", { title: "T" }))).toEqual({ kind: "none" });
    expect(at("all", group(1, "group.members", { add: ["u-1"] }))).toEqual({ kind: "none" });
  });

  test("a feed that is not authoritative ends only what it enrolled", () => {
    const other = user(3, "user.deleted", {}, {}, "idp");
    expect(at("all", created(1, { title: "T" }), other)).toEqual(active({ title: "T" }));
    expect(at("all", user(1, "user.created", { userName: "ada" }, {}, "idp"), other)).toEqual(gone);
  });

  test("disabled and locked users have no account, or a disabled one with their attributes", () => {
    const disabled = { ...active({}), kind: "disabled" };
    expect(at("all", created(1), user(2, "user.disabled"))).toEqual(disabled);
    expect(at("all", created(1, { active: false }))).toEqual(disabled);
    expect(at("all", created(1), user(2, "user.locked"), user(3, "user.enabled"))).toEqual(disabled);
    expect(at("all", created(1), user(2, "user.locked"), user(3, "user.unlocked"))).toEqual(active({}));
  });
});

describe("memberships", () => {
  const joined = created(1, { groups: ["g-1"] });
  const inScope = { kind: "active" };

  test("a full list of groups replaces, changes add and remove", () => {
    expect(at("some", joined)).toMatchObject(inScope);
    expect(at("some", joined, user(2, "user.updated", { groups: ["g-3"] }))).toEqual(outOfScope);
    expect(at("some", joined, user(2, "user.updated", { groups: ["g-2"] }))).toMatchObject(inScope);
    expect(at("some", joined, user(2, "user.updated", { removeGroups: ["g-1"] }))).toEqual(outOfScope);
    expect(
      at("some", joined, user(2, "user.updated", { removeGroups: ["g-1"], addGroups: ["g-2"] })),
    ).toMatchObject(inScope);
  });

  test("a full list of members replaces, changes add and remove", () => {
    expect(at("some", joined, group(2, "group.members", { members: ["u-2"] }))).toEqual(outOfScope);
    expect(at("some", created(1), group(2, "group.members", { members: ["u-1"] }))).toMatchObject(inScope);
    expect(at("some", joined, group(2, "group.members", { remove: ["u-1"] }))).toEqual(outOfScope);
    expect(at("some", created(3), group(2, "group.created", { add: ["u-1"] }))).toMatchObject(inScope);
  });

  test("a deleted group has no members, and a group created again begins empty", () => {
    expect(at("some", joined, group(2, "group.deleted"))).toEqual(outOfScope);
    expect(at("some", joined, group(2, "group.deleted"), group(3, "group.created"))).toEqual(outOfScope);
    expect(
      at("some", joined, group(2, "group.deleted"), group(3, "group.created", { add: ["u-1"] })),
    ).toMatchObject(inScope);
  });

  test("a deleted user comes back without the old groups", () => {
    expect(at("some", joined, user(2, "user.deleted"), created(3))).toEqual(outOfScope);
  });

  test("who was never in a filter group never had an account", () => {
    expect(at("some", created(1, { groups: ["g-3"] }))).toEqual({ kind: "none" });
  });
});

describe("selection", () => {
  test("an application's own list replaces the organization's", () => {
    const shop = created(1, { groups: ["g-1"] }, { application: "shop" });
    expect(at("all", shop)).toEqual({ kind: "none" });
    expect(at("some", shop)).toMatchObject({ kind: "active" });
    expect(at("all", shop, created(2))).toMatchObject({ kind: "active" });
  });

  test("a login uses only entries that take logins", () => {
    const login = created(1, { groups: ["g-1"] }, { trigger: "jit" });
    expect(at("all", login)).toEqual({ kind: "none" });
    expect(at("some", login)).toMatchObject({ kind: "active" });
  });

  test("who is no longer selected may keep an account", () => {
    const moved = [created(1), user(2, "user.deleted"), created(3, {}, { application: "shop" })];
    expect(at("all", ...moved)).toEqual({ kind: "kept" });
  });
});
