"""Names and texts as Spark SQL takes them, whatever they hold: the only way by which either gets into SQL here."""


def quoted(*names: str) -> str:
    """Return the path of a column: each name in backticks, joined by points."""
    return ".".join("`" + name.replace("`", "``") + "`" for name in names)


def literal(text: str) -> str:
    """Return a text as an SQL literal; two single quotes would not do, since Spark joins neighbouring literals."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
