import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { ProblemKind } from "./problem.js";
import { problemDocument, problemKinds } from "./problem.js";

const kindOf = (code: string | undefined): ProblemKind => {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "request_timeout";
  return code === "HPE_HEADER_OVERFLOW" ? "headers_too_large" : "invalid_request";
};

/** Answers what is no HTTP at all, at the socket, with a problem document like every other error. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const kind = kindOf(error.code);
  const [status, title] = problemKinds[kind];
  const body = JSON.stringify(
    problemDocument(kind, { detail: "the request could not be read" }, randomUUID()),
  );
  if (socket.writable)
    socket.write(
      [
        `HTTP/1.1 ${status} ${title}`,
        "Content-Type: application/problem+json; charset=utf-8",
        `Content-Length: ${Buffer.byteLength(body)}`,
        "Connection: close",
        "",
        body,
      ].join("\r\n"),
    );
  socket.destroy(error);
}
