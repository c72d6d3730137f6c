#!/usr/bin/env bash
# Install what the tests need (`requirements`) or the project itself (`project`), and replace nothing that is there:
# every package is a constraint. The one exception is boto3 with its two companions, which Glue 5.0 has older than the
# lake's conditional writes need; where they are new enough they stay too.
set -euo pipefail
cd "$(dirname "$0")/../.."

case "${1:-}" in
    requirements) what=(--requirement docker/requirements.txt) ;;
    project) what=(.) ;;  # not its extra `local`: pyspark, Delta and awsglue are the image's
    *) echo "install.sh: say what: requirements or project" >&2; exit 2 ;;
esac

python="${PYTHON:-python3}"
there="$(mktemp)"
trap 'rm -f "$there"' EXIT
"$python" -m pip list --format=freeze \
    | grep -viE '^(boto3|botocore|s3transfer|pip|setuptools|wheel|headwater)==' > "$there" || true
"$python" -m pip install --disable-pip-version-check --no-cache-dir --constraint "$there" "${what[@]}"
