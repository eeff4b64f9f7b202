import type { FieldValue } from '../parsedLine';
import type { LineFormat, Recognized } from './format';
import { json } from './json';

const TIME = String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?`;
const LEVEL = 'TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|NOTICE|CONFIG|FINE|FINER|FINEST';
const PYTHON_LEVEL = 'TRACE|DEBUG|INFO|SUCCESS|WARNING|ERROR|CRITICAL';
const JAVA_TIME = String.raw`${TIME}|\d{2}:\d{2}:\d{2}[.,]\d{3}|\d{2}-[A-Z][a-z]{2}-\d{4} \d{2}:\d{2}:\d{2}\.\d{3}`;

const ZAP = new RegExp(
  `^(?<time>${TIME})\\t(?<level>[A-Za-z]{4,6})\\t(?:(?<logger>[\\w.-]+)\\t)?(?:(?<caller>[\\w./@-]+:\\d+)\\t)?(?<rest>.*)$`,
);

/** `mark`: what every such line holds; looking for it costs a tenth of trying the pattern. */
function byPattern(name: string, mark: string, pattern: RegExp): LineFormat {
  return {
    name,
    parse(text) {
      const groups = text.includes(mark) ? pattern.exec(text)?.groups : undefined;
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
  '--- ',
  new RegExp(
    `^(?<time>${TIME})\\s+(?<level>${LEVEL})\\s+(?<pid>\\d+)\\s+---\\s+(?:\\[(?<application>[^\\]]*)\\]\\s+)?\\[(?<thread>[^\\]]*)\\]\\s+(?:\\[(?<trace>[^\\]]*)\\]\\s+)?(?<logger>\\S+)\\s*:\\s?(?<message>.*)$`,
  ),
);
/** `time [thread] LEVEL logger - message`; logback itself, not configured, writes two hyphens. */
export const log4j = byPattern(
  'log4j',
  '] ',
  new RegExp(
    `^(?<time>${JAVA_TIME})\\s+\\[(?<thread>[^\\]]*)\\]\\s+(?<level>${LEVEL})\\s+(?<logger>[\\w.$-]+)\\s*(?::|--?)\\s(?<message>.*)$`,
  ),
);
/** `time LEVEL [thread] logger - message`, the thread at will; before a colon a logger has dots, or it is prose. */
export const log4jLevelFirst = byPattern(
  'log4j',
  ' ',
  new RegExp(
    `^(?<time>${JAVA_TIME})\\s+(?<level>${LEVEL})\\s+(?:\\[(?<thread>[^\\]]*)\\]\\s+)?(?<logger>[\\w$]+(?:\\.[\\w$]+)*(?= +--? )|[\\w$]+(?:\\.[\\w$]+)+(?=: ))(?: +--?|:) (?<message>.*)$`,
  ),
);
/** WildFly and Quarkus: `time LEVEL  [logger] (thread) message`. */
export const jboss = byPattern(
  'jboss',
  '] (',
  new RegExp(
    `^(?<time>${JAVA_TIME})\\s+(?<level>${LEVEL})\\s+\\[(?<logger>[\\w.$-]+)\\]\\s+\\((?<thread>[^)]*)\\)\\s(?<message>.*)$`,
  ),
);
/** Tomcat: `23-Nov-2026 08:00:00.123 INFO [main] org.apache.catalina.startup.Catalina.start message`. */
export const tomcat = byPattern(
  'tomcat',
  '[',
  new RegExp(
    `^(?<time>\\d{2}-[A-Z][a-z]{2}-\\d{4} \\d{2}:\\d{2}:\\d{2}\\.\\d{3}) (?<level>${LEVEL}) \\[(?<thread>[^\\]]*)\\] (?<logger>\\w+(?:\\.[\\w$<>]+)+) (?<message>.*)$`,
  ),
);
/** Elasticsearch and OpenSearch: `[time][LEVEL ][logger] message`. */
export const elasticsearch = byPattern(
  'log4j',
  '][',
  new RegExp(`^\\[(?<time>${TIME})\\]\\[(?<level>${LEVEL})\\s*\\]\\[(?<logger>[^\\]]*)\\]\\s?(?<message>.*)$`),
);
/** zap's console encoder: tabs between, and fields as JSON at the end. */
export const zapConsole: LineFormat = {
  name: 'zap',
  parse(text) {
    const groups = ZAP.exec(text)?.groups;
    if (!groups) {
      return null;
    }
    const { rest = '', ...head } = groups;
    const tab = rest.lastIndexOf('\t{');
    const inner = tab === -1 ? null : json.parse(rest.slice(tab + 1), 0);
    const found = recognized({ ...head, message: inner ? rest.slice(0, tab) : rest });
    return { ...found, fields: { ...found.fields, ...inner?.fields } };
  },
};
/** Python: `basicConfig`'s "LEVEL:name:message", and the form its manual uses. */
export const pythonBasic = byPattern(
  'python',
  ':',
  /^(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):(?<logger>[\w.-]+):(?<message>.*)$/,
);
export const pythonLong = byPattern(
  'python',
  '- ',
  new RegExp(
    `^(?<time>${TIME})\\s+-\\s+(?<logger>[\\w.-]+)\\s+-\\s+(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)\\s+-\\s+(?<message>.*)$`,
  ),
);
/** uvicorn and pip: `INFO:     message`. */
export const pythonShort = byPattern('python', ': ', new RegExp(`^(?<level>${PYTHON_LEVEL}):\\s+(?<message>.*)$`));
/** loguru: `time | INFO     | module:function:12 - message`. */
export const loguru = byPattern(
  'python',
  '| ',
  new RegExp(
    `^(?<time>${TIME}) \\| (?<level>${PYTHON_LEVEL})\\s* \\| (?<source>[\\w.<>-]+:[\\w.<>-]+:\\d+) - (?<message>.*)$`,
  ),
);
/** gunicorn: `[time +0000] [7] [INFO] message`. */
export const gunicorn = byPattern(
  'python',
  '] [',
  new RegExp(
    `^\\[(?<time>${TIME}(?: [+-]\\d{4})?)\\] \\[(?<process>\\d+)\\] \\[(?<level>${PYTHON_LEVEL})\\] (?<message>.*)$`,
  ),
);
/** Celery: `[time: INFO/MainProcess] message`. */
export const celery = byPattern(
  'python',
  '] ',
  new RegExp(`^\\[(?<time>${TIME}): (?<level>${PYTHON_LEVEL})\\/(?<process>[\\w-]+)\\] (?<message>.*)$`),
);
/** Apache's error log: `[Mon Nov 23 08:00:00.123456 2026] [core:error] [pid 1:tid 2] [client 1.2.3.4:5] message`. */
export const apacheError = byPattern(
  'apache-error',
  '] [',
  /^\[(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})? \d{4})\] \[(?:(?<module>\w*):)?(?<level>[a-z]+\d?)\] (?:\[pid (?<process>\d+)(?::tid (?<thread>\d+))?\] )?(?:\[client (?<client>[^\]]+)\] )?(?<message>.*)$/,
);
/** klog, of Kubernetes itself: `I1123 08:00:00.123456    1234 server.go:42] message`. */
export const klog = byPattern(
  'klog',
  '] ',
  /^(?<severity>[IWEF])\d{4} \d{2}:\d{2}:\d{2}\.\d+\s+(?<thread>\d+) (?<source>[\w.-]+:\d+)\] (?<message>.*)$/,
);
/** nginx's error log: `2026/11/23 08:00:00 [error] 29#29: *1 open() failed …`. */
export const nginxError = byPattern(
  'nginx-error',
  '#',
  /^(?<time>\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}) \[(?<level>[a-z]+)\] (?<process>\d+#\d+): (?:\*(?<connection>\d+) )?(?<message>.*)$/,
);
/** A time, a level, then the message: what most hand-made loggers write. */
export const plain = byPattern(
  'plain',
  ' ',
  new RegExp(
    `^\\[?(?<time>${TIME})\\]?\\s+\\[?(?<level>${LEVEL}|trace|debug|info|warn|warning|error|fatal)\\]?:?\\s+(?<message>.*)$`,
  ),
);
