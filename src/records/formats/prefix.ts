/** What container runtimes put in front of a line; the line itself is read by its own format. */
export interface Prefixed {
  readonly rest: string;
  readonly fields: Readonly<Record<string, string>>;
}

const TIME = String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+(?:Z|[+-]\d{2}:\d{2})`;
/** The Container Runtime Interface's log format: `2026-11-23T08:00:00.123456789Z stdout F message`. */
const CRI = new RegExp(`^(?<containerTime>${TIME}) (?<stream>stdout|stderr) [FP] `);
/** `docker logs --timestamps`, `kubectl logs --timestamps`: nine digits of a second, as no logger writes them. */
const TIMESTAMPS = /^(?<containerTime>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z) /;
/** `docker compose logs`: `web-1  | message`. */
const COMPOSE = /^(?<container>[\w.-]{1,64}) +\| /;
/** `kubectl logs --prefix`: `[pod/web-7d4/app] message`. */
const POD = /^\[pod\/(?<pod>[\w.-]+)\/(?<container>[\w.-]+)\] /;

const PREFIXES = [CRI, TIMESTAMPS, COMPOSE, POD];

/** Takes one prefix off, or null where there is none. */
export function takePrefix(text: string): Prefixed | null {
  for (const prefix of PREFIXES) {
    const match = prefix.exec(text);
    if (match) {
      return { rest: text.slice(match[0].length), fields: { ...match.groups } };
    }
  }
  return null;
}
