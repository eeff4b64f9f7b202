import { type Disposable, toDisposable } from '../base/disposable';

/** Listens to an event of an element until disposed. */
export function listen<Name extends keyof HTMLElementEventMap>(
  target: HTMLElement | Document,
  name: Name,
  listener: (event: HTMLElementEventMap[Name]) => void,
  options?: AddEventListenerOptions,
): Disposable {
  target.addEventListener(name, listener as EventListener, options);
  return toDisposable(() => target.removeEventListener(name, listener as EventListener, options));
}
