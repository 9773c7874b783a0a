import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { expectAccounts } from "../../scripts/crash-run/oracle.js";
import type { AcceptedEvent } from "../../scripts/crash-run/posted-event.js";
import type { UserFacts } from "../../src/domain/decide.js";
import type { DirectoryEvent } from "../../src/domain/directory-event.js";
import type { Json } from "../../src/domain/json.js";
import type { GroupState, Membership } from "../../src/domain/merge.js";
import { isMember, mergeGroup, mergeMembership, mergeUser, unseenGroup } from "../../src/domain/merge.js";
import type { UserState } from "../../src/domain/user.js";
import { unseenUser, viewUser } from "../../src/domain/user.js";
import { translateEvent } from "../../src/feeds/translate-event.js";
import { bothDecisions, expectAgreement } from "./agreement.js";
import { configurationOf, facts, histories, runsOf } from "./histories.js";

const configuration = configurationOf("acme");

const translated = ({ feed: id, event }: AcceptedEvent): DirectoryEvent => {
  const feed = configuration.feeds.find((one) => one.id === id)!;
  const result = translateEvent(event as unknown as Json, { configuration, feed, receivedAt: Date.now() });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.event;
};

/** The directory as the pure functions make it, held in memory. */
class MergedDirectory {
  readonly users = new Map<string, UserState>();
  private readonly groups = new Map<string, GroupState>();
  private readonly memberships = new Map<string, Map<string, Membership>>();

  merge({ subject, stamp }: DirectoryEvent): void {
    const { externalId } = subject;
    if (subject.kind === "user")
      this.users.set(externalId, mergeUser(this.users.get(externalId) ?? unseenUser, subject.change).state);
    else
      this.groups.set(
        externalId,
        mergeGroup(this.groups.get(externalId) ?? unseenGroup, subject.change).state,
      );
    for (const { externalId: other, member } of subject.memberships) {
      const [user, group] = subject.kind === "user" ? [externalId, other] : [other, externalId];
      const held = this.memberships.get(user) ?? new Map<string, Membership>();
      this.memberships.set(
        user,
        held.set(group, mergeMembership(held.get(group) ?? null, { member, stamp }).state),
      );
      if (!this.users.has(user)) this.users.set(user, unseenUser);
      if (!this.groups.has(group)) this.groups.set(group, unseenGroup);
    }
  }

  facts(user: string): UserFacts {
    const state = this.users.get(user) ?? unseenUser;
    const shown = [...(this.memberships.get(user) ?? [])].filter(([group, membership]) =>
      isMember(membership, state.groupsFloor, this.groups.get(group)?.membersFloor ?? null),
    );
    const reference = (group: string) => `hr:${group}`;
    return {
      view: viewUser(state),
      groups: new Set(shown.map(([group]) => reference(group))),
      seenGroups: new Set([...this.groups.keys()].map(reference)),
    };
  }
}

test("merging in any order and deciding gives what applying the events plainly in their order gives", () => {
  fc.assert(
    fc.property(histories(16), (history) => {
      const directory = new MergedDirectory();
      for (const event of history) directory.merge(translated(event));
      for (const [user, expected] of expectAccounts(history, facts))
        expectAgreement(expected, bothDecisions(configuration, directory.facts(user)));
    }),
    runsOf(1_000),
  );
});

test("an account that the oracle rules out altogether is due at no moment on the way", () => {
  fc.assert(
    fc.property(histories(12), (history) => {
      const directory = new MergedDirectory();
      const expectations = expectAccounts(history, facts);
      for (const event of history) {
        directory.merge(translated(event));
        for (const [user, expected] of expectations) {
          const { without } = bothDecisions(configuration, directory.facts(user));
          for (const [connection, { kind }] of expected)
            if (kind === "none") expect(without.get(connection)?.want.verb).toBe("none");
        }
      }
    }),
    runsOf(300),
  );
});
