import type { FieldValue } from '../parsedLine';
import type { LineFormat, Recognized } from './format';

const TIME = String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?`;
const LEVEL = 'TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|NOTICE';

function byPattern(name: string, pattern: RegExp): LineFormat {
  return {
    name,
    parse(text) {
      const groups = pattern.exec(text)?.groups;
      return groups ? recognized(groups) : null;
    },
  };
}

function recognized({ message = '', ...groups }: Readonly<Record<string, string | undefined>>): Recognized {
  const fields: Record<string, FieldValue> = Object.create(null);
  for (const [name, value] of Object.entries(groups)) {
    if (value !== undefined) {
      fields[name] = value.trim();
    }
  }
  return { message, fields };
}

/** logback and log4j as Spring Boot and their manuals configure them. */
export const springBoot = byPattern(
  'logback',
  new RegExp(
    `^(?<time>${TIME})\\s+(?<level>${LEVEL})\\s+(?<pid>\\d+)\\s+---\\s+(?:\\[(?<application>[^\\]]*)\\]\\s+)?\\[(?<thread>[^\\]]*)\\]\\s+(?<logger>\\S+)\\s*:\\s?(?<message>.*)$`,
  ),
);
export const log4j = byPattern(
  'log4j',
  new RegExp(
    `^(?<time>${TIME}|\\d{2}:\\d{2}:\\d{2}[.,]\\d{3})\\s+\\[(?<thread>[^\\]]*)\\]\\s+(?<level>${LEVEL})\\s+(?<logger>[\\w.$]+)\\s*(?::|-)\\s(?<message>.*)$`,
  ),
);
/** Python: `basicConfig`'s "LEVEL:name:message", and the form its manual uses. */
export const pythonBasic = byPattern(
  'python',
  /^(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):(?<logger>[\w.-]+):(?<message>.*)$/,
);
export const pythonLong = byPattern(
  'python',
  new RegExp(
    `^(?<time>${TIME})\\s+-\\s+(?<logger>[\\w.-]+)\\s+-\\s+(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)\\s+-\\s+(?<message>.*)$`,
  ),
);
/** klog, of Kubernetes itself: `I1123 08:00:00.123456    1234 server.go:42] message`. */
export const klog = byPattern(
  'klog',
  /^(?<severity>[IWEF])\d{4} \d{2}:\d{2}:\d{2}\.\d+\s+(?<thread>\d+) (?<source>[\w.-]+:\d+)\] (?<message>.*)$/,
);
/** nginx's error log: `2026/11/23 08:00:00 [error] 29#29: *1 open() failed …`. */
export const nginxError = byPattern(
  'nginx-error',
  /^(?<time>\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}) \[(?<level>[a-z]+)\] (?<process>\d+#\d+): (?:\*(?<connection>\d+) )?(?<message>.*)$/,
);
/** A time, a level, then the message: what most hand-made loggers write. */
export const plain = byPattern(
  'plain',
  new RegExp(
    `^\\[?(?<time>${TIME})\\]?\\s+\\[?(?<level>${LEVEL}|trace|debug|info|warn|warning|error|fatal)\\]?:?\\s+(?<message>.*)$`,
  ),
);
