// Runs a bundled program as a user without rights, where the tests run as root, who may read
// everything: `node withoutRights.cjs PROGRAM [ARG…]`. The program is read before the rights are
// given up, since its folder may be closed to others.
const { readFileSync } = require('node:fs');
const Module = require('node:module');

const NOBODY = 65534;
const [program, ...args] = process.argv.slice(2);
const code = readFileSync(program, 'utf8').replace(/^#!.*/, '');
process.argv = [process.argv[0], program, ...args];
process.setgid(NOBODY);
process.setuid(NOBODY);
const main = new Module(program);
main.filename = program;
main.paths = [];
main._compile(code, program);
