/** Knows which users' workflows have been started, so that waiting for them asks the server nothing in vain. */
export class Signals {
  private readonly started = new Map<string, PromiseWithResolvers<null>>();

  /** Says that the workflow of a user has been started. */
  mark(key: string): void {
    this.of(key).resolve(null);
  }

  /** Resolves when it has. */
  signalled(key: string): Promise<null> {
    return this.of(key).promise;
  }

  private of(key: string): PromiseWithResolvers<null> {
    const held = this.started.get(key) ?? Promise.withResolvers<null>();
    this.started.set(key, held);
    return held;
  }
}
