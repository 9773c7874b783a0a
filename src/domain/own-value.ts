/**
 * What a record itself holds under a key; undefined where the key only names something that every object inherits:
 * `constructor` is a legal id of a feed and a legal name of a custom attribute.
 */
export function ownValue<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
