#!/usr/bin/env bash
# Run the tests, or those that the arguments name. Where Glue's own classes are, the tests of their stand-in are skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec "${PYTHON:-python3}" -m pytest "$@"
