import { type Disposable, toDisposable } from '../base/disposable';

type Events = HTMLElementEventMap & DocumentEventMap;

/** Listens to an event of an element or of the document until disposed. */
export function listen<Name extends keyof Events>(
  target: HTMLElement | Document,
  name: Name,
  listener: (event: Events[Name]) => void,
  options?: AddEventListenerOptions,
): Disposable {
  target.addEventListener(name, listener as EventListener, options);
  return toDisposable(() => target.removeEventListener(name, listener as EventListener, options));
}
