#!/usr/bin/env bash
# The demo's API on loopback, at its own port or $PORT.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec "${PYTHON:-python3}" -m demo serve ${PORT:+--port "$PORT"}
