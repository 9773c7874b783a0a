/** The longest pause a target can ask of us, in milliseconds (one hour): a longer wish is cut. */
const longestMs = 3_600_000;

/** The only date form that a sender may produce (RFC 9110 §5.6.7), such as `Tue, 24 Nov 2026 08:00:00 GMT`. */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The pause that a `Retry-After` field asks for, in both of its forms (RFC 9110 §10.2.3).
 *
 * @param field The field as received.
 * @param now   Epoch milliseconds, for the date form.
 * @returns milliseconds from 0 to one hour; undefined when the field is absent, malformed, negative or a date
 *          that has passed, so that the caller's own back-off applies.
 */
export function retryAfterMs(field: string | undefined, now: number): number | undefined {
  const text = field?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestMs);
  if (!httpDate.test(text)) return undefined;
  const wait = Date.parse(text) - now;
  return wait > 0 ? Math.min(wait, longestMs) : undefined;
}
