import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';

/** As much of a file is handed to a connection at once. TLS encrypts what it is handed, and keeps that until it is read. */
const PIECE_BYTES = 64 * 1024;

/** The files of the page. Each is read once, and its one copy in memory is shared by all who ask for it. */
export class PageFiles {
  readonly #folder: string;
  readonly #contents = new Map<string, Promise<Buffer>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Rejects where the file cannot be read; it is tried again with the next request then. */
  read(file: string): Promise<Buffer> {
    const known = this.#contents.get(file);
    if (known !== undefined) {
      return known;
    }
    const content = readFile(join(this.#folder, file));
    this.#contents.set(file, content);
    content.catch(() => this.#contents.delete(file));
    return content;
  }
}

/** Ends an answer with a content that is shared, piece by piece as the other end takes it. */
export function endWithShared(response: ServerResponse, content: Buffer, from = 0): void {
  const to = from + PIECE_BYTES;
  if (to >= content.length) {
    response.end(content.subarray(from));
    return;
  }
  response.write(content.subarray(from, to), (error) => {
    // After an error the connection is gone, and its answer with it.
    if (!error) {
      endWithShared(response, content, to);
    }
  });
}
