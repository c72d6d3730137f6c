"""Where raw pages rest: parts, progress and manifests of a run, its type notes, positions and leases."""
