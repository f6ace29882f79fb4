import { GenericContainer, Wait } from "testcontainers";

const emulator = await new GenericContainer("ghcr.io/segments-as-code/emulator:0.1")
  .withEnvironment({ LAUNCHDARKLY_ACCESS_TOKEN: "api-test" })
  .withExposedPorts(8765)
  .withWaitStrategy(Wait.forHealthCheck())
  .start();
const baseUri = `http://${emulator.getHost()}:${emulator.getMappedPort(8765)}`;
const answer = await fetch(`${baseUri}/api/v2/segments/default/production`, {
  headers: { Authorization: "api-test" },
});
console.log(await answer.json());
await emulator.stop();
