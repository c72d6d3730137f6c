#!/usr/bin/env bash
# An AWS on loopback: moto's server, at port 5000 or $PORT.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec "${PYTHON:-python3}" -m moto.server -H 127.0.0.1 -p "${PORT:-5000}"
