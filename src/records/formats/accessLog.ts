import type { Level } from '../level';
import type { FieldValue } from '../parsedLine';
import type { LineFormat } from './format';

/** Common Log Format, and "combined" with referrer and agent, or with the virtual host in front (Apache's mod_log_config; nginx's default). */
const ACCESS =
  /^(?:(?<host>\S+) )?(?<client>\S+) \S+ (?<user>\S+) \[(?<time>\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3}) (?<bytes>\d+|-)(?: "(?<referrer>(?:[^"\\]|\\.)*)" "(?<agent>(?:[^"\\]|\\.)*)")?/;
const REQUEST = /^([A-Z]+) (\S+)(?: (HTTP\/[\d.]+))?$/;

function levelOfStatus(status: number): Level {
  return status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
}

/** nginx and Apache access logs. The answer's status stands in for a level, which they do not write. */
export const accessLog: LineFormat = {
  name: 'access',
  parse(text) {
    const groups = text.includes('] "') ? ACCESS.exec(text)?.groups : undefined;
    if (!groups) {
      return null;
    }
    const status = Number(groups.status);
    const fields: Record<string, FieldValue> = Object.create(null);
    if (groups.host !== undefined) {
      fields.host = groups.host;
    }
    fields.client = groups.client as string;
    if (groups.user !== '-') {
      fields.user = groups.user as string;
    }
    fields.status = status;
    if (groups.bytes !== '-') {
      fields.bytes = Number(groups.bytes);
    }
    const request = REQUEST.exec(groups.request as string);
    if (request) {
      fields.method = request[1] as string;
      fields.path = request[2] as string;
      if (request[3] !== undefined) {
        fields.protocol = request[3];
      }
    }
    for (const name of ['referrer', 'agent'] as const) {
      const value = groups[name];
      if (value !== undefined && value !== '-') {
        fields[name] = value;
      }
    }
    return { level: levelOfStatus(status), message: `${groups.request} ${groups.status}`, fields };
  },
};
