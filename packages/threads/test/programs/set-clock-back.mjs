// Preloaded with --import, in every thread: sets the wall clock back by an hour once the file is there that the environment
// names. Monotonic time and the timers of the host know nothing of it, as when a machine's clock is set.
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
