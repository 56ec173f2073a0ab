"""What is in deploy/, held against what can be had here: containers aren't built, and the chart isn't installed.

There is no `helm` to be had either. So the chart is rendered by a few rules for the little of its language that it uses
(`rendered`), and what comes out is held against the schemas of Kubernetes; `helm` itself may still see it differently.
"""

import configparser
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from jinja2 import Environment, StrictUndefined

from main import Secrets, Settings

DEPLOY = Path(__file__).parents[1] / "deploy"
CHART = DEPLOY / "helm" / "bijdragewijzer"
SETTINGS = {f"BIJDRAGEWIJZER_{name.upper()}" for name in (*Settings.model_fields, *Secrets.model_fields)}
KUBERNETES = "1.30.0"
OF_YAML = {
    "extends": "default",
    "rules": {
        "line-length": {"max": 120},
        "document-start": "disable",
        "braces": {"max-spaces-inside": 0},
        "comments": {"min-spaces-from-content": 1},
    },
}
# Go's templates, as Jinja has them.
IN_JINJA = (
    (r"range \$(\w+) := until \(int (\S+)\)", r"for \1 in range(\2)"),
    (r"range \$(\w+), \$(\w+) := (\S+)", r"for \1, \2 in \3.items()"),
    (r"range \$(\w+) := (\S+)", r"for \1 in \2"),
    (r"default (\S+) (\S+)", r"\2 or \1"),
    (r"toYaml (\S+) \| nindent (\d+)", r"to_yaml(\1, \2)"),
    (r"\.Files\.Get (\S+) \| nindent (\d+)", r"read(\1, \2)"),
    (r"toYaml (\S+) \| sha256sum", r"sha256sum(to_yaml(\1, 0))"),
    (r"\.Files\.Get (\S+) \| sha256sum", r"sha256sum(read(\1, 0))"),
    (r"(\S+) \| quote", r"quote(\1)"),
    (r"(?<![\w\"])\$?\.(?=[A-Z])", ""),
    (r"\$", ""),
)


def indented(text: str, spaces: int) -> str:
    return "".join(f"\n{' ' * spaces}{line}".rstrip(" ") for line in text.rstrip().splitlines())


def jinja_of(template: str) -> str:
    """The same template for Jinja; what it doesn't know stays and can't be read."""
    opened: list[str] = []

    def turned(found: re.Match[str]) -> str:
        left, inside = found[1], found[2].strip()
        if inside == "end":
            return f"{{%{left} end{opened.pop()} %}}"
        for go, jinja in IN_JINJA:
            inside = re.sub(go, jinja, inside)
        kind = inside.partition(" ")[0]
        if kind in ("if", "for"):
            opened.append(kind)
            return f"{{%{left} {inside} %}}"
        return f"{{{{{left} {inside} }}}}"

    return re.sub(r"\{\{(-?)(.*?)\}\}", turned, template)


def rendered(**changed: Any) -> list[Mapping[str, Any]]:
    """Every object of the chart."""
    values = {**yaml.safe_load((CHART / "values.yaml").read_text("utf-8")), **changed}
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    context = {
        "Values": values,
        "Chart": {"AppVersion": "1.2.3"},
        "Release": {"Name": "wmo", "Namespace": "zorg"},
        "to_yaml": lambda value, spaces: indented(yaml.safe_dump(value), spaces),
        "read": lambda name, spaces: indented((CHART / name).read_text("utf-8"), spaces),
        "sha256sum": lambda text: hashlib.sha256(text.encode()).hexdigest(),
        "quote": json.dumps,
    }
    found = []
    for template in sorted((CHART / "templates").glob("*.yaml")):
        text = environment.from_string(jinja_of(template.read_text("utf-8"))).render(context)
        found += [each for each in yaml.safe_load_all(text) if each]
    return found


@pytest.mark.parametrize("changed", [{}, {"existingSecret": "staff", "replicas": 6}, {"ingress": {"enabled": False}}])
def test_every_object_of_the_chart_is_one_that_kubernetes_knows(changed: Mapping[str, Any]) -> None:
    objects = rendered(**changed)

    assert {each["kind"] for each in objects} >= {"StatefulSet", "Deployment", "PodDisruptionBudget", "NetworkPolicy"}
    for each in objects:
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


def test_nginx_of_the_chart_knows_every_process() -> None:
    [configuration] = [each for each in rendered(replicas=5) if each["kind"] == "ConfigMap"]

    named = re.findall(r"server (\S+):8080", configuration["data"]["processes.conf"])
    assert named == [f"wmo-{n}.wmo-processes.zorg.svc.cluster.local" for n in range(5)]
    assert configuration["data"]["bijdragewijzer.conf"].startswith("# nginx before several processes")


def nginx_of(changed: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))["nginx"], **changed}


def test_nginx_of_the_chart_knows_people_apart_behind_an_ingress() -> None:
    nginx = nginx_of({"trustedProxies": ["10.0.0.0/8", "fd00::/8"]})
    [configuration] = [each for each in rendered(nginx=nginx) if each["kind"] == "ConfigMap"]

    processes = configuration["data"]["processes.conf"]
    assert "\nreal_ip_header X-Forwarded-For;\n" in processes
    assert re.findall(r"^set_real_ip_from (\S+);$", processes, re.MULTILINE) == ["10.0.0.0/8", "fd00::/8"]


def test_nginx_of_the_chart_rolls_when_its_configuration_changes() -> None:
    def annotations(**changed: Any) -> Mapping[str, str]:
        [deployment] = [each for each in rendered(**changed) if each["kind"] == "Deployment"]
        found: Mapping[str, str] = deployment["spec"]["template"]["metadata"]["annotations"]
        return found

    assert annotations() == annotations()
    assert {"nginx.conf", "bijdragewijzer.conf"} <= annotations().keys()
    for changed in ({"replicas": 7}, {"nginx": nginx_of({"resolver": "10.0.0.10"})}):
        assert annotations(**changed) != annotations()


def test_nothing_in_the_cluster_has_rights_that_it_does_not_need() -> None:
    for each in rendered():
        if each["kind"] not in ("StatefulSet", "Deployment"):
            continue
        pod = each["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            rights = container["securityContext"]
            assert (rights["readOnlyRootFilesystem"], rights["capabilities"]) == (True, {"drop": ["ALL"]})
            assert {"readinessProbe", "livenessProbe"} <= container.keys()
            assert container["resources"]["limits"]["memory"]


def test_the_values_are_as_their_schema_says() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))

    jsonschema.validate(values, schema)
    with pytest.raises(jsonschema.ValidationError, match="minimum"):
        jsonschema.validate({**values, "replicas": 1}, schema)
    with pytest.raises(jsonschema.ValidationError, match="should not be valid"):  # the chart's probes know its port
        jsonschema.validate({**values, "settings": {"BIJDRAGEWIJZER_PORT": "9000"}}, schema)


def test_processes_of_compose_write_nothing_and_nginx_waits_for_them() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]

    named = re.findall(r"server (\w+):8080", (DEPLOY / "nginx" / "processes.compose.conf").read_text("utf-8"))
    assert sorted(services) == ["nginx", *named]
    assert list(services["nginx"]["depends_on"]) == named
    for service in services.values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["mem_limit"]
    for name in named:
        assert "/healthz" in services[name]["healthcheck"]["test"][-1]
        assert services[name]["stop_grace_period"] == "35s"
    for mounted in services["nginx"]["volumes"]:
        assert (DEPLOY / mounted.partition(":")[0]).is_file()


def test_the_lists_of_what_is_wrong_with_these_files_are_empty() -> None:
    files = [DEPLOY / "compose.yaml", CHART / "values.yaml", CHART / "Chart.yaml"]
    rules = json.dumps(OF_YAML)
    for tool in (
        ["hadolint", str(DEPLOY / "Containerfile")],
        ["yamllint", "-d", rules, *map(str, files)],
    ):
        found = subprocess.run(
            [Path(sys.executable).parent / tool[0], *tool[1:]], capture_output=True, text=True, check=False
        )
        assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_unit_of_systemd_has_no_rights_that_it_does_not_need() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(DEPLOY / "systemd" / "bijdragewijzer@.service", "utf-8")

    service = unit["Service"]
    assert (service["DynamicUser"], service["ProtectSystem"], service["NoNewPrivileges"]) == ("yes", "strict", "yes")
    assert int(service["TimeoutStopSec"]) > 20
    flags = re.findall(r"--([a-z-]+)", service["ExecStart"])
    assert {flag.replace("-", "_") for flag in flags} <= set(Settings.model_fields)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_reads_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "systemd" / "bijdragewijzer@.service").read_text("utf-8")
    unit = tmp_path / "bijdragewijzer@8201.service"
    # The project isn't installed there where tests run: another program that is there.
    unit.write_text(text.replace("/opt/bijdragewijzer/.venv/bin/python", "/bin/true"), "utf-8")

    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_every_setting_that_is_set_there_exists() -> None:
    for file in sorted(path for path in DEPLOY.rglob("*") if path.is_file()):
        text = file.read_text("utf-8")
        assert set(re.findall(r"BIJDRAGEWIJZER_[A-Z]+(?:_[A-Z]+)*", text)) <= SETTINGS, file


def test_the_container_copies_all_that_the_service_reads() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")

    copied = set(re.findall(r"^COPY (?!--)(\S+)", text, re.MULTILINE))
    assert copied == {"requirements.lock", "main.py", "estimator", "content", "locales", "assets"}
    allowed = {line[1:] for line in (DEPLOY.parent / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"}
    assert allowed == copied
