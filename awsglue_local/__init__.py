"""The JVM side of AWS's own `awsglue` package, for laptops and CI.

`awsglue` is a thin Python layer: each of its methods calls an object inside Glue's JVM. This package puts Python
objects, backed by Spark DataFrames, where `awsglue` looks for those. AWS's package itself stays as it is.

    spark = SparkSession.builder.getOrCreate()
    awsglue_local.install(spark.sparkContext)
    glue = GlueContext(spark.sparkContext)      # from awsglue.context, as in every Glue job

pytest loads this package for its plugin, so it imports Spark only when it is needed.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark import SparkContext

__all__ = ["install"]


def install(spark_context: "SparkContext") -> None:
    """Let `awsglue` find its JVM objects. Where Glue's own classes are on the class path nothing is changed.

    It holds for the process: contexts and sessions made later find them too. Doing it twice does no harm.
    """
    from awsglue_local import view

    view.install(spark_context)
