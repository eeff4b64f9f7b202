import { seededRandom } from '../../src/base/random';

const MINUTE = Date.UTC(2026, 10, 24, 10);

/** Some minutes of a shop's services: JSON, plain text, logfmt, colours and stack traces; always the same. */
export function shopLog(): string {
  const random = seededRandom(7);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T;
  let time = MINUTE;
  let text = '';
  for (let at = 0; at < 320; at++) {
    time += pick([12, 90, 400, 1500]);
    const stamp = new Date(time).toISOString();
    const share = random.next();
    if (share < 0.45) {
      const record = {
        level: pick([30, 30, 30, 20, 40]),
        time,
        pid: 7,
        hostname: 'web',
        reqId: `r-${at}`,
        msg: 'request completed',
        method: 'GET',
        path: `/api/orders/${at % 9}`,
        status: pick([200, 200, 200, 404, 503]),
        ms: 2 + Math.floor(random.next() * 300),
      };
      text += `${JSON.stringify(record)}\n`;
    } else if (share < 0.75) {
      text += `${stamp} ${pick(['INFO', 'DEBUG', 'WARN', 'INFO'])} [billing] invoice ${at} sent, see https://example.com/invoices/${at}\n`;
    } else if (share < 0.82) {
      text += `${stamp} DEBUG [web] heartbeat ${at}\n`;
    } else if (share < 0.88) {
      text += `${stamp} ERROR [billing] cannot charge order ${at}\njava.lang.IllegalStateException: card declined\n\tat com.shop.Billing.charge(Billing.java:42)\n\tat com.shop.Orders.pay(Orders.java:117)\n`;
    } else if (share < 0.94) {
      text += `ts=${stamp} level=info msg="cache warmed" entries=${Math.floor(random.next() * 9000)} took=1.5s\n`;
    } else {
      text += `${stamp} \u001b[33mWARN\u001b[0m retrying \u001b[36mpayment\u001b[0m of order ${at}\n`;
    }
  }
  return text;
}
