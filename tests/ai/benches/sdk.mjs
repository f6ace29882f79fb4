// How long LaunchDarkly's AI SDK for Node takes for what `config.rs` measures, on the same value.
//
// Started by `cargo bench -p segments-ai-tests`, in the folder in which the SDK is installed. Takes the value that is
// served, and prints nanoseconds: of reading, and of a run.

import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/`);
const { initAi } = require('@launchdarkly/server-sdk-ai');

const served = JSON.parse(process.argv[2]);
const client = initAi({ variation: async () => served, track() {} });
const context = { kind: 'user', key: 'u-1' };
const variables = { name: 'Ann', product: 'the app' };
const read = () => client.completionConfig('support-assistant', context, { enabled: false }, variables);

const config = await read();
if (!config.enabled || config.messages.length !== 2) throw new Error('the configuration was not read');

// A tracker of this SDK takes each event once, so each run is of a configuration of its own.
const configs = [];
const run = () => {
  const { tracker } = configs.pop();
  tracker.trackDuration(5);
  tracker.trackSuccess();
  tracker.trackTokens({ total: 30, input: 10, output: 20 });
};

async function best(work, count = 2000) {
  const times = [];
  for (let round = 0; round < 20; round += 1) {
    if (work === run) for (let at = 0; at < count; at += 1) configs.push(await read());
    const begin = process.hrtime.bigint();
    for (let at = 0; at < count; at += 1) await work();
    times.push(Number(process.hrtime.bigint() - begin) / count);
  }
  return Math.min(...times);
}

console.log(await best(read), await best(run));
