"""The project's settings, made quick and private for the tests.

``TRACKING_TEST_DATABASE_URL`` names the database server that a run is about; SQLite unless given.
"""

import atexit
import os
import shutil
import tempfile
import zlib
from pathlib import Path

from tests.servers import addresses

# Each process has a folder of its own, so that runs beside one another share nothing.
_folder = tempfile.mkdtemp(prefix="tracking-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
Path(_folder, "static").mkdir()  # WhiteNoise warns where it is missing.
_database_url = os.environ.get(addresses.DATABASE) or f"sqlite:///{_folder}/db.sqlite3"
os.environ.update(DATA_DIR=_folder, DATABASE_URL=_database_url, SECRET_KEY="for the tests alone")
os.environ.pop("CELERY_BROKER_URL", None)

if _database_url.startswith("mysql"):
    import pymysql

    pymysql.install_as_MySQLdb()

from config.settings import *  # noqa: E402, F403  They read the environment that is laid out above.
from config.settings import DATABASES  # noqa: E402

# A server may hold another checkout's test database; SQLite's is in the folder of this process.
_checkout = zlib.crc32(str(Path(__file__).resolve()).encode())
_is_sqlite = _database_url.startswith("sqlite")
DATABASES["default"]["TEST"] = {
    "NAME": f"{_folder}/tests.sqlite3" if _is_sqlite else f"test_tracking_{_checkout:08x}"
}
if _is_sqlite:
    # A test database does not have to survive a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous = OFF;"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The pages are tested as they stand alone; tests/dashboards/test_look.py also wraps them in the host's template.
TRACKING = {}
