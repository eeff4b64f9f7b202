// Loaded before a server (`node --require`): while the file that FAILING_READS names holds the path of
// another one, reads of that one fail as those of a network file system that is away.
const { readFileSync } = require('node:fs');
const promises = require('node:fs/promises');

const failingPath = () => {
  try {
    return readFileSync(process.env.FAILING_READS, 'utf8');
  } catch {
    return undefined;
  }
};
const { open } = promises;
promises.open = async (path, ...rest) => {
  const handle = await open(path, ...rest);
  const read = handle.read.bind(handle);
  handle.read = (...request) =>
    failingPath() === path
      ? Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }))
      : read(...request);
  return handle;
};
