/** A row that is no log line: something that happened, in its place between the lines. */
export type NoticeKind =
  | 'connected'
  | 'reconnected'
  | 'disconnected'
  | 'gap'
  | 'rotated'
  | 'truncated'
  | 'source'
  | 'ended'
  | 'adapted'
  | 'cleared'
  | 'mark'
  | 'dropped';
