import { join } from 'node:path';
import { BlockPool } from '../../src/server/file/bytes/blockPool';
import { READ_BLOCK_SIZES } from '../../src/server/file/bytes/fileBlocks';
import { FileSource, type FileSourceOptions } from '../../src/server/file/fileSource';
import { SlowLooks } from '../../src/server/file/watching/slowLooks';
import { WatchedFolders } from '../../src/server/file/watching/watchedFolders';
import type { SourceReader } from '../../src/server/logSource';
import { FakeClock } from './fakeClock';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporaryDirectory';

/** What a reader has given so far: lines, and what was said between them, as `<kind: text>`. */
export async function readAll(reader: SourceReader): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const item = await reader.read();
    switch (item.kind) {
      case 'idle':
      case 'ended':
        return found;
      case 'lines':
        found.push(...item.bytes.toString().split('\n').slice(0, -1));
        break;
      case 'gap':
        found.push(`<gap: ${item.reason}>`);
        break;
      case 'event':
        found.push(`<${item.event}>`);
        break;
    }
  }
}

/** Files in a folder of their own that are followed in this process, by a clock that a test moves. */
export class FollowedFiles {
  readonly clock = new FakeClock();
  readonly folder: string;
  readonly #directory: TemporaryDirectory;
  readonly #sources: FileSource[] = [];

  private constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
    this.folder = directory.path;
  }

  static async create(): Promise<FollowedFiles> {
    return new FollowedFiles(await createTemporaryDirectory('followed'));
  }

  path(name = 'app.log'): string {
    return join(this.folder, name);
  }

  async follow(
    path = this.path(),
    maxLineBytes = 1024 * 1024,
    options: Pick<FileSourceOptions, 'watch'> = {},
  ): Promise<FileSource> {
    const source = new FileSource({
      id: path,
      path,
      maxLineBytes,
      clock: this.clock,
      blocks: new BlockPool(READ_BLOCK_SIZES),
      folders: new WatchedFolders(),
      slowLooks: new SlowLooks(this.clock),
      ...options,
    });
    this.#sources.push(source);
    await source.start();
    return source;
  }

  async remove(): Promise<void> {
    for (const source of this.#sources) {
      source.dispose();
    }
    await this.#directory.remove();
  }
}
