// Preloaded with --import, in every thread: sets the wall clock back by an hour once the file named by the environment
// exists. Monotonic time and the timers of the host are not affected, as when a machine's clock is set.
import { existsSync } from 'node:fs';

const BACK_MS = 3_600_000;
const mark = process.env.MILLRACE_TEST_SET_BACK ?? '';

const machineNow = Date.now;
let backMs = 0;
Date.now = () => machineNow() - backMs;
const looking = setInterval(() => {
  if (!existsSync(mark)) return;
  backMs = BACK_MS;
  clearInterval(looking);
}, 20);
looking.unref();
