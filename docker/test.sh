#!/usr/bin/env bash
# Build the image and run the tests in it: `docker/test.sh`, or `docker/test.sh tests/shape -x`.
set -euo pipefail

cd "$(dirname "$0")/.."

if ! command -v docker > /dev/null; then
    echo "docker/test.sh: Docker is not installed; \`make test\` runs the same tests without it" >&2
    exit 2
fi

image="${GLUE_IMAGE:-public.ecr.aws/glue/aws-glue-libs:5}"
DOCKER_BUILDKIT=1 docker build --file docker/Dockerfile --build-arg GLUE_IMAGE="$image" --tag headwater-glue .
# shellcheck disable=SC2016  # the words are for the container's shell
docker run --rm headwater-glue -c 'exec docker/steps/test.sh "$@"' test.sh "$@"
