// The targets of a crash run, in a process of their own, so that they outlive every kill of the system. Each is the
// demo target behind a front that is slow, as real targets are, and keeps a log.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { DemoScimTarget } from "../../src/demo/scim-target.js";
import { startDemoScimTarget } from "../../src/demo/scim-target.js";
import type { TargetAnswers, TargetCall, TargetQuestion, TargetReply } from "./target-call.js";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const calls: Mutable<TargetCall>[] = [];
const targets = new Map<string, { readonly target: DemoScimTarget; readonly url: string }>();
const root = "/scim/v2";
const [least = 60, most = 120] = (process.env["CRASH_TARGET_DELAY"] ?? "").split("-").map(Number);
let slowdown = 1;
const token = process.env["CRASH_TARGET_TOKEN"] ?? "";

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
};

const subjectOf = (request: IncomingMessage, body: string): string => {
  if (request.method === "POST") return String((JSON.parse(body) as { externalId?: unknown }).externalId);
  return decodeURIComponent(/\/Users\/([^?/]+)/.exec(request.url ?? "")?.[1] ?? "");
};

const forwarded = ["authorization", "content-type", "accept", "if-match"];

/** Half of the delay lies before the work, half after it: a kill meets calls that have taken effect and ones that have not. */
const answer = async (
  connection: string,
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
) => {
  const startedAt = Date.now();
  const body = await bodyOf(request);
  const method = request.method ?? "GET";
  const call = {
    connection,
    method,
    subject: subjectOf(request, body),
    startedAt,
    endedAt: null,
    status: null,
  };
  const log: Mutable<TargetCall> = call;
  calls.push(log);
  const delay = slowdown * (least + Math.random() * (most - least));
  await sleep(delay / 2);
  const headers = forwarded.flatMap((name): [string, string][] => {
    const value = request.headers[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  const reply = await fetch(origin + (request.url ?? ""), { method, headers, ...(body !== "" && { body }) });
  const text = await reply.text();
  await sleep(delay / 2);
  log.endedAt = Date.now();
  log.status = reply.status;
  response.writeHead(reply.status, {
    "content-type": reply.headers.get("content-type") ?? "application/json",
  });
  response.end(text);
};

const startTarget = async (connection: string): Promise<void> => {
  const target = await startDemoScimTarget({ token });
  const { origin } = new URL(target.url);
  const front = createServer((request, response) => {
    answer(connection, origin, request, response).catch(() => response.destroy());
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const { port } = front.address() as AddressInfo;
  targets.set(connection, { target, url: `http://127.0.0.1:${port}${root}` });
};

const answers: { readonly [About in keyof TargetAnswers]: () => TargetAnswers[About] } = {
  urls: () => Object.fromEntries([...targets].map(([id, { url }]) => [id, url])),
  inFlight: () => calls.filter((call) => call.endedAt === null).length,
  calls: () => calls,
  accounts: () => Object.fromEntries([...targets].map(([id, { target }]) => [id, target.users()])),
};

process.on("disconnect", () => process.exit());
const started = Promise.all(process.argv.slice(2).map(startTarget));
process.on("message", (question: TargetQuestion) => {
  slowdown = question.slowdown ?? slowdown;
  void started.then(() => {
    const reply: TargetReply = { number: question.number, answer: answers[question.about]() };
    process.send?.(reply);
  });
});
