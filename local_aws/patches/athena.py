"""Athena's named queries: changed and deleted."""

import json
from typing import Any

from local_aws.patch import Patch
from local_aws.patches.probe import probing
from local_aws.place import Place


def _cannot_change() -> bool:
    with probing("athena") as (athena,):
        query = athena.create_named_query(Name="q", Database="d", QueryString="select 1", WorkGroup="primary")
        try:
            athena.update_named_query(NamedQueryId=query["NamedQueryId"], Name="q", QueryString="select 2")
            athena.delete_named_query(NamedQueryId=query["NamedQueryId"])
        except NotImplementedError:
            return True
        return False


def _let_change(place: Place) -> None:
    from moto.athena.responses import AthenaResponse

    def update_named_query(self: Any) -> str:
        query = self.athena_backend.get_named_query(self._get_param("NamedQueryId"))
        query.name = self._get_param("Name")
        query.description = self._get_param("Description")
        query.query_string = self._get_param("QueryString")
        return json.dumps({})

    def delete_named_query(self: Any) -> str:
        self.athena_backend.named_queries.pop(self._get_param("NamedQueryId"), None)
        return json.dumps({})

    AthenaResponse.update_named_query = update_named_query
    AthenaResponse.delete_named_query = delete_named_query


PATCHES = (Patch("named queries", "cannot be changed or destroyed", _cannot_change, _let_change),)
