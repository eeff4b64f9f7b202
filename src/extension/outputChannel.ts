import * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { texts } from '../text/texts';
import { OutputBudget } from './outputBudget';

/**
 * After so many characters the channel starts anew: VS Code keeps all of it in memory, in the
 * window, for as long as the channel is shown.
 */
const LONGEST_CHARACTERS = 16 * 1024 * 1024;

/**
 * The output channel "Live Log Stream": lines as text without colours, batched and budgeted, and
 * what happened to the stream in its place between them. It exists from the first use on.
 */
export class LogOutputChannel implements Disposable {
  readonly #channel: vscode.OutputChannel;
  readonly #budget: OutputBudget;
  #characters = 0;

  /** @param toText whole lines, newlines included, as a person shall read them. */
  constructor(clock: Clock, toText: (lines: Uint8Array) => string) {
    // The language "log" gives times and levels their colours.
    this.#channel = vscode.window.createOutputChannel(texts.extension.names.outputChannel, 'log');
    this.#budget = new OutputBudget(
      {
        append: (text) => this.#append(text),
        leftOut: (lines) => this.#append(`${texts.extension.output.leftOut(lines)}\n`),
      },
      toText,
      clock,
    );
  }

  /** Adds whole lines, each ending in a newline. */
  addLines(bytes: Uint8Array, count: number): void {
    this.#budget.addLines(bytes, count);
  }

  /** Adds what happened, in its place between the lines. */
  addNotice(text: string): void {
    this.#budget.addNotice(texts.extension.output.notice(text));
  }

  clear(): void {
    this.#budget.flush();
    this.#channel.clear();
    this.#characters = 0;
  }

  show(): void {
    this.#budget.flush();
    this.#channel.show(true);
  }

  dispose(): void {
    this.#budget.dispose();
    this.#channel.dispose();
  }

  #append(text: string): void {
    this.#characters += text.length;
    if (this.#characters > LONGEST_CHARACTERS) {
      this.#channel.clear();
      this.#channel.append(`${texts.extension.output.restarted(LONGEST_CHARACTERS / 1024 / 1024)}\n`);
      this.#characters = text.length;
    }
    this.#channel.append(text);
  }
}
