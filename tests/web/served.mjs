// `sim crowd` as the server of a test: it says in one line of JSON where it is and how to sign in.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const bin = process.env.XTASK_BIN_DIR ?? new URL('../../target/debug', import.meta.url).pathname;

/** Starts it; `stop` ends it. */
export async function serveCrowd(...more) {
  const served = spawn(`${bin}/sim`, ['crowd', ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = new Promise((resolve, reject) => {
    createInterface({ input: served.stdout }).once('line', resolve);
    served.once('error', reject);
    served.once('exit', (code) => reject(new Error(`sim crowd ended with ${code}`)));
  });
  return { world: JSON.parse(await line), stop: () => served.kill('SIGTERM') };
}
