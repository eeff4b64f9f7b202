import type { Clock } from '../../base/clock';
import { type Disposable, toDisposable } from '../../base/disposable';
import type { Random } from '../../base/random';
import { texts } from '../../text/texts';
import { RingSource } from './ringSource';

const USERS = ['alice', 'bob', 'carol', 'dave'];
const ROUTES = ['/api/items', '/api/items/42', '/api/cart', '/login', '/healthz', '/api/search?q=lamp'];

type Writer = (time: string, random: Random) => string[];

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random.next() * choices.length)] as T;
}

function whole(random: Random, from: number, to: number): number {
  return from + Math.floor(random.next() * (to - from + 1));
}

/** Kinds of entries with how often they come, in the formats that services write. */
const ENTRIES: readonly { readonly weight: number; readonly write: Writer }[] = [
  {
    weight: 50,
    write: (time, random) => [
      `${time} INFO  [web] demo ${pick(random, ['GET', 'POST'])} ${pick(random, ROUTES)} 200 in ${whole(random, 2, 90)} ms user=${pick(random, USERS)}`,
    ],
  },
  {
    weight: 20,
    write: (time, random) => [
      `${time} DEBUG [cache] demo hit rate ${whole(random, 60, 99)} % over ${whole(random, 100, 900)} keys`,
    ],
  },
  {
    weight: 10,
    write: (time, random) => [
      JSON.stringify({
        level: 30,
        time: Date.parse(time),
        name: 'billing',
        msg: 'demo invoice sent',
        user: pick(random, USERS),
        amount: whole(random, 5, 500),
      }),
    ],
  },
  {
    weight: 8,
    write: (time, random) => [
      `\u001b[32m${time} INFO \u001b[0m [build] \u001b[1mdemo\u001b[0m compiled \u001b[36m${whole(random, 3, 40)} modules\u001b[0m`,
    ],
  },
  {
    weight: 8,
    write: (time, random) => [`${time} WARN  [db] demo slow query: ${whole(random, 900, 4000)} ms on table orders`],
  },
  {
    weight: 4,
    write: (time, random) => [
      `${time} ERROR [web] demo request failed user=${pick(random, USERS)}`,
      'java.lang.IllegalStateException: demo: cart is already closed',
      '    at com.example.shop.Cart.add(Cart.java:88)',
      '    at com.example.shop.CartController.post(CartController.java:41)',
      'Caused by: java.net.SocketTimeoutException: demo: read timed out',
      '    ... 2 more',
    ],
  },
];

const TOTAL_WEIGHT = ENTRIES.reduce((sum, entry) => sum + entry.weight, 0);

function chooseEntry(random: Random): Writer {
  let at = random.next() * TOTAL_WEIGHT;
  for (const entry of ENTRIES) {
    at -= entry.weight;
    if (at < 0) {
      return entry.write;
    }
  }
  return (ENTRIES[0] as (typeof ENTRIES)[number]).write;
}

/** A made-up log, and it says so in its name and in every line. About five entries a second. */
export function createDemoSource(
  clock: Clock,
  random: Random,
): { readonly source: RingSource; readonly feed: Disposable } {
  const source = new RingSource({
    id: 'demo',
    name: texts.server.demoName,
    kind: 'demo',
    capacityBytes: 4 * 1024 * 1024,
    clock,
  });
  let timer: Disposable | undefined;
  const write = (atMs: number) => {
    const lines = chooseEntry(random)(new Date(atMs).toISOString(), random);
    source.append({ bytes: Buffer.from(`${lines.join('\n')}\n`), count: lines.length, continues: false });
  };
  // Someone who opens the page sees a log at once, with a minute behind it.
  for (let ago = 60_000; ago > 0; ago -= 500) {
    write(clock.wallTime() - ago);
  }
  const next = () => {
    write(clock.wallTime());
    timer = clock.schedule(whole(random, 20, 400), next);
  };
  timer = clock.schedule(100, next);
  return { source, feed: toDisposable(() => timer?.dispose()) };
}
