import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyRequest, onRequestHookHandler } from "fastify";
import type { Configuration, Feed } from "../domain/configuration.js";
import { currentRevision } from "../store/configurations.js";
import type { HttpDependencies } from "./dependencies.js";
import { HttpProblem } from "./problem.js";

/** A feed that a request has proved to speak for. */
export interface FeedAccess {
  readonly configuration: Configuration;
  readonly feed: Feed;
}

const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The bearer token of a request (RFC 6750 §2.1); empty when there is none. */
const tokenOf = (request: FastifyRequest): string =>
  /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";

/** Compares with every expectation, so that the time says nothing about which one came close. */
const matchesAny = (token: string, expected: readonly Buffer[]): boolean => {
  const given = digest(token);
  return expected.reduce((matched, one) => timingSafeEqual(given, one) || matched, false);
};

const refused = (whose: string): HttpProblem =>
  new HttpProblem("unauthorized", { detail: `send Authorization: Bearer with ${whose}` });

/** Opens admin routes: a hook that refuses with `unauthorized` before the body is read. */
export function requireAdmin(deps: HttpDependencies): onRequestHookHandler {
  const expected = [digest(deps.adminToken)];
  return (request, _reply, done) => {
    const token = tokenOf(request);
    if (token !== "" && matchesAny(token, expected)) done();
    else done(refused("the admin token"));
  };
}

interface Secrets {
  readonly digests: readonly Buffer[];
  readonly unavailable: boolean;
}

const readTokens = async (
  deps: HttpDependencies,
  request: FastifyRequest,
  feed: Feed | undefined,
): Promise<Secrets> => {
  // An unknown feed is compared too, with what nobody can send.
  if (feed === undefined) return { digests: [randomBytes(32)], unavailable: false };
  const settled = await Promise.allSettled(feed.tokens.map((reference) => deps.resolveSecret(reference)));
  const digests = settled.flatMap((one) => (one.status === "fulfilled" ? [digest(one.value)] : []));
  const unavailable = digests.length < settled.length;
  if (unavailable)
    request.log.error({ feed: feed.id, code: "secret_unavailable" }, "a token of a feed cannot be read");
  return { digests, unavailable };
};

const findFeed = async (
  deps: HttpDependencies,
  organization: string,
  id: string,
): Promise<FeedAccess | undefined> => {
  if (!idPattern.test(organization) || !idPattern.test(id)) return undefined;
  const revision = await currentRevision(deps.db, organization);
  const feed = revision?.configuration.feeds.find((one) => one.id === id && one.kind === "events");
  return revision && feed ? { configuration: revision.configuration, feed } : undefined;
};

/**
 * Proves that a request speaks for a feed, by any of the feed's tokens, in constant time. An unknown organization or
 * feed answers like a wrong token. When no token matches and one could not be read, the caller is asked to come
 * back (503): it may have been the right one.
 */
export async function authenticateFeed(
  deps: HttpDependencies,
  request: FastifyRequest,
  organization: string,
  id: string,
): Promise<FeedAccess> {
  const access = await findFeed(deps, organization, id);
  const { digests, unavailable } = await readTokens(deps, request, access?.feed);
  const token = tokenOf(request);
  if (token !== "" && matchesAny(token, digests) && access !== undefined) return access;
  if (unavailable && token !== "")
    throw new HttpProblem("secret_unavailable", { detail: "try again in a few seconds" });
  throw refused("a token of this feed");
}
