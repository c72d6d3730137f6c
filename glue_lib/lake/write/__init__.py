"""How a frame becomes a table: one module a write mode."""
