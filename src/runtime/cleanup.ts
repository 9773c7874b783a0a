/** What has been started, ended in reverse order. Parts may still be added while it runs. */
export class Cleanup {
  private readonly steps: (() => unknown)[] = [];

  /** Adds a step; the last one added runs first. */
  add(step: () => unknown): void {
    this.steps.push(step);
  }

  /** Runs every step, the failing ones included, and throws the first failure at the end. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
