/** Something to run that keeps a part of the machine busy. */
export interface Task {
  /** How much of the capacity it takes while it runs. */
  readonly cost: number;
  /** It does not begin before this has settled. */
  readonly ready?: Promise<unknown>;
  readonly run: () => Promise<void>;
}

/**
 * Runs tasks beside each other so that what they cost together stays within the capacity. Always
 * the first one that is ready and fits begins; one that costs more than the capacity runs alone.
 *
 * @throws the error of the first task that fails; nothing begins after it.
 */
export async function runWithin(capacity: number, tasks: readonly Task[]): Promise<void> {
  const waiting = new Set(tasks);
  const ready = new Set(tasks.filter((task) => task.ready === undefined));
  let used = 0;
  let running = 0;
  await new Promise<void>((resolve, reject) => {
    let failed = false;
    const begin = (task: Task) => {
      waiting.delete(task);
      used += task.cost;
      running += 1;
      task.run().then(
        () => {
          used -= task.cost;
          running -= 1;
          next();
        },
        (error: unknown) => {
          failed = true;
          reject(error);
        },
      );
    };
    const next = () => {
      for (const task of waiting) {
        if (!failed && ready.has(task) && (running === 0 || used + task.cost <= capacity)) {
          begin(task);
        }
      }
      if (waiting.size === 0 && running === 0) {
        resolve();
      }
    };
    for (const task of tasks) {
      const becameReady = () => {
        ready.add(task);
        next();
      };
      task.ready?.then(becameReady, becameReady);
    }
    next();
  });
}
