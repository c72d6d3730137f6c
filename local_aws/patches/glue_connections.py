"""Glue's connections: their type, changes and deletion."""

from typing import Any

from local_aws.patch import Patch
from local_aws.patches.probe import probing
from local_aws.place import Place

_NETWORK = {"Name": "c", "ConnectionType": "NETWORK", "ConnectionProperties": {}}


def _forgets_type() -> bool:
    with probing("glue") as (glue,):
        glue.create_connection(ConnectionInput=_NETWORK)
        return bool(glue.get_connection(Name="c")["Connection"].get("ConnectionType") != "NETWORK")


def _keep_type(place: Place) -> None:
    from moto.glue.models import FakeConnection

    described = FakeConnection.as_dict

    def as_dict(self: Any, hide_password: bool = False) -> dict[str, Any]:
        given = self.connection_input
        kept = {name: given[name] for name in ("ConnectionType", "MatchCriteria") if given.get(name)}
        return dict(described(self, hide_password)) | kept

    FakeConnection.as_dict = as_dict


def _cannot_change() -> bool:
    with probing("glue") as (glue,):
        glue.create_connection(ConnectionInput=_NETWORK)
        try:
            glue.update_connection(Name="c", ConnectionInput=_NETWORK | {"Description": "new"})
            glue.delete_connection(ConnectionName="c")
        except NotImplementedError:
            return True
        return False


def _let_change(place: Place) -> None:
    from moto.core.responses import EmptyResult
    from moto.core.utils import utcnow
    from moto.glue.exceptions import EntityNotFoundException
    from moto.glue.responses import GlueResponse

    def update_connection(self: Any) -> Any:
        connection = self.glue_backend.get_connection("", self._get_param("Name"), "")
        given = self._get_param("ConnectionInput")
        connection.connection_input = given
        connection.description = given.get("Description")
        connection.connection_properties = given.get("ConnectionProperties", {})
        connection.updated_time = utcnow()
        return EmptyResult()

    def delete_connection(self: Any) -> Any:
        name = self._get_param("ConnectionName")
        if self.glue_backend.connections.pop(name, None) is None:
            raise EntityNotFoundException(f"Connection {name} not found")
        return EmptyResult()

    GlueResponse.update_connection = update_connection
    GlueResponse.delete_connection = delete_connection


PATCHES = (
    Patch("ConnectionType", "is forgotten, and every plan wants it anew", _forgets_type, _keep_type),
    Patch("UpdateConnection, DeleteConnection", "cannot be changed or destroyed", _cannot_change, _let_change),
)
