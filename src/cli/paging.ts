const pageMax = 500;

/** A page as listings answer. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * Reads a listing page by page, up to `limit` rows.
 *
 * @returns the rows, and the cursor after them; null when there are no more.
 */
export async function readPages<T>(
  limit: number,
  read: (query: { readonly cursor: string | undefined; readonly limit: string }) => Promise<ListPage<T>>,
): Promise<ListPage<T>> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const wanted = Math.min(pageMax, limit - items.length);
    const page: ListPage<T> = await read({ cursor: cursor ?? undefined, limit: String(wanted) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return { items, nextCursor: cursor };
}

/** What to say below a listing that was cut; null when it was not. */
export function cutNote(page: ListPage<unknown>): string | null {
  return page.nextCursor === null
    ? null
    : `There are more; these are the first ${String(page.items.length)}. Raise --limit, or use --limit all.`;
}
