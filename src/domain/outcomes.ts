/**
 * What came of an attempt; completes "the account has been …". Already there and already gone are outcomes, not
 * errors. `held`, `parked` and `closed` rest without a call.
 */
export type Outcome =
  | "created"
  | "adopted"
  | "updated"
  | "unchanged"
  | "enabled"
  | "disabled"
  | "deleted"
  | "absent"
  | "held"
  | "parked"
  | "closed";
