from urllib.request import Request, urlopen

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

emulator = (
    DockerContainer("ghcr.io/segments-as-code/emulator:0.1")
    .with_env("LAUNCHDARKLY_ACCESS_TOKEN", "api-test")
    .with_exposed_ports(8765)
    .waiting_for(HealthcheckWaitStrategy())
)
with emulator:
    base_uri = f"http://{emulator.get_container_host_ip()}:{emulator.get_exposed_port(8765)}"
    request = Request(
        f"{base_uri}/api/v2/segments/default/production",
        headers={"Authorization": "api-test"},
    )
    print(urlopen(request).read())
