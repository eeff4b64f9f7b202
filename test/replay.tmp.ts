import { playSchedule } from './support/followedScene';
const schedule = JSON.parse(process.argv[2]!);
playSchedule(Array.isArray(schedule) ? schedule[0] : schedule).then(() => console.log('fine'), (e) => console.log(e.message, e.stack));
