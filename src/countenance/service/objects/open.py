"""Which object store an installation has."""

from __future__ import annotations

from countenance.service.errors import refused
from countenance.service.objects.errors import STORE_SETTING
from countenance.service.objects.local import LocalObjects
from countenance.service.objects.store import Objects
from countenance.settings import Settings


def open_objects(settings: Settings) -> Objects:
    """The object store that the settings name; without one, the folder `objects` in the data folder.

    Raises:
        CountenanceError: service.store_setting.
        OSError: for a data folder that cannot be made.
    """
    if settings.objects_url is None:
        return LocalObjects(settings.data_dir / "objects")
    if not settings.objects_url.startswith(("s3://", "s3a://")):
        raise refused(STORE_SETTING, "The URL does not begin with s3://.")
    from countenance.service.objects.s3 import open_s3

    return open_s3(settings)
