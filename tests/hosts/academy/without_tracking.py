from tests.hosts.academy.settings import *  # noqa: F403
from tests.hosts.academy.settings import INSTALLED_APPS, MIDDLEWARE, NEEDED

INSTALLED_APPS = [name for name in INSTALLED_APPS if name not in {*NEEDED, "tracking"}]
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("tracking.")]
ROOT_URLCONF = "tests.hosts.academy.pages"
