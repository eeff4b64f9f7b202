/** Something to run that keeps a part of the machine busy. */
export interface Task {
  /** How much of the capacity it takes while it runs. */
  readonly cost: number;
  /** It does not begin before this has settled. */
  readonly ready?: Promise<unknown>;
  readonly run: () => Promise<void>;
}

/**
 * Runs tasks beside each other so that what they cost together stays within the capacity; one that
 * costs more than the capacity runs alone. They begin in their order. Where one has to wait for room,
 * later ones may overtake it only as far as they leave it that room: otherwise small ones would fill
 * the machine again and again, and the large ones would run last, one after the other.
 *
 * @throws the error of the first task that fails; nothing begins after it.
 */
export async function runWithin(capacity: number, tasks: readonly Task[]): Promise<void> {
  const waiting = new Set(tasks);
  const ready = new Set(tasks.filter((task) => task.ready === undefined));
  let used = 0;
  /** What the running ones that overtook another cost together. */
  let overtaking = 0;
  let running = 0;
  await new Promise<void>((resolve, reject) => {
    let failed = false;
    const begin = (task: Task, overtakes: boolean) => {
      waiting.delete(task);
      used += task.cost;
      overtaking += overtakes ? task.cost : 0;
      running += 1;
      task.run().then(
        () => {
          used -= task.cost;
          overtaking -= overtakes ? task.cost : 0;
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
      let kept = 0;
      for (const task of waiting) {
        if (failed || !ready.has(task)) {
          continue;
        }
        const fits = running === 0 || used + task.cost <= capacity;
        if (fits && (kept === 0 || overtaking + task.cost <= capacity - kept)) {
          begin(task, kept > 0);
        } else {
          kept = Math.max(kept, task.cost);
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
