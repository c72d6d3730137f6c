"""GlueLogger, through Python's logging: the logger is called `GlueLogger`, as in Glue's own logs."""

import logging

from awsglue_local.absent import StandIn


class GlueLogger(StandIn):
    jvm_name = "GlueLogger"

    def info(self, message: str) -> None:
        logging.getLogger("GlueLogger").info("%s", message)

    def warn(self, message: str) -> None:
        logging.getLogger("GlueLogger").warning("%s", message)

    def error(self, message: str) -> None:
        logging.getLogger("GlueLogger").error("%s", message)
