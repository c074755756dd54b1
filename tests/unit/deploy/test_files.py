"""The files of a deployment are what those who read them expect."""

import json
import re

import pytest
import yaml
from tests.support.deployed import (
    COMPOSE,
    DASHBOARD,
    KUBERNETES,
    PROMETHEUS,
    ROOT,
    containers,
    manifests,
    said,
    tool,
)

DEV = "it is one of the tools for development: make setup"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_compose_yaml_is_as_the_compose_specification_says() -> None:
    said([tool("check-jsonschema", DEV), "--builtin-schema", "vendor.compose-spec", COMPOSE])


def test_the_workflows_are_as_github_says() -> None:
    check = tool("check-jsonschema", DEV)
    said([check, "--builtin-schema", "vendor.github-workflows", *WORKFLOWS])


def test_the_dockerfile_follows_the_rules_of_its_trade() -> None:
    said([tool("hadolint", DEV), ROOT / "Dockerfile"])


def test_all_that_the_image_is_made_of_is_sent_to_where_it_is_built() -> None:
    sent = re.findall(r"(?m)^!(\S+)$", (ROOT / ".dockerignore").read_text())
    copied = re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text())
    assert {word for line in copied for word in line.split()} == set(sent)
    assert all((ROOT / each).exists() for each in sent)


@pytest.mark.parametrize("file", sorted({file for file, _ in manifests()}))
def test_kubernetes_takes_the_manifest(file: str) -> None:
    said([tool("kubernetes-validate", DEV), "--strict", KUBERNETES / file])


def test_the_kustomization_names_every_file_and_can_be_put_together() -> None:
    told = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
    assert set(told["resources"]) == {file for file, _ in manifests()}
    made = said([tool("kubectl", "it comes with Kubernetes"), "kustomize", KUBERNETES])
    assert len(list(yaml.safe_load_all(made))) == len(list(manifests())) + 2  # its ConfigMaps


def test_nothing_of_ours_may_more_than_it_needs() -> None:
    for each in containers():
        allowed = each["securityContext"]
        assert allowed["readOnlyRootFilesystem"]
        assert not allowed["allowPrivilegeEscalation"]
        assert allowed["capabilities"] == {"drop": ["ALL"]}
        assert each["resources"]["limits"]["memory"]
    for service in yaml.safe_load(COMPOSE.read_text())["services"].values():
        assert service["deploy"]["resources"]["limits"]
        if "build" in service:
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]


def test_there_is_one_publisher_and_one_linker_of_a_site() -> None:
    alone = {
        each["metadata"]["name"]
        for _, each in manifests()
        if each["kind"] == "Deployment"
        and each["spec"].get("replicas") == 1
        and each["spec"]["strategy"] == {"type": "Recreate"}
    }
    assert alone == {"publish", "link-live"}


def test_prometheus_finds_every_role_that_stays() -> None:
    told = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    (roles,) = (each for each in told if each["job_name"] == "camweave")
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    ours = {n for n, each in services.items() if each.get("restart") != "no" and "build" in each}
    assert {*roles["dns_sd_configs"][0]["names"], "serve"} == ours


def test_no_two_panels_of_the_dashboard_lie_on_each_other() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    places = [each["gridPos"] for each in panels]
    cells = [
        (x, y)
        for at in places
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
