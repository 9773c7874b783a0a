import { setTimeout as sleep } from "node:timers/promises";
import { runNames } from "./configuration.js";
import type { Post } from "./generate.js";
import type { AcceptedEvent } from "./posted-event.js";

interface PostedResult {
  readonly id: string | null;
  readonly status: "accepted" | "duplicate" | "rejected";
  readonly code?: string;
}

/** Brings events in over HTTP, several requests at once, and never gives one up. */
export interface Poster {
  /** Events that were answered as accepted or duplicate, by id. */
  readonly accepted: ReadonlyMap<string, AcceptedEvent>;
  /** How many requests had to be sent again, since no usable answer came. */
  readonly repeated: number;
  /** Lets the first `count` requests go out; more than before, never less. */
  allow(count: number): void;
  /** Lets `count` requests go out beyond those that may already. */
  allowMore(count: number): void;
  /** Whether nothing is under way and the next request may not go out yet. */
  readonly resting: boolean;
  /** Whether every request has been answered. */
  readonly finished: boolean;
  /** Resolves when every request has been answered, or after `stop`; rejects when the system refuses one. */
  readonly done: Promise<void>;
  /** Gives up what has not been answered. */
  stop(): void;
}

const width = 4;

/** An answer that says nothing of what became of the events: they are sent again. */
const mustRepeat = (status: number): boolean => status >= 500 || status === 429;

class HttpPoster implements Poster {
  readonly accepted = new Map<string, AcceptedEvent>();
  repeated = 0;
  readonly done: Promise<void>;
  private readonly posts: readonly Post[];
  private readonly url: string;
  private readonly token: string;
  private allowed = 0;
  private next = 0;
  private busy = 0;
  private stopped = false;

  constructor(posts: readonly Post[], url: string, token: string) {
    this.posts = posts;
    this.url = `${url}/v1/organizations/${runNames.organization}/feeds/${runNames.feed}/events`;
    this.token = token;
    this.done = Promise.all(Array.from({ length: width }, () => this.work())).then(() => undefined);
  }

  get resting(): boolean {
    return this.busy === 0 && this.next >= this.allowed;
  }

  get finished(): boolean {
    return this.busy === 0 && this.next >= this.posts.length;
  }

  allow(count: number): void {
    this.allowed = Math.max(this.allowed, count);
  }

  allowMore(count: number): void {
    this.allowed += count;
  }

  stop(): void {
    this.stopped = true;
  }

  private async work(): Promise<void> {
    while (this.next < this.posts.length && !this.stopped) {
      const post = this.next < this.allowed ? this.posts[this.next] : undefined;
      if (post === undefined) {
        await sleep(20);
        continue;
      }
      this.next += 1;
      this.busy += 1;
      await this.bring(post);
      this.busy -= 1;
    }
  }

  private async bring(post: Post): Promise<void> {
    while (!this.stopped) {
      const results = await this.send(post);
      if (results !== null) {
        this.note(post, results);
        return;
      }
      this.repeated += 1;
      await sleep(200);
    }
  }

  /** The results, or null when nobody knows what became of the request. */
  private async send(post: Post): Promise<readonly PostedResult[] | null> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.url, {
        method: "POST",
        headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
        body: JSON.stringify(post.batch ? post.events : post.events[0]),
        signal: AbortSignal.timeout(30_000),
      });
      text = await response.text();
    } catch {
      return null;
    }
    if (mustRepeat(response.status)) return null;
    if (response.status !== 202) throw new Error(`the feed answered ${response.status}: ${text}`);
    return (JSON.parse(text) as { results: readonly PostedResult[] }).results;
  }

  private note(post: Post, results: readonly PostedResult[]): void {
    for (const [at, event] of post.events.entries()) {
      const result = results[at];
      if (result?.id !== event.id || result.status === "rejected")
        throw new Error(`event ${event.id} was not taken: ${result?.code ?? "no result"}`);
      this.accepted.set(event.id, { feed: runNames.feed, event });
    }
  }
}

/**
 * Starts bringing requests in, four at once, in order. A request without answer, or with one of 5xx, is sent again
 * until it is answered; an event counts as accepted from then on. None goes out before it is allowed.
 */
export function startPoster(posts: readonly Post[], url: string, token: string): Poster {
  return new HttpPoster(posts, url, token);
}
