"""The JVM side of AWS's own `awsglue` package, for laptops and CI.

`awsglue` is a thin Python layer: each of its methods calls an object inside Glue's JVM. This package puts Python
objects, backed by Spark DataFrames, where `awsglue` looks for those. AWS's package itself stays as it is.

    spark = SparkSession.builder.getOrCreate()
    awsglue_local.install(spark.sparkContext)
    glue = GlueContext(spark.sparkContext)      # from awsglue.context, as in every Glue job
"""

from awsglue_local.view import install

__all__ = ["install"]
