"""docker/ and pyproject.toml ask for the same; whether the image builds is seen where there is Docker."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import venv
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
LINES = (DOCKER / "requirements.txt").read_text().splitlines()
REQUIREMENTS = [line for line in LINES if line and not line.startswith("#")]
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())
STEPS = sorted((DOCKER / "steps").glob("*.sh"))


def test_the_image_gets_what_the_extras_name_in_the_same_ranges() -> None:
    assert REQUIREMENTS
    assert [line for line in REQUIREMENTS if not any(line in lines for lines in EXTRAS.values())] == []


def test_the_image_keeps_its_own_spark_and_awsglue() -> None:
    own = ("pyspark", "delta-spark", "awsgluedataplanepython")

    assert [line for line in REQUIREMENTS if line.lower().startswith(own)] == []
    assert "[local]" not in "".join(path.read_text() for path in [DOCKER / "Dockerfile", *STEPS])


def test_every_step_is_a_script_that_bash_reads_and_something_calls() -> None:
    callers = "".join((DOCKER / name).read_text() for name in ("Dockerfile", "compose.yaml", "test.sh"))

    for step in STEPS:
        assert os.access(step, os.X_OK), step.name
        assert subprocess.run(["bash", "-n", str(step)], check=False).returncode == 0
        assert f"docker/steps/{step.name}" in callers
    for named in re.findall(r"docker/steps/[\w.-]+", callers):
        assert (ROOT / named).is_file()


def test_the_same_image_is_the_default_everywhere() -> None:
    defaults = [re.findall(r"public\.ecr\.aws/glue/aws-glue-libs:5\b(?!\.)", (DOCKER / name).read_text())
                for name in ("Dockerfile", "compose.yaml", "test.sh")]  # fmt: skip

    assert all(defaults)
    assert {service["image"] for service in COMPOSE["services"].values()} == {"headwater-glue"}


LOOKS = {
    "schema": ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(DOCKER / "compose.yaml")],
    "hadolint": ["hadolint", str(DOCKER / "Dockerfile")],
    "shellcheck": ["shellcheck", *map(str, [DOCKER / "test.sh", *STEPS])],
}


def looked_at(command: list[str]) -> subprocess.CompletedProcess[str]:
    tool = shutil.which(command[0], path=str(Path(sys.executable).parent)) or shutil.which(command[0])
    if tool is None:
        pytest.skip(f"{command[0]} is not installed: it comes with the extra `test`, not with Glue's image")
    return subprocess.run([tool, *command[1:]], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_written_for_docker_is_what_its_own_tools_take(look: str) -> None:
    seen = looked_at(LOOKS[look])

    assert seen.returncode == 0, seen.stdout + seen.stderr


def test_the_tools_do_see_what_is_wrong(tmp_path: Path) -> None:
    wrong = {
        "schema": "services: {a: {image: x, entrypont: y}}",
        "hadolint": "FROM debian\nRUN cd /tmp && sudo ls\n",
        "shellcheck": "#!/bin/bash\nif [ $1 = ]; then echo x\n",
    }
    for look, text in wrong.items():
        (tmp_path / "wrong.yaml").write_text(text)
        *command, _ = LOOKS[look] if look != "shellcheck" else ["shellcheck", ""]
        assert looked_at([*command, str(tmp_path / "wrong.yaml")]).returncode != 0, look


def test_who_speaks_on_loopback_shares_a_network() -> None:
    services = COMPOSE["services"]

    assert {name for name, service in services.items() if service.get("network_mode") == "service:aws"} == {
        "api",
        "shell",
    }
    assert set(services["shell"]["depends_on"]) == {"aws", "api"}
    assert "5000" in services["shell"]["environment"]["AWS_ENDPOINT_URL"]
    assert "PORT:-5000" in (DOCKER / "steps" / "serve-aws.sh").read_text()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.slow
@pytest.mark.parametrize(("step", "path"), [("serve-aws.sh", "/moto-api/"), ("serve-api.sh", "/")])
def test_a_serving_step_answers(step: str, path: str) -> None:
    port = free_port()
    environment = {**os.environ, "PYTHON": sys.executable, "PORT": str(port)}
    server = subprocess.Popen(["bash", str(DOCKER / "steps" / step)], env=environment, stderr=subprocess.DEVNULL)
    try:
        assert answers(f"http://127.0.0.1:{port}{path}", server)
    finally:
        server.terminate()
        server.wait()


def answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5)
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.2)
        else:
            return True
    return False


@pytest.mark.slow
def test_the_steps_of_the_image_install_and_test_in_an_environment_of_their_own(tmp_path: Path) -> None:
    """What is there stays: an older package of a range is not replaced."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "pydantic==2.11.0"], check=True)
    environment = {**os.environ, "PYTHON": python}

    for what in ("requirements", "project"):
        subprocess.run([str(DOCKER / "steps" / "install.sh"), what], env=environment, check=True, capture_output=True)

    frozen = subprocess.run([python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True).stdout
    assert "pydantic==2.11.0" in frozen and "moto==5.2.5" in frozen and "pyspark" not in frozen
    tested = subprocess.run(
        [str(DOCKER / "steps" / "test.sh"), "tests/spec/test_loader.py", "-q", "-p", "no:cacheprovider"],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert subprocess.run([str(DOCKER / "steps" / "install.sh")], env=environment, capture_output=True).returncode == 2
