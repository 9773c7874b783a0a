import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { GroupChange, GroupState, Membership, Merged, UserChange } from "../../src/domain/merge.js";
import { groupExists, mergeGroup, mergeMembership, mergeUser, unseenGroup } from "../../src/domain/merge.js";
import type { UserState } from "../../src/domain/user.js";
import { unseenUser, viewUser } from "../../src/domain/user.js";
import { groupChanges, userChanges } from "./arbitrary-changes.js";
import { plainGroup, plainUser } from "./plain-directory.js";
import type { Timed } from "./timed.js";
import { deliveries, frozen, inStampOrder, timedChanges } from "./timed.js";

const mergeUsers = (changes: readonly Timed<UserChange>[], from: UserState = unseenUser): UserState =>
  changes.reduce((state, { change }) => mergeUser(frozen(state), frozen(change)).state, from);

const mergeGroups = (changes: readonly Timed<GroupChange>[], from: GroupState = unseenGroup): GroupState =>
  changes.reduce((state, { change }) => mergeGroup(frozen(state), frozen(change)).state, from);

const byText = (values: readonly object[]): readonly string[] =>
  values.map((value) => JSON.stringify(value, Object.keys(value).sort())).sort();

/** `changed` must say exactly whether the state moved. */
const expectHonest = <State>(before: State, merged: Merged<State>): void => {
  if (merged.changed) expect(merged.state).not.toEqual(before);
  else expect(merged.state).toEqual(before);
};

describe("mergeUser", () => {
  it("statement 20: gives one state for every order and repetition of the same changes", () => {
    fc.assert(
      fc.property(deliveries(userChanges), ({ changes, delivered }) => {
        expect(mergeUsers(delivered)).toEqual(mergeUsers(inStampOrder(changes)));
      }),
      { numRuns: 120 },
    );
  });

  it("commutes: two changes may trade places in any state", () => {
    fc.assert(
      fc.property(timedChanges(userChanges), (changes) => {
        const base = mergeUsers(changes.slice(2));
        const [first, second] = changes;
        fc.pre(first !== undefined && second !== undefined);
        expect(mergeUsers([first, second], base)).toEqual(mergeUsers([second, first], base));
      }),
      { numRuns: 120 },
    );
  });

  it("associates: a batch merged on top of another equals both merged one by one, wherever the cut is", () => {
    fc.assert(
      fc.property(deliveries(userChanges), fc.nat(), ({ delivered }, at) => {
        const cut = at % (delivered.length + 1);
        const backwards = [...delivered.slice(cut)].reverse();
        expect(mergeUsers(backwards, mergeUsers(delivered.slice(0, cut)))).toEqual(mergeUsers(delivered));
      }),
      { numRuns: 120 },
    );
  });

  it("statement 21: a repeated change has no effect and is stale", () => {
    fc.assert(
      fc.property(timedChanges(userChanges), fc.nat(), (changes, pick) => {
        fc.pre(changes.length > 0);
        const state = mergeUsers(changes);
        const again = mergeUser(state, changes[pick % changes.length]!.change);
        expect(again).toEqual({ state, changed: false });
      }),
      { numRuns: 120 },
    );
  });

  it("calls a change stale exactly when the state stays as it is", () => {
    fc.assert(
      fc.property(timedChanges(userChanges), (changes) => {
        fc.pre(changes.length > 0);
        const before = mergeUsers(changes.slice(1));
        expectHonest(before, mergeUser(before, changes[0]!.change));
      }),
      { numRuns: 120 },
    );
  });

  it("shows what applying the changes one after the other in stamp order shows", () => {
    fc.assert(
      fc.property(deliveries(userChanges), ({ changes, delivered }) => {
        const view = viewUser(frozen(mergeUsers(delivered)));
        const plain = plainUser(changes);
        expect({ ...view, enrolments: byText(view.enrolments) }).toEqual({
          ...plain,
          enabled: !plain.disabled && !plain.locked,
          enrolments: byText(plain.enrolments),
        });
      }),
      { numRuns: 400 },
    );
  });

  it("survives being stored as JSON at any point", () => {
    fc.assert(
      fc.property(timedChanges(userChanges), fc.nat(), (changes, at) => {
        const cut = at % (changes.length + 1);
        const stored = JSON.parse(JSON.stringify(mergeUsers(changes.slice(0, cut)))) as UserState;
        expect(mergeUsers(changes.slice(cut), stored)).toEqual(mergeUsers(changes));
      }),
      { numRuns: 100 },
    );
  });
});

describe("mergeGroup", () => {
  it("gives one state for every order and repetition, the one of plain application in stamp order", () => {
    fc.assert(
      fc.property(deliveries(groupChanges), ({ changes, delivered }) => {
        const state = mergeGroups(delivered);
        expect(state).toEqual(mergeGroups(inStampOrder(changes)));
        const displayName = state.displayName?.value ?? null;
        expect({ exists: groupExists(state), displayName }).toEqual(plainGroup(changes));
      }),
      { numRuns: 150 },
    );
  });

  it("calls a change stale exactly when the state stays as it is", () => {
    fc.assert(
      fc.property(timedChanges(groupChanges), fc.nat(), (changes, pick) => {
        fc.pre(changes.length > 0);
        const before = mergeGroups(changes.slice(1));
        expectHonest(before, mergeGroup(before, changes[0]!.change));
        const all = mergeGroups(changes);
        expect(mergeGroup(all, changes[pick % changes.length]!.change)).toEqual({
          state: all,
          changed: false,
        });
      }),
      { numRuns: 120 },
    );
  });
});

describe("mergeMembership", () => {
  const writes = fc.boolean().map((member) => (stamp: string): Membership => ({ member, stamp }));

  it("keeps the latest write, whatever the order and the repetitions", () => {
    fc.assert(
      fc.property(deliveries(writes), ({ changes, delivered }) => {
        const merged = delivered.reduce<Membership | null>((held, { change }) => {
          const next = mergeMembership(frozen(held), change);
          expect(next.changed).toBe(next.state !== held);
          return next.state;
        }, null);
        expect(merged).toEqual(inStampOrder(changes).at(-1)?.change ?? null);
      }),
    );
  });
});
