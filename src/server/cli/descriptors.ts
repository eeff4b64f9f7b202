import { readdirSync } from 'node:fs';

/** What Node.js has open where nobody can count it. */
const TYPICALLY_OPEN = 32;
/** Kept for clients, and for files that are rotated: a quarter of all, but not more. */
const MOST_KEPT = 256;

/** How many files this process may have open at once, by the system's limit; infinite where it states none. */
export function descriptorLimit(): number {
  // Asking who is at the other end of each connection takes long, and is not wanted.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  report.excludeNetwork = true;
  const limits = (report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } }).userLimits;
  const soft = limits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
}

/** How many of so many descriptors are left for followed files. `open`: those in use already. */
export function descriptorsForFiles(limit: number, open = openDescriptors()): number {
  return Math.max(1, limit - open - Math.min(MOST_KEPT, Math.ceil(limit / 4)));
}

function openDescriptors(): number {
  try {
    return readdirSync('/dev/fd').length;
  } catch {
    return TYPICALLY_OPEN;
  }
}
