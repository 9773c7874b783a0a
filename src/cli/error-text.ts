import type { ErrorCode } from "../domain/errors.js";

/** What a code means and what would help, per code that an account or an attempt can carry. */
const errorTexts: Readonly<Record<ErrorCode, string>> = {
  target_unreachable: "no connection to the target could be made, so nothing was sent; it is tried again",
  reply_lost: "no usable answer came, so the target may have acted; it is looked up before the next write",
  target_error: "the target answered with a server error; it is tried again",
  attempt_timeout: "the time of one attempt ran out before anything was sent; it is tried again",
  throttled: "the target asked to slow down; it is tried again when the target allows it",
  rejected: "the target refused the request; correct the data at the source or the mapping, then resend",
  mapping_incomplete: "a required attribute has no value; give it one at the source or in the mapping",
  egress_denied:
    "this address may not be called; check baseUrl, or allow the network under network.allowPrivate",
  unauthorized: "the target refused the credentials for this call; check what they are allowed to do",
  credentials_refused: "the target refuses the credentials; replace them, then resume the connection",
  secret_unavailable: "a secret that the configuration names cannot be read; set its variable or file",
  conflict:
    "the target has an account that matches and is not ours, or several; settle it there, then resend",
  version_conflict: "the account changed at the target meanwhile; it is read again",
  linked_to_other_user: "the matching account at the target belongs to another user",
  linked_to_former_user: "the matching account at the target belonged to a user who is gone",
  absent: "the account is not at the target any more",
  contract: "the target's answer breaks the protocol; check baseUrl and dialect",
  gave_up: "it was tried for as long as retry.giveUpAfter allows; mend the target, then resend",
  cancelled: "an operator cancelled the run; resend to take it up again",
  removal_cancelled: "an operator cancelled this removal; the account stays as it is",
  connection_disabled: "the configuration disables the connection; enable it to take the work up again",
  compensated:
    "the change failed for good at another connection, so it was taken back here, or not begun; mend that one and resend it",
  invariant: "a bug of outbound; please report it with the ids shown here",
};

/** The sentence behind a code, without a full stop; null for a code that this version does not know. */
export function errorText(code: string): string | null {
  return Object.hasOwn(errorTexts, code) ? errorTexts[code as ErrorCode] : null;
}
