"""What the files in deploy/ say of the server is what the server has; nothing is run."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from lissom.faces.commands import find_row, open_command
from lissom.faces.web.openapi import SUMMARIES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy"
IMAGE = "lissom-serve:" + tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
OPTIONS = {
    name: option
    for option in open_command(find_row("serve")).params
    for name in option.opts
    if name.startswith("--")
}
PORT = OPTIONS["--port"].default
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(read(name)))


def by_kind(kind: str) -> dict[str, Any]:
    (found,) = [one for one in documents("kubernetes.yaml") if one["kind"] == kind]
    return found


def pods() -> list[dict[str, Any]]:
    deployment = by_kind("Deployment")["spec"]["template"]["spec"]
    return [deployment, documents("kserve.yaml")[0]["spec"]["predictor"]]


def filling() -> dict[str, Any]:
    (found,) = documents("kubernetes-fill.yaml")
    spec: dict[str, Any] = found["spec"]
    return spec


def container(pod: dict[str, Any]) -> dict[str, Any]:
    (found,) = pod["containers"]
    return found


def json_line(name: str) -> list[str]:
    """Return the words of an instruction in the container file."""
    found: list[str] = json.loads(
        re.findall(rf"^{name} (\[.*\])$", read("Containerfile"), re.MULTILINE)[-1]
    )
    return found


def started_with() -> dict[str, list[str]]:
    """Return file to the words after `lissom serve`."""
    before = json_line("ENTRYPOINT")[2:]
    service = re.search(r"^ExecStart=\S+/lissom serve (.*)$", read("lissom.service"), re.MULTILINE)
    assert service is not None
    return {
        "Containerfile": before + json_line("CMD"),
        "kubernetes.yaml": before + container(pods()[0])["args"],
        "kserve.yaml": before + container(pods()[1])["args"],
        "lissom.service": service[1].split(),
    }


@pytest.mark.parametrize(
    "name", ["Containerfile", "kubernetes.yaml", "kserve.yaml", "lissom.service"]
)
def test_the_command_line_is_one_that_the_server_takes(name: str) -> None:
    words = started_with()[name]
    assert words
    context = open_command(find_row("serve")).make_context("serve", list(words))
    chosen = context.params
    assert chosen["port"] == PORT
    assert chosen["bundles"] or chosen["models"]
    if name == "lissom.service":
        assert chosen["host"] == "127.0.0.1"
    else:
        assert chosen["host"] == "0.0.0.0"  # noqa: S104 - inside a container
    # Whoever can be reached by others asks for keys; KServe puts its own gate in front.
    assert chosen["keys"] or name == "kserve.yaml"


@pytest.mark.parametrize("pod", pods(), ids=["kubernetes", "kserve"])
def test_probes_ask_paths_that_need_no_key(pod: dict[str, Any]) -> None:
    served = container(pod)
    (port,) = served["ports"]
    assert port["containerPort"] == PORT
    found = [served[probe]["httpGet"] for probe in PROBES if probe in served]
    assert len(found) >= 2
    for asked in found:
        assert ("GET", asked["path"]) in SUMMARIES
        assert asked["path"].startswith(("/health/", "/v2/health/"))
        assert asked["port"] in {PORT, port["name"]}
    assert served["readinessProbe"]["httpGet"]["path"].endswith("/ready")
    assert served["livenessProbe"]["httpGet"]["path"].endswith("/live")


@pytest.mark.parametrize("pod", [*pods(), filling()], ids=["kubernetes", "kserve", "fill"])
def test_a_pod_has_no_more_rights_than_it_needs(pod: dict[str, Any]) -> None:
    served, whole = container(pod), pod["securityContext"]
    assert whole["runAsNonRoot"] is True
    assert whole["runAsUser"] == 10001
    assert whole["seccompProfile"]["type"] == "RuntimeDefault"
    own = served["securityContext"]
    assert own["allowPrivilegeEscalation"] is False
    assert own["readOnlyRootFilesystem"] is True
    assert own["capabilities"]["drop"] == ["ALL"]
    assert served["resources"]["limits"]["memory"]
    assert served["resources"]["requests"]["cpu"]
    assert served["image"] == IMAGE


@pytest.mark.parametrize("pod", pods(), ids=["kubernetes", "kserve"])
def test_what_is_mounted_is_there_and_what_is_written_can_be(pod: dict[str, Any]) -> None:
    served = container(pod)
    volumes = {one["name"]: one for one in pod["volumes"]}
    mounts = {one["mountPath"]: one for one in served["volumeMounts"]}
    assert {one["name"] for one in mounts.values()} <= set(volumes)
    surroundings = {one["name"]: one["value"] for one in served["env"]}
    writable = [path for path, one in mounts.items() if not one.get("readOnly")]
    assert surroundings["LISSOM_HOME"].startswith(tuple(writable))
    trust = surroundings["LISSOM_TRUST"]
    assert mounts[str(Path(trust).parent)]["readOnly"] is True
    words = served["args"]
    if "--log" in words:
        assert words[words.index("--log") + 1].startswith(tuple(writable))


def test_the_pod_that_fills_writes_where_the_server_reads() -> None:
    served, filled = container(pods()[0]), container(filling())
    of_server = {one["name"]: one["mountPath"] for one in served["volumeMounts"]}
    of_filler = {one["name"]: one["mountPath"] for one in filled["volumeMounts"]}
    assert of_filler.items() <= of_server.items()
    homes = [
        {one["name"]: one["value"] for one in each["env"]}["LISSOM_HOME"]
        for each in (served, filled)
    ]
    assert homes[0] == homes[1]
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    words = served["args"]
    assert f"lissom-fill:{words[words.index('--models') + 1]}/inbox-model" in page


def test_a_log_has_one_process() -> None:
    spec = by_kind("Deployment")["spec"]
    assert "--log" in container(spec["template"]["spec"])["args"]
    assert spec["replicas"] == 1
    assert spec["strategy"]["type"] == "Recreate"
    assert "--log" not in container(pods()[1])["args"]


def test_service_claim_and_policy_belong_to_the_deployment() -> None:
    labels = by_kind("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert by_kind("Service")["spec"]["selector"].items() <= labels.items()
    assert by_kind("NetworkPolicy")["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert by_kind("NetworkPolicy")["spec"]["egress"] == []
    claims = {
        one["persistentVolumeClaim"]["claimName"]
        for one in pods()[0]["volumes"]
        if "persistentVolumeClaim" in one
    }
    assert claims == {by_kind("PersistentVolumeClaim")["metadata"]["name"]}
    assert (
        by_kind("Service")["spec"]["ports"][0]["targetPort"]
        == container(pods()[0])["ports"][0]["name"]
    )


def test_the_image_is_pinned_and_not_roots() -> None:
    text = read("Containerfile")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+", base) for base in bases)
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) == ["10001:10001"]
    assert f"EXPOSE {PORT}" in text
    checked = re.search(r"http://127\.0\.0\.1:(\d+)(/[\w/]+)", text)
    assert checked is not None
    assert (int(checked[1]), checked[2]) == (PORT, "/health/ready")
    assert f"-t {IMAGE} " in text


def test_only_what_is_installed_goes_into_the_image() -> None:
    lines = read("Containerfile.dockerignore").split()
    kept = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert "*" in lines
    assert sorted(kept) == ["LICENSE", "README.md", "pyproject.toml", "src"]
    assert all((ROOT / name).exists() for name in kept)


def test_compose_reaches_this_machine_only_and_mounts_what_the_image_reads() -> None:
    served = documents("compose.yaml")[0]["services"]["serve"]
    assert served["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert served["read_only"] is True
    assert served["cap_drop"] == ["ALL"]
    assert served["image"] == IMAGE
    assert (FOLDER / served["build"]["context"] / served["build"]["dockerfile"]).is_file()
    inside = {one.split(":")[1]: one.split(":")[2:] for one in served["volumes"]}
    assert inside["/srv/models"] == inside["/etc/lissom/trust.toml"] == ["ro"]
    surroundings = dict(re.findall(r"(LISSOM_\w+)=(\S+)", read("Containerfile")))
    assert surroundings["LISSOM_HOME"] in inside
    assert surroundings["LISSOM_TRUST"] in inside
    words = json_line("CMD")
    assert words[words.index("--models") + 1] in inside
    assert words[words.index("--log") + 1] in inside


def test_the_service_keeps_to_its_two_folders() -> None:
    lines = dict(
        line.split("=", 1)
        for line in read("lissom.service").splitlines()
        if re.match(r"\w+=", line)
    )
    words = lines["ExecStart"].split()
    assert lines["ProtectSystem"] == "strict"
    assert lines["DynamicUser"] == lines["NoNewPrivileges"] == "yes"
    assert words[words.index("--log") + 1] == "/var/log/" + lines["LogsDirectory"]
    assert f"LISSOM_HOME=/var/lib/{lines['StateDirectory']}" in lines["Environment"]


def test_every_file_is_told_of_and_every_option_in_the_page_exists() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\S+)` \|", page, re.MULTILINE))
    assert told == {path.name for path in FOLDER.iterdir() if path.suffix != ".dockerignore"}
    assert IMAGE in page
    spoken = set(re.findall(r"`(--[a-z-]+)`", page))
    assert spoken
    assert spoken <= set(OPTIONS)
