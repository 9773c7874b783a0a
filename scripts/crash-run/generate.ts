import type { PostedEvent } from "./posted-event.js";
import type { Draft, Origin, UserWorld } from "./generate-user.js";
import { UserLife } from "./generate-user.js";
import type { Random } from "./random.js";

/** What events are drawn from. */
export interface World {
  readonly source: string;
  readonly users: number;
  readonly eventsPerUser: number;
  readonly groups: readonly string[];
  readonly origins: UserWorld["origins"];
  readonly closed: ReadonlySet<Origin>;
}

/** One request to a feed: an event by itself, or a batch. */
export interface Post {
  readonly batch: boolean;
  readonly events: readonly PostedEvent[];
}

const firstMs = Date.parse("2026-01-05T08:00:00.000Z");
const stepMs = 250;
/** All events lie within this many steps, so that many share their time. */
const steps = 120;

interface Timed extends Draft {
  readonly step: number;
}

const timedLife = (life: readonly Draft[], random: Random): readonly Timed[] => {
  let step = random.below(steps - 20);
  return life.map((draft, at) => {
    if (at > 0 && !random.chance(25)) step += 1 + random.below(5);
    return { ...draft, step };
  });
};

const memberList = (random: Random, users: number, most: number): readonly string[] => {
  const count = 1 + random.below(most);
  return [...new Set(Array.from({ length: count }, () => `u-${random.below(users)}`))];
};

const groupDraft = (random: Random, group: string, users: number): Draft => {
  const kind = random.weighted({ added: 40, removed: 14, list: 12, named: 12, recreated: 12, deleted: 5 });
  const members = (most: number): readonly string[] => memberList(random, users, most);
  const add = members(Math.max(3, users / 25));
  switch (kind) {
    case "added":
      return { type: "group.members", data: { group: { id: group, add } } };
    case "removed":
      return {
        type: "group.members",
        data: { group: { id: group, remove: members(Math.max(3, users / 12)) } },
      };
    case "list":
      return {
        type: "group.members",
        data: { group: { id: group, members: members(Math.max(4, users / 5)) } },
      };
    case "named":
      return {
        type: "group.updated",
        data: { group: { id: group, displayName: `Group ${random.below(99)}` } },
      };
    case "recreated":
      return { type: "group.created", data: { group: { id: group, displayName: `Group ${group}`, add } } };
    default:
      return { type: "group.deleted", data: { group: { id: group } } };
  }
};

const groupEvents = (random: Random, world: World): readonly Timed[] => {
  const created = world.groups.map((id): Timed => ({
    type: "group.created",
    data: { group: { id, displayName: `Group ${id}` } },
    step: random.below(steps),
  }));
  const changes = Array.from({ length: Math.ceil(world.users / 5) }, (): Timed => {
    return { ...groupDraft(random, random.pick(world.groups), world.users), step: random.below(steps) };
  });
  return [...created, ...changes];
};

const writtenTime = (atMs: number, random: Random): string =>
  random.chance(10)
    ? new Date(atMs + 3_600_000).toISOString().replace("Z", "+01:00")
    : new Date(atMs).toISOString();

/**
 * Draws the events of a world: users with lives of `eventsPerUser` events each, and about one group event for five
 * users. Ids say nothing of the order, many times are equal, some of those have a sequence.
 */
export function generateEvents(world: World, random: Random): readonly PostedEvent[] {
  const lives = Array.from({ length: world.users }, (_, index) =>
    timedLife(new UserLife(index, random, world).draw(world.eventsPerUser), random),
  );
  const drafts = random.shuffle([...lives.flat(), ...groupEvents(random, world)]);
  return drafts.map(({ type, data, step }, at): PostedEvent => {
    const sequence = random.chance(30) ? { sequence: random.below(4) } : {};
    return {
      specversion: "1.0",
      id: `evt-${at}`,
      source: world.source,
      type,
      time: writtenTime(firstMs + step * stepMs, random),
      data: { ...data, ...sequence },
    };
  });
}

/**
 * The requests that bring the events in: shuffled, one event in ten posted twice (some of those within one batch),
 * one in six of the requests a batch of 2 to 25.
 */
export function generatePosts(events: readonly PostedEvent[], random: Random): readonly Post[] {
  const queue = random.shuffle([...events, ...events.filter(() => random.chance(10))]);
  const posts: Post[] = [];
  for (let at = 0; at < queue.length;) {
    const batch = random.chance(16);
    const size = batch ? 2 + random.below(24) : 1;
    const taken = queue.slice(at, at + size);
    const [again] = taken;
    posts.push({
      batch,
      events: batch && again !== undefined && random.chance(10) ? [...taken, again] : taken,
    });
    at += size;
  }
  return posts;
}
