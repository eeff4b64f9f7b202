// The members of a crowd, see crowd.ts. Plain JavaScript, since it runs in a process of its own.
const { connect } = require('node:net');

const [port, size, renewMs] = process.argv.slice(2, 5).map(Number);
const text = process.argv[5] ?? '';
let ended = 0;
let wanted = Number.POSITIVE_INFINITY;

function open(opened) {
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => {
    if (text !== '') {
      // Nothing is read of what comes back.
      socket.pause();
      socket.write(text);
    }
    opened();
  });
  socket.on('error', () => {});
  socket.once('close', () => {
    opened();
    ended++;
    if (ended >= wanted) {
      wanted = Number.POSITIVE_INFINITY;
      process.send('ended');
    }
    // Spread, so that they do not come back all at once.
    setTimeout(() => open(() => {}), renewMs * (0.5 + Math.random()));
  });
}

void Promise.all(Array.from({ length: size }, () => new Promise(open))).then(() => process.send('gathered'));
process.on('message', (count) => {
  wanted = count;
});
process.on('disconnect', () => process.exit());
