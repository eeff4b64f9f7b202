import { LIMITS } from '../../protocol/limits';
import { TIMINGS } from '../../protocol/timings';

/** An option of the server's command line. The table is the one place of its limits and defaults. */
export interface OptionDefinition {
  readonly name: string;
  /** What stands for the value in the usage; absent for a switch. */
  readonly value?: string;
  readonly description: string;
  readonly unit?: string;
  readonly from?: number;
  readonly to?: number;
  readonly default?: number | string;
  /** Where it has a meaning; absent: everywhere. */
  readonly onlyFor?: readonly ('stdin' | 'command')[];
  /** May be given several times. */
  readonly multiple?: boolean;
}

export const SERVER_OPTIONS = [
  { name: 'port', value: 'N', description: 'port to listen on; 0: any free one', from: 0, to: 65_535, default: 8000 },
  {
    name: 'socket',
    value: 'PATH',
    description: 'Unix socket, or pipe on Windows, to listen on instead of a port; only this user may connect',
  },
  { name: 'host', value: 'NAME', description: 'address to listen on', default: '127.0.0.1' },
  {
    name: 'lines',
    value: 'N|all',
    description: 'existing lines for clients that do not say',
    unit: 'lines',
    default: '1000',
  },
  { name: 'demo', description: 'stream a made-up log and the log of this server' },
  {
    name: 'buffer-mib',
    value: 'N',
    description: 'ring of a source that lies in no file',
    unit: 'MiB',
    from: 1,
    to: 65_536,
    default: 64,
  },
  {
    name: 'max-line',
    value: 'BYTES',
    description: 'longer lines travel in pieces',
    unit: 'bytes',
    from: 16,
    to: 33_554_432,
    default: LIMITS.lineBytes,
  },
  {
    name: 'receive-timeout',
    value: 'S',
    description: 'close a client that sends nothing for so long',
    unit: 'seconds',
    from: TIMINGS.shortestTimeoutMs / 1000,
    to: 86_400,
    default: TIMINGS.receiveTimeoutMs / 1000,
  },
  {
    name: 'heartbeat-timeout',
    value: 'S',
    description: 'close a client that answers no ping for so long',
    unit: 'seconds',
    from: TIMINGS.shortestTimeoutMs / 1000,
    to: 86_400,
    default: TIMINGS.heartbeatTimeoutMs / 1000,
  },
  { name: 'max-clients', value: 'N', description: 'clients at once', from: 1, to: 100_000, default: 1000 },
  {
    name: 'token',
    value: 'TOKEN',
    description: 'token every client must show (others can see it: prefer --token-file)',
  },
  { name: 'token-file', value: 'FILE', description: 'file that holds the token; or set LOG_STREAM_TOKEN' },
  {
    name: 'allow-origin',
    value: 'ORIGIN',
    description: 'pages of this origin may connect too; may be repeated',
    multiple: true,
  },
  { name: 'cert', value: 'FILE', description: 'TLS certificate (PEM), with --key' },
  { name: 'key', value: 'FILE', description: 'TLS key (PEM), with --cert' },
  {
    name: 'block',
    onlyFor: ['stdin'],
    description:
      'standard input waits while the ring is full and clients are behind or none is connected, instead of overwriting',
  },
  {
    name: 'exit-on-eof',
    onlyFor: ['stdin', 'command'],
    description: 'end the stream and the server when standard input or the command ends',
  },
  { name: 'restart', onlyFor: ['command'], description: 'start the command again when it ends' },
  {
    name: 'name',
    value: 'NAME',
    onlyFor: ['stdin', 'command'],
    description: 'what clients call standard input or the command, instead of the command line',
  },
  { name: 'verbose', description: 'report heartbeats too' },
  { name: 'help', description: 'show this help' },
  { name: 'version', description: 'show the version' },
] as const satisfies readonly OptionDefinition[];

export type ServerOptionName = (typeof SERVER_OPTIONS)[number]['name'];

/** The options as the usage shows them: one a line, with unit and default. */
export function describeOptions(options: readonly OptionDefinition[]): string {
  const heads = options.map((option) => `--${option.name}${option.value ? ` ${option.value}` : ''}`);
  const width = Math.max(...heads.map((head) => head.length)) + 2;
  return options
    .map((option, index) => {
      const facts = [
        ...(option.unit ? [option.unit] : []),
        ...(option.from !== undefined ? [`${option.from} to ${option.to}`] : []),
        ...(option.default !== undefined ? [`default ${option.default}`] : []),
      ];
      return `  ${heads[index]?.padEnd(width)}${option.description}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
    })
    .join('\n');
}
