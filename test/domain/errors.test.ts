import { describe, expect, it } from "@jest/globals";
import { errorIdentity } from "../../src/domain/error-identity.js";
import type { ErrorClass, ErrorCode } from "../../src/domain/errors.js";
import { TargetError, errorClass, errorClasses } from "../../src/domain/errors.js";

const codes = Object.keys(errorClasses) as ErrorCode[];
const of = (wanted: ErrorClass): readonly ErrorCode[] => codes.filter((code) => errorClass(code) === wanted);

describe("error codes", () => {
  it("statement 29: tell what passes from what a person must see to", () => {
    expect(of("transient")).toEqual(["target_unreachable", "reply_lost", "target_error", "attempt_timeout"]);
    expect(of("throttled")).toEqual(["throttled"]);
    expect(of("unauthorized")).toEqual(["unauthorized", "credentials_refused", "secret_unavailable"]);
    for (const code of ["rejected", "mapping_incomplete", "gave_up", "removal_cancelled"] as const)
      expect(errorClass(code)).toBe("rejected");
  });

  it("statement 24: have an account already gone as absent, and an existing one as conflict", () => {
    expect(of("absent")).toEqual(["absent"]);
    expect(of("conflict")).toEqual([
      "conflict",
      "version_conflict",
      "linked_to_other_user",
      "linked_to_former_user",
    ]);
  });

  it("statement 28: have no success among them, and an answer that breaks the protocol apart", () => {
    expect(of("contract")).toEqual(["contract"]);
    expect(codes).not.toContain("ok");
    for (const code of codes) expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
  });
});

describe("TargetError", () => {
  it("statement 36: says code, status and keyword, and nothing of what was raised underneath", () => {
    const cause = new Error("ada@acme.example is taken, token s3cret");
    const error = new TargetError("conflict", {
      sent: "answered",
      status: 409,
      keyword: "uniqueness",
      cause,
    });
    expect(error.message).toBe("conflict (HTTP 409) uniqueness");
    expect(JSON.stringify(error)).not.toMatch(/acme|s3cret/);
    expect(error).toMatchObject({
      name: "TargetError",
      code: "conflict",
      class: "conflict",
      sent: "answered",
    });
  });

  it("keeps how far the call got, and the pause that the target asked for", () => {
    const error = new TargetError("throttled", { sent: "no", retryAfterMs: 2_000 });
    expect(error).toMatchObject({
      message: "throttled",
      sent: "no",
      retryAfterMs: 2_000,
      class: "throttled",
    });
    expect(error.status).toBeUndefined();
  });
});

describe("errorIdentity", () => {
  it("statement 36: names class and code of an unknown error, never its message", () => {
    const raised = Object.assign(new TypeError("ada@acme.example"), { code: "ECONNRESET" });
    expect(errorIdentity(raised)).toEqual({ error: "TypeError", code: "ECONNRESET" });
  });

  it.each([null, undefined, "ada@acme.example", 42, {}, { name: 1, code: 2 }])(
    "says unknown of %p",
    (raised) => {
      expect(errorIdentity(raised)).toEqual({ error: "unknown", code: null });
    },
  );
});
