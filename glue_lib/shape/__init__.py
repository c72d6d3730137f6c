"""From nested to flat: landed records become one frame per table, with stable keys, stable names and exact values."""
